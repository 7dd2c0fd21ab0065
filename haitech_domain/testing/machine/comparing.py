"""Every figure that is stored, beside what the paper says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import attrs

from haitech_domain.attendance import Mark
from haitech_domain.cycle import Cycle
from haitech_domain.meeting import Meeting, MeetingStatus
from haitech_domain.money import Money
from haitech_domain.ports import Transaction
from haitech_domain.registration import Registration
from haitech_domain.testing.machine.paper import (
    PaperCycle,
    PaperMark,
    PaperMeeting,
    PaperRegistration,
    PaperSchool,
)

Facts = Mapping[str, Any]


@attrs.frozen(kw_only=True)
class Stored:
    """What the repositories show of everything that is written on the paper."""

    cycles: Mapping[UUID, Cycle]
    meetings: Mapping[UUID, Meeting]
    registrations: Mapping[UUID, Registration]
    marks: Mapping[UUID, Mark]
    listed: frozenset[UUID]
    """The meetings and registrations that the live cycles list."""


async def look(tx: Transaction, school: PaperSchool) -> Stored:
    """Read all of it."""
    cycles = await tx.cycles.many(school.cycles)
    listed: set[UUID] = set()
    for id in cycles:
        cycle = cycles[id].id
        listed.update(m.id for m in await tx.meetings.of_cycle(cycle))
        listed.update(r.id for r in await tx.registrations.of_cycle(cycle))
    return Stored(
        cycles=cycles,
        meetings=await tx.meetings.many(school.meetings),
        registrations=await tx.registrations.many(school.registrations),
        marks=await tx.attendance.many(school.marks),
        listed=frozenset(listed),
    )


def disagreements(school: PaperSchool, stored: Stored) -> Iterator[str]:
    """Each figure that differs, in a sentence."""
    yield from _each("cycle", stored.cycles, school.cycles, _cycle, _paper_cycle(school))
    yield from _each("meeting", stored.meetings, school.meetings, _meeting, _paper_meeting)
    yield from _each(
        "registration",
        stored.registrations,
        school.registrations,
        _registration,
        _paper_registration,
    )
    yield from _each("mark", stored.marks, _marks_there(school), _mark, _paper_mark)
    everything = {**school.meetings, **school.registrations}
    expected = {id for id, thing in everything.items() if thing.is_there}
    for id in expected ^ stored.listed:
        where = "on paper" if id in expected else "by its cycle"
        yield f"{id} is listed {where} only"


def _each(
    what: str, stored: Mapping[UUID, Any], paper: Mapping[UUID, Any], facts: Any, papers: Any
) -> Iterator[str]:
    for id, thing in paper.items():
        if thing.is_there is not (id in stored):
            yield f"{what} {id} is stored only" if id in stored else f"{what} {id} is on paper only"
        if thing.is_there and id in stored:
            found, expected = facts(stored[id]), papers(thing)
            for name, value in expected.items():
                if found[name] != value:
                    yield f"{what} {id}: {name} is stored as {found[name]}, on paper {value}"


def _agorot(amount: Money | None) -> int | None:
    return None if amount is None else amount.agorot


def _cycle(cycle: Cycle) -> Facts:
    progress = cycle.progress
    return {
        "status": cycle.status,
        "instructor": cycle.instructor_id,
        "start_date": cycle.start_date,
        "weekday": cycle.day_of_week,
        "end_date": cycle.end_date,
        "total": progress.total,
        "completed": progress.completed,
        "scheduled": progress.scheduled,
        "cancelled": progress.cancelled,
        "postponed": progress.postponed,
        "remaining": progress.remaining,
        "places": cycle.max_students,
        "meeting_revenue": _agorot(cycle.meeting_revenue),
        "price_per_student": _agorot(cycle.price_per_student),
        "student_count": cycle.student_count,
    }


def _paper_cycle(school: PaperSchool) -> Any:
    def facts(cycle: PaperCycle) -> Facts:
        counts = school.counts(cycle)
        return {
            "status": cycle.status,
            "instructor": cycle.instructor,
            "start_date": cycle.start_date,
            "weekday": cycle.weekday,
            "end_date": school.end_date(cycle),
            "total": cycle.total,
            "completed": counts[MeetingStatus.COMPLETED],
            "scheduled": counts[MeetingStatus.SCHEDULED],
            "cancelled": counts[MeetingStatus.CANCELLED],
            "postponed": counts[MeetingStatus.POSTPONED],
            "remaining": school.remaining(cycle),
            "places": cycle.places,
            "meeting_revenue": cycle.meeting_revenue,
            "price_per_student": cycle.price_per_student,
            "student_count": cycle.student_count,
        }

    return facts


def _meeting(meeting: Meeting) -> Facts:
    lines = meeting.explanation
    return {
        "cycle": meeting.cycle_id,
        "instructor": meeting.instructor_id,
        "day": meeting.scheduled_date,
        "times": (meeting.start_time, meeting.end_time),
        "number": meeting.number,
        "status": meeting.status,
        "nature": meeting.nature,
        "activity": meeting.activity_type,
        "revenue": meeting.revenue.agorot,
        "pay": meeting.instructor_payment.agorot,
        "cost": meeting.employer_cost.agorot,
        "profit": meeting.profit.agorot,
        "explained": lines[-1].amount.agorot if lines else 0,
        "override": meeting.status.teaches and meeting.conflict_override,
        "replaced_by": meeting.rescheduled_to_id,
        "replaces": meeting.rescheduled_from_id,
    }


def _paper_meeting(meeting: PaperMeeting) -> Facts:
    return {
        "cycle": meeting.cycle,
        "instructor": meeting.instructor,
        "day": meeting.day,
        "times": (meeting.start, meeting.end),
        "number": meeting.number,
        "status": meeting.status,
        "nature": meeting.nature,
        "activity": meeting.activity,
        "revenue": meeting.revenue,
        "pay": meeting.pay,
        "cost": meeting.cost,
        "profit": meeting.revenue - meeting.cost,
        "explained": meeting.revenue - meeting.cost,
        "override": meeting.teaches and meeting.override,
        "replaced_by": meeting.replaced_by,
        "replaces": meeting.replaces,
    }


def _registration(registration: Registration) -> Facts:
    return {
        "student": registration.student_id,
        "cycle": registration.cycle_id,
        "status": registration.status,
        "amount": _agorot(registration.amount),
        "cancelled_on": registration.cancellation_date,
        "paid": registration.paid_amount.agorot,
        "payment_status": registration.payment_status,
        "balance": _agorot(registration.balance),
        "refund": _agorot(registration.refund_amount),
        "method": registration.payment_method,
    }


def _paper_registration(registration: PaperRegistration) -> Facts:
    return {
        "student": registration.student,
        "cycle": registration.cycle,
        "status": registration.status,
        "amount": registration.amount,
        "cancelled_on": registration.cancelled_on,
        "paid": registration.paid,
        "payment_status": registration.payment_status,
        "balance": None if registration.amount is None else registration.amount - registration.paid,
        "refund": registration.refund,
        "method": registration.method,
    }


def _marks_there(school: PaperSchool) -> dict[UUID, PaperMark]:
    """The marks as they are seen: one whose meeting is deleted is not there, while that is."""
    return {
        id: mark
        if school.meetings[mark.meeting].is_there
        else attrs.evolve(mark, gone=mark.gone or 0)
        for id, mark in school.marks.items()
    }


def _mark(mark: Mark) -> Facts:
    return {
        "meeting": mark.meeting_id,
        "registration": mark.registration_id,
        "student": mark.student_id,
        "guest": mark.guest_name,
        "status": mark.status,
        "trial": mark.is_trial,
    }


def _paper_mark(mark: PaperMark) -> Facts:
    return {
        "meeting": mark.meeting,
        "registration": mark.registration,
        "student": mark.student,
        "guest": mark.guest,
        "status": mark.status,
        "trial": mark.trial,
    }


def unsound(stored: Stored) -> Iterator[str]:
    """What may never be, whatever the paper says (R-SCHED-5, R-SCHED-9, R-REG-1, R-REG-2)."""
    teaching = [m for m in stored.meetings.values() if m.status.teaches]
    for position, one in enumerate(teaching):
        for other in teaching[position + 1 :]:
            same_day = one.scheduled_date == other.scheduled_date
            if one.cycle_id == other.cycle_id and one.number == other.number:
                yield f"meetings {one.id} and {other.id} share number {one.number}"
            if (
                same_day
                and one.instructor_id == other.instructor_id
                and one.slot.overlaps(other.slot)
                and not (one.conflict_override or other.conflict_override)
            ):
                yield f"meetings {one.id} and {other.id} overlap without leave"
    for cycle in stored.cycles.values():
        students = [
            r.student_id
            for r in stored.registrations.values()
            if r.cycle_id == cycle.id and r.is_live
        ]
        if len(set(students)) < len(students):
            yield f"a student is twice in cycle {cycle.id}"
        if cycle.max_students is not None and len(students) > cycle.max_students:
            yield f"cycle {cycle.id} has {len(students)} students in {cycle.max_students} places"
