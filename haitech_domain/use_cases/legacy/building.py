"""New cycles and meetings from accepted rows, in their final state (R-MEET-3, R-CYC-1, R-CYC-2)."""

from __future__ import annotations

import typing
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import TypeVar

import attrs

from haitech_domain.cycle import Cycle, CycleType, PaymentMode, Tally, settle
from haitech_domain.entity import Entity
from haitech_domain.ids import CycleId, MeetingId
from haitech_domain.instructor import Instructor
from haitech_domain.meeting import Meeting, MeetingStatus, carrier_of, complete, schedule
from haitech_domain.money import Money
from haitech_domain.pay import PayInputs, settled
from haitech_domain.registration import Registration
from haitech_domain.revenue import RevenueInputs, revenue_of
from haitech_domain.use_cases.legacy.choosing import free_numbers
from haitech_domain.use_cases.legacy.naming import Names
from haitech_domain.use_cases.legacy.rows import CycleRow, MeetingRow
from haitech_domain.use_cases.school import School

_E = TypeVar("_E", bound=Entity)


@attrs.frozen(kw_only=True)
class Draft:
    """A meeting about to be made: its row, and what was decided about it."""

    row: MeetingRow
    id: MeetingId
    cycle: str
    instructor: Instructor
    number: int | None = None
    overlaps: bool = False


def new_cycle(row: CycleRow, id: CycleId, names: Names, total: int, at: datetime) -> Cycle:
    """The cycle of a row, before its meetings are counted.

    The revenue column is net, so the cycle says that its prices hold no VAT; a private cycle
    without a figure there says nothing, and amounts of later registrations keep their default
    (R-MONEY-5).
    """
    price = row.revenue or Money(0)
    per_child = row.type is CycleType.INSTITUTIONAL_PER_CHILD
    silent = row.type is CycleType.PRIVATE and row.revenue is None
    return Cycle(
        id=id,
        name=row.name,
        course_id=names.course(row),
        branch_id=names.branch(row),
        instructor_id=names.instructor(row.instructor).id,
        type=row.type,
        start_date=row.start,
        given_end_date=row.end,
        end_date=row.end,
        day_of_week=row.day,
        start_time=row.slot.start,
        end_time=row.slot.end,
        total_meetings=total,
        price_per_student=price if per_child else None,
        meeting_revenue=None if per_child else price,
        revenue_includes_vat=None if silent else False,
        activity_type=row.activity,
        created_at=at,
        updated_at=at,
    )


def settled_anew(cycle: Cycle, tally: Tally, at: datetime) -> Cycle:
    """A new cycle with its progress; completed where all its meetings are (R-CYC-2)."""
    return as_first_version(settle(cycle, tally, at=at).after)


def new_meeting(
    draft: Draft,
    cycle: Cycle,
    others: Sequence[Meeting],
    registrations: Iterable[Registration],
    *,
    school: School,
    at: datetime,
) -> Meeting:
    """The meeting of a draft in the status of its row, a completed one with its money.

    `others` are the cycle's other meetings; they matter where it pays by the day (R-PAY-3).
    """
    row = draft.row
    if not row.status.teaches:
        return _unheld(draft, cycle, at)
    meeting = schedule(
        id=draft.id,
        cycle_id=cycle.id,
        number=typing.cast("int", draft.number),  # `numbered` gave every live one its own
        instructor_id=draft.instructor.id,
        day=row.day,
        slot=row.slot,
        at=at,
        activity_type=row.activity,
        conflict_override=draft.overlaps,
    ).after
    if row.status is MeetingStatus.SCHEDULED:
        return meeting
    by_day = cycle.instructor_payment_mode is PaymentMode.DAILY
    carrier = carrier_of(m for m in others if m.scheduled_date == row.day) if by_day else None
    money = settled(
        revenue_of(RevenueInputs.of(cycle, meeting, registrations, school.vat)),
        PayInputs.of(
            cycle,
            meeting,
            draft.instructor,
            carrier=carrier,
            employer_factor=school.employer_factor,
        ),
    )
    return as_first_version(complete(meeting, money, at=at).after)


def _unheld(draft: Draft, cycle: Cycle, at: datetime) -> Meeting:
    """A cancelled or postponed meeting, which holds no number, no time and no money.

    It arrives as what it became elsewhere: there is no scheduled meeting here that a transition
    could start from, and a postponed one has no replacement to point to (R-MEET-2).
    """
    row = draft.row
    return Meeting(
        id=draft.id,
        cycle_id=cycle.id,
        instructor_id=draft.instructor.id,
        scheduled_date=row.day,
        start_time=row.slot.start,
        end_time=row.slot.end,
        status=row.status,
        activity_type=row.activity,
        created_at=at,
        updated_at=at,
    )


def numbered(drafts: Sequence[Draft], taken: Collection[int] = ()) -> list[Draft]:
    """R-SCHED-5: the live ones with the free numbers in order of date, start and line."""
    live = [draft for draft in drafts if draft.row.status.teaches]
    live.sort(key=lambda draft: (draft.row.starts, draft.row.place.line))
    numbers = dict(zip((d.id for d in live), free_numbers(taken), strict=False))
    return [attrs.evolve(draft, number=numbers.get(draft.id)) for draft in drafts]


def as_first_version(entity: _E) -> _E:
    """What was carried through transitions before it was first stored is at version 1."""
    return attrs.evolve(entity, version=1)
