"""What a change does to one cycle and to what follows it, under the cycle's lock (R-CYC-2…9)."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from haitech_domain.calendar import DayOfWeek
from haitech_domain.change import Change
from haitech_domain.cycle import Cycle, CycleStatus, CycleUpdated, cancel, complete, resize
from haitech_domain.errors import Invalid, Problem, fields_called
from haitech_domain.ports import Repository, Transaction
from haitech_domain.records import fields_changed
from haitech_domain.registration import must_fit
from haitech_domain.scheduling import RestDay
from haitech_domain.use_cases.cycle_cascades import (
    cancel_registrations,
    cancel_scheduled,
    hand_over_meetings,
    reopen_cycle,
)
from haitech_domain.use_cases.cycle_upkeep import Needed, save_completed, settle_cycle
from haitech_domain.use_cases.references import must_exist
from haitech_domain.use_cases.school import School

WORDS: Final = {"given_end_date": "end_date"}
"""What a request calls fields that are called otherwise here."""
_COUNTED: Final = frozenset({"total_meetings", "given_end_date"})
"""What bears on a cycle's derived figures besides its meetings."""
_REFERENCES: Final = ("course_id", "branch_id", "institutional_order_id", "instructor_id")


def references(
    tx: Transaction, ids: Mapping[str, Any]
) -> dict[str, tuple[Repository[Any], UUID | None]]:
    """What the given fields name, in the order of locks."""
    repositories: tuple[Repository[Any], ...] = (
        tx.courses,
        tx.branches,
        tx.orders,
        tx.instructors,
    )
    return {
        field: (repository, ids[field])
        for field, repository in zip(_REFERENCES, repositories, strict=True)
        if isinstance(ids.get(field), UUID)
    }


def own_fields(values: Mapping[str, Any]) -> dict[str, Any]:
    """The given values as fields of a cycle: a stated end is `given_end_date` (R-CYC-4)."""
    fields = {k: v for k, v in values.items() if k not in {"duration_minutes", "status"}}
    if "end_date" in fields:
        fields["given_end_date"] = fields.pop("end_date")
    return fields


def resting(day: object, rest_days: Container[object]) -> list[Problem]:
    """R-SCHED-3."""
    return list(RestDay(DayOfWeek(str(day))).problems) if day in rest_days else []


def wrong_length(cycle: Cycle, stated: object) -> list[Problem]:
    """R-CYC-9, last clause."""
    if stated is None or stated == cycle.duration_minutes:
        return []
    text = f"must equal end - start, which is {cycle.duration_minutes}"
    return [Problem("duration_minutes", text, "cycle.duration")]


def bears_on_meetings(values: Mapping[str, Any]) -> bool:
    """Whether a change of these fields looks at a cycle's meetings."""
    return not values.keys().isdisjoint({"instructor_id", "status", "total_meetings", "end_date"})


async def lock_for_change(
    tx: Transaction, cycles: Sequence[Cycle], values: Mapping[str, Any]
) -> None:
    """Lock what a change of locked cycles names or brings back, in the order of locks."""
    needed = Needed(
        courses=_named(values, "course_id"),
        branches=_named(values, "branch_id"),
        orders=_named(values, "institutional_order_id"),
        instructors=_named(values, "instructor_id"),
    )
    if values.get("status") == CycleStatus.ACTIVE:
        await needed.to_reopen(tx, cycles)
        ended = [cycle.id for cycle in cycles if cycle.status is CycleStatus.CANCELLED]
        meetings = await tx.meetings.of_cycles(ended)
        gone = (m for rows in meetings.values() for m in rows if m.cancelled_with_cycle)
        needed.instructors.update(m.instructor_id for m in gone)
    await needed.lock(tx)


def _named(values: Mapping[str, Any], field: str) -> set[UUID]:
    return {values[field]} if isinstance(values.get(field), UUID) else set()


def reopens(cycle: Cycle, values: Mapping[str, Any]) -> bool:
    """Whether the change makes an ended cycle active again."""
    return cycle.status is not CycleStatus.ACTIVE and values.get("status") == CycleStatus.ACTIVE


