"""What a recalculation is, and what it makes of the meetings of a cycle (R-MEET-6, R-PAY-3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final, Self, cast

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
    carrier_of,
    carry,
    of_day,
    recalculate,
)
from haitech_domain.meeting.daily import carried_alone, first_of
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
    """A cycle's meetings, some of which get the money of new terms."""

    terms: Terms
    _before: dict[MeetingId, Meeting]
    _asked: dict[MeetingId, Meeting] = attrs.field(factory=dict, init=False)

    @classmethod
    def of(cls, terms: Terms, meetings: Iterable[Meeting]) -> Self:
        """All live meetings of a cycle, as they are."""
        return cls(terms, {meeting.id: meeting for meeting in meetings})

    def ask(self, id: MeetingId) -> None:
        """Let one of them be reckoned anew.

        :raises Transition: it is not completed
        :raises NoVatRate: VAT has to be taken off at a date without a rate
        """
        meeting = self._before[id]
        must_be(meeting, "recalculate", MeetingStatus.COMPLETED)
        self.terms.earned(meeting)
        self._asked[id] = meeting

    def outcome(self, *, at: datetime) -> list[Recalculated]:
        """Those that were asked for, in that order, then others of their dates that changed.

        Each date is settled once (R-PAY-3), and each meeting changes once.
        """
        now = dict(self._before)
        days = {(m.scheduled_date, m.instructor_id): m for m in self._asked.values()}
        for meeting in days.values():
            self._settle(of_day(self._before.values(), meeting), now, at)
        moved = (id for id, m in now.items() if m is not self._before[id])
        found = (
            Recalculated(
                change=recalculate(self._before[id], now[id].money, at=at),
                asked=id in self._asked,
            )
            for id in dict.fromkeys((*self._asked, *moved))
        )
        return [one for one in found if one.asked or one.changed]

    def _settle(self, day: Sequence[Meeting], now: dict[MeetingId, Meeting], at: datetime) -> None:
        """The asked ones of a date, and who carries its pay.

        That is the first that the day pays. Where it is asked for, its terms say how much; where
        it is not, the amount is the one that was carried.
        """
        asked = [m for m in day if m.id in self._asked]
        self._take(asked, None, now, at)
        first = first_of(now[m.id] for m in day)
        if first is None:
            return
        self._take([m for m in asked if m.id != first.id], first, now, at)
        today = [now[m.id] for m in day]
        if first.id in self._asked:
            changes = carried_alone(today, first, at=at)
        else:
            carrier = carrier_of(day)
            gave = carrier if carrier is not None and carrier.id in self._asked else None
            changes = carry(today, at=at, left_by=gave)
        now.update({change.after.id: change.after for change in changes})

    def _take(
        self,
        meetings: Iterable[Meeting],
        carrier: Meeting | None,
        now: dict[MeetingId, Meeting],
        at: datetime,
    ) -> None:
        for meeting in meetings:
            money = self.terms.money_of(meeting, carrier)
            now[meeting.id] = recalculate(meeting, money, at=at).after
