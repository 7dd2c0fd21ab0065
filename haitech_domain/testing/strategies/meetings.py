"""Meetings in every status, brought there by the real transitions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import attrs
from hypothesis import strategies as st

from haitech_domain.calendar import TimeSlot
from haitech_domain.cycle import ActivityType
from haitech_domain.explanation import Line
from haitech_domain.ids import CycleId, InstructorId, MeetingId
from haitech_domain.meeting import (
    Meeting,
    MeetingNature,
    MeetingStatus,
    PayBasis,
    Settlement,
    cancel,
    complete,
    postpone,
    reopen,
    restore,
    schedule,
)
from haitech_domain.money import Money
from haitech_domain.testing.strategies.calendar import civil_dates, instants, time_slots
from haitech_domain.testing.strategies.making import either, maybe
from haitech_domain.testing.strategies.money import amounts, net_amounts, prices
from haitech_domain.testing.strategies.once import made_once
from haitech_domain.testing.strategies.text import texts, web_addresses

_MOST_NUMBER: Final = 10_000


@made_once
def lines() -> st.SearchStrategy[Line]:
    """Steps of a calculation."""
    return st.builds(
        Line,
        text=texts(100),
        amount=amounts(Money, least=-(10**9), most=10**9) | net_amounts(),
        rule=st.sampled_from(["R-REV-2", "R-PAY-1", "R-PAY-4"]),
        quantity=maybe(st.integers(0, 999).map(str)),
        unit=maybe(st.sampled_from(["children", "min"])),
        rate=maybe(prices().map(str)),
    )


@made_once
def settlements() -> st.SearchStrategy[Settlement]:
    """The money of completed meetings."""
    return st.builds(
        Settlement,
        revenue=net_amounts(),
        instructor_payment=prices(),
        employer_cost=prices(),
        basis=st.sampled_from(PayBasis),
        explanation=st.lists(lines(), max_size=4).map(tuple),
    )


@st.composite
def scheduled_meetings(draw: st.DrawFn, /, **overrides: Any) -> Meeting:
    """Meetings that were planned and never touched."""
    slot = draw(time_slots())
    fields: dict[str, st.SearchStrategy[Any]] = {
        "id": st.uuids(),
        "cycle_id": st.uuids(),
        "instructor_id": st.uuids(),
        "number": st.integers(1, _MOST_NUMBER),
        "scheduled_date": civil_dates(),
        "start_time": st.just(slot.start),
        "end_time": st.just(slot.end),
        "nature": st.sampled_from(MeetingNature),
        "activity_type": maybe(st.sampled_from(ActivityType)),
        "topic": maybe(texts(500)),
        "notes": maybe(texts(10_000, lines=True)),
        "zoom_meeting_id": maybe(texts(100)),
        "zoom_join_url": maybe(web_addresses()),
        "recording_url": maybe(web_addresses()),
        "conflict_override": st.booleans(),
        "at": instants(),
    }
    chosen = {**fields, **{name: either(given) for name, given in overrides.items()}}
    values = {name: draw(strategy) for name, strategy in chosen.items()}
    day, start, end = (values.pop(n) for n in ("scheduled_date", "start_time", "end_time"))
    return schedule(day=day, slot=TimeSlot(start, end), **values).after


@st.composite
def meetings(draw: st.DrawFn, /, *, status: Any = None, **overrides: Any) -> Meeting:
    """Meetings of each status, or of the one given; some scheduled ones have a past.

    Overrides are fields of a scheduled meeting, and `at`, the moment of making.
    """
    wanted = draw(st.sampled_from(MeetingStatus) if status is None else either(status))
    planned = draw(scheduled_meetings(**overrides))
    at = planned.created_at
    if wanted is MeetingStatus.COMPLETED:
        return complete(planned, draw(settlements()), at=at).after
    if wanted is MeetingStatus.CANCELLED:
        return _cancelled(draw, planned, at)
    if wanted is MeetingStatus.POSTPONED:
        return draw(postponements(planned))[0]
    past = draw(st.sampled_from(["none", "reopened", "restored"]))
    if past == "reopened":
        return reopen(complete(planned, draw(settlements()), at=at).after, at=at).after
    if past == "restored":
        override = planned.conflict_override
        gone = _cancelled(draw, planned, at)
        assert planned.number is not None  # Meeting.rules: a scheduled one has a number
        return restore(gone, number=planned.number, at=at, conflict_override=override).after
    return planned


def _cancelled(draw: st.DrawFn, planned: Meeting, at: datetime) -> Meeting:
    reason, cascade = draw(maybe(texts(500))), draw(st.booleans())
    return cancel(planned, at=at, reason=reason, with_cycle=cascade).after


@st.composite
def postponements(draw: st.DrawFn, planned: Meeting | None = None) -> tuple[Meeting, Meeting]:
    """A postponed meeting, and the scheduled one that replaces it."""
    meeting = planned or draw(scheduled_meetings())
    gone, new = postpone(
        meeting,
        replacement_id=MeetingId(draw(st.uuids())),
        day=draw(civil_dates()),
        slot=draw(time_slots()),
        at=meeting.created_at,
        conflict_override=meeting.conflict_override,
        notes=draw(maybe(texts(200, lines=True))),
    )
    return gone.after, new.after


@st.composite
def meetings_of_cycle(
    draw: st.DrawFn,
    cycle: UUID,
    instructor: UUID,
    *,
    most: int = 12,
    highest_number: int = 15,
) -> Sequence[Meeting]:
    """Meetings that one cycle can have at once: each teaching one has its own number.

    Some are deleted. All allow overlaps, and replacements of postponed ones are not known
    (as with imported rows), so that all can be stored in any order.
    """
    numbers = draw(st.lists(st.integers(1, highest_number), max_size=most, unique=True))
    found = []
    for number in numbers:
        meeting = draw(
            meetings(
                cycle_id=CycleId(cycle),
                instructor_id=InstructorId(instructor),
                number=number,
                conflict_override=True,
            )
        )
        free = attrs.evolve(meeting, rescheduled_to_id=None)
        gone = draw(st.sampled_from([False, False, False, True]))
        found.append(attrs.evolve(free, deleted_at=free.updated_at) if gone else free)
    return found