async def change_cycle(
    tx: Transaction,
    school: School,
    before: Cycle,
    values: Mapping[str, Any],
    *,
    at: datetime,
    today: date,
    allow_conflicts: bool,
) -> Cycle:
    """The cycle with the given fields changed, and brought to the given status by its verb.

    :raises Invalid: values that break their rules, or name nothing
    :raises TotalBelowLiveNumber: R-CYC-8
    :raises CycleFull: fewer places than live registrations (R-REG-2)
    :raises InstructorBusy: meetings that would move, or come back, overlap others (R-CYC-9)
    :raises Transition: the status cannot be reached from here (R-CYC-3)
    :raises MeetingsStillScheduled: completing with meetings scheduled (R-CYC-3)
    :raises ParentDeleted: what a reopened cycle belongs to is deleted
    """
    status = _wanted_status(before, values)
    after = await _with_fields(tx, school, before, values, at, allow_conflicts=allow_conflicts)
    if status is not None:
        return await _bring_to(tx, after, status, at, today, allow_conflicts=allow_conflicts)
    touched = fields_changed(before, after)
    if not _COUNTED.intersection(touched):
        return after
    return await settle_cycle(tx, after, at, may_complete="total_meetings" in touched)


async def _with_fields(
    tx: Transaction,
    school: School,
    before: Cycle,
    values: Mapping[str, Any],
    at: datetime,
    *,
    allow_conflicts: bool,
) -> Cycle:
    with fields_called(WORDS):
        after = before.changed(at, **own_fields(values))
    touched = fields_changed(before, after)
    rest_days = school.rest_days if "day_of_week" in touched else ()
    misfits = [
        *resting(after.day_of_week, rest_days),
        *wrong_length(after, values.get("duration_minutes")),
        *_dates_out_of_order(after, touched),
    ]
    if misfits:
        raise Invalid(tuple(misfits))
    if after is before:
        return before
    if "total_meetings" in touched:
        resize(before, after.total_meetings, await tx.meetings.tally(before.id))
    if "max_students" in touched and after.max_students is not None:
        must_fit(after, await tx.registrations.of_cycle(after.id))
    await must_exist(references(tx, {field: getattr(after, field) for field in touched}))
    event = CycleUpdated(at=at, cycle_id=after.id, fields=touched)
    await tx.cycles.save(Change.updated(before, after, event))
    if "instructor_id" in touched:
        await hand_over_meetings(tx, before, after, at, allow_conflicts=allow_conflicts)
    return after


async def _bring_to(
    tx: Transaction,
    cycle: Cycle,
    status: CycleStatus,
    at: datetime,
    today: date,
    *,
    allow_conflicts: bool,
) -> Cycle:
    if status is CycleStatus.COMPLETED:
        change = complete(cycle, await tx.meetings.tally(cycle.id), at=at)
        return await save_completed(tx, change, at)
    if status is CycleStatus.CANCELLED:
        change = cancel(cycle, at=at)
        await tx.cycles.save(change)
        await cancel_scheduled(tx, change.after, at)
        await cancel_registrations(tx, change.after, today, at)
        return await settle_cycle(tx, change.after, at)
    reopened = await reopen_cycle(tx, cycle, at, allow_conflicts=allow_conflicts)
    return await settle_cycle(tx, reopened, at, may_complete=False)


def _wanted_status(cycle: Cycle, values: Mapping[str, Any]) -> CycleStatus | None:
    """The status to bring the cycle to; None where none is given, or it has it already."""
    if "status" not in values:
        return None
    try:
        wanted = CycleStatus(values["status"])
    except ValueError:
        choices = ", ".join(CycleStatus)
        raise Invalid.because(
            "status", f"must be one of {choices}", reason="value.unknown"
        ) from None
    return None if wanted is cycle.status else wanted


def _dates_out_of_order(cycle: Cycle, touched: tuple[str, ...]) -> list[Problem]:
    """R-CYC-7: start ≤ end, also where the end is the last live meeting's date.

    While there is none the end is the stated one, which the cycle's own rules have looked at.
    """
    taught = cycle.scheduled_meetings + cycle.completed_meetings
    if not (taught and cycle.end_date and "start_date" in touched):
        return []
    if cycle.start_date <= cycle.end_date:
        return []
    last = f"must not be after {cycle.end_date}, on which the cycle ends"
    return [Problem("start_date", last, "date.order")]
