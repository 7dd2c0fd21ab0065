"""What a recalculation is, and what it makes of the meetings of a cycle (R-MEET-6, R-PAY-3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final, cast

import attrs

from haitech_domain.change import Change
from haitech_domain.errors import Problem
from haitech_domain.fields import Day, enforce
from haitech_domain.ids import MeetingId
from haitech_domain.meeting import (
    Compared,
    Figures,
    Meeting,
    MeetingStatus,
    recalculate,
    settled_day,
)
from haitech_domain.meeting.transitions import must_be
from haitech_domain.use_cases.settling import Terms


@attrs.frozen(kw_only=True)
class Recalculation:
    """How meetings are reckoned anew: by the inputs of a day, by today's where none is given.

    A `dry_run` only says what would change.

    :raises Invalid: a day outside 2000-2100
    """

    as_of: Day | None = None
    dry_run: bool = False

    def __attrs_post_init__(self) -> None:
        enforce(self)

    def problems(self, today: date) -> tuple[Problem, ...]:
        """What is wrong with it on this day: of the future nothing is known yet."""
        if self.as_of is None or self.as_of <= today:
            return ()
        return (Problem("as_of", f"must not be after today, {today}", "date.future"),)


BY_TODAY: Final = Recalculation()
"""The inputs of this moment, for good."""


@attrs.frozen(kw_only=True)
class Recalculated:
    """A meeting before and after.

    One that was not `asked` for is of a day that is paid as a whole (R-PAY-3), and got or gave up
    the day's pay.
    """

    change: Change[Meeting]
    asked: bool = True

    @property
    def before(self) -> Meeting:
        """As it was."""
        return cast("Meeting", self.change.before)  # what is recalculated was there

    @property
    def after(self) -> Meeting:
        """As it is, or would be."""
        return self.change.after

    @property
    def changed(self) -> bool:
        """Whether anything differs, its reasons included."""
        return not self.change.is_empty

    @property
    def figures(self) -> Compared:
        """Its money before and after."""
        return Compared(old=Figures.of(self.before), new=Figures.of(self.after))


@attrs.define
class Anew:
    """A cycle's meetings, some of which get the money of new terms, one after the other.

    Every date is settled anew with each of them (R-PAY-3). To be taken in order of date, start
    and number, as they were held.
    """

    terms: Terms
    _before: dict[MeetingId, Meeting]
    _now: dict[MeetingId, Meeting] = attrs.field(factory=dict, init=False)
    _asked: list[MeetingId] = attrs.field(factory=list, init=False)

    @classmethod
    def of(cls, terms: Terms, meetings: Iterable[Meeting]) -> Anew:
        """All live meetings of a cycle, as they are."""
        anew = cls(terms, {meeting.id: meeting for meeting in meetings})
        anew._now = dict(anew._before)
        return anew

    def take(self, id: MeetingId, *, at: datetime) -> None:
        """Reckon one of them anew, and settle its date. Where it is refused, nothing changes.

        :raises Transition: it is not completed
        :raises NoVatRate: VAT has to be taken off at a date without a rate
        """
        was = self._now[id]
        must_be(was, "recalculate", MeetingStatus.COMPLETED)
        money = self.terms.money_of(was, self._now.values())
        self._asked.append(id)
        self._now[id] = after = recalculate(was, money, at=at).after
        left = was if after.pay_basis is not was.pay_basis else None
        for settled in settled_day(self._now.values(), after, at=at, left_by=left):
            self._now[settled.after.id] = settled.after

    def outcome(self, *, at: datetime) -> list[Recalculated]:
        """Those that were asked for, in that order, then others of their dates that changed.

        Each changes once, whatever its day went through.
        """
        others = [id for id, m in self._now.items() if m is not self._before[id]]
        found = [
            Recalculated(
                change=recalculate(self._before[id], self._now[id].money, at=at),
                asked=id in self._asked,
            )
            for id in dict.fromkeys((*self._asked, *others))
        ]
        return [one for one in found if one.asked or one.changed]
