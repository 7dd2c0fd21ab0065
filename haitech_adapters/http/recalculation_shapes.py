"""What is read and shown where meetings are recalculated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, TypeAlias
from uuid import UUID

from haitech_adapters.http.bulk_shapes import Ids
from haitech_adapters.http.figure_shapes import DiffView, diff_view
from haitech_adapters.http.meeting_shapes import (
    FinancialsView,
    MeetingView,
    financials_view,
    meeting_view,
)
from haitech_adapters.http.rule_schemas import like
from haitech_adapters.http.shapes import HHMM, Body, View, hhmm
from haitech_domain import fields
from haitech_domain.access import Actor
from haitech_domain.ids import MeetingId
from haitech_domain.meeting import Compared, Figures
from haitech_domain.use_cases import Recalculated, Recalculation

Day: TypeAlias = dt.date


class RecalculationBody(Body, frozen=True):
    """By the inputs of which day a meeting is reckoned anew, and whether it is stored."""

    as_of: Annotated[Day, like(fields.Day)] | None = None
    dry_run: bool = False

    @property
    def how(self) -> Recalculation:
        """The same as the domain says it. :raises Invalid: a day outside 2000-2100"""
        return Recalculation(as_of=self.as_of, dry_run=self.dry_run)


class ManyRecalculationBody(RecalculationBody, frozen=True, kw_only=True):
    """Which completed meetings are reckoned anew, by the inputs of which day."""

    ids: Ids


class ChangedMeetingView(View, frozen=True):
    """A meeting's money before and after.

    One that was not `asked` for is of a day that is paid as a whole, and got or gave up its pay.
    """

    meeting_id: UUID
    cycle_id: UUID
    scheduled_date: Day
    start_time: HHMM
    asked: bool
    changed: bool
    diff: DiffView


class RecalculatedView(View, frozen=True):
    """A meeting's money before and after; what else changed is of the same day.

    `changed` is false where nothing differs, not even a reason. Of a dry run the meeting is shown
    as it would be.
    """

    meeting: MeetingView
    before: FinancialsView
    after: FinancialsView
    diff: DiffView
    as_of: Day | None
    dry_run: bool
    changed: bool
    also_changed: Sequence[ChangedMeetingView]


class ManyRecalculatedView(View, frozen=True):
    """The meetings in the order of their ids, then others whose day's pay moved, and all together.

    `changed` says of how many something differs.
    """

    as_of: Day | None
    dry_run: bool
    recalculated: int
    changed: int
    meetings: Sequence[ChangedMeetingView]
    totals: DiffView


def many_recalculated_view(
    found: Sequence[Recalculated], how: Recalculation
) -> ManyRecalculatedView:
    """Every meeting, and the sums."""
    old = Figures.total(one.before for one in found)
    new = Figures.total(one.after for one in found)
    return ManyRecalculatedView(
        as_of=how.as_of,
        dry_run=how.dry_run,
        recalculated=sum(one.asked for one in found),
        changed=sum(one.changed for one in found),
        meetings=[changed_view(one) for one in found],
        totals=diff_view(Compared(old=old, new=new)),
    )


def recalculated_view(
    found: Sequence[Recalculated], id: MeetingId, how: Recalculation, actor: Actor
) -> RecalculatedView:
    """The meeting with this id, and what changed along with it."""
    (named,) = (one for one in found if one.after.id == id)
    before, after = named.before, named.after
    return RecalculatedView(
        meeting=meeting_view(after, actor),
        before=financials_view(before, before.money, is_forecast=False),
        after=financials_view(after, after.money, is_forecast=False),
        diff=diff_view(named.figures),
        as_of=how.as_of,
        dry_run=how.dry_run,
        changed=named.changed,
        also_changed=[changed_view(one) for one in found if one is not named],
    )


def changed_view(one: Recalculated) -> ChangedMeetingView:
    """A meeting among others."""
    meeting = one.after
    return ChangedMeetingView(
        meeting_id=meeting.id,
        cycle_id=meeting.cycle_id,
        scheduled_date=meeting.scheduled_date,
        start_time=hhmm(meeting.start_time),
        asked=one.asked,
        changed=one.changed,
        diff=diff_view(one.figures),
    )
