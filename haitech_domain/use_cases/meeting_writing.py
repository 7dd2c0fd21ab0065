"""Making and changing meetings by hand (R-SCHED-5, R-MEET-5, R-MEET-7, R-MEET-8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

import attrs

from haitech_domain.access import Action, Actor, Forbidden, Reach, Resource, grant, own
from haitech_domain.change import Change
from haitech_domain.cycle import Cycle, CycleStatus
from haitech_domain.errors import Invalid, Problem
from haitech_domain.fields import problems_in
from haitech_domain.ids import MeetingId
from haitech_domain.meeting import Meeting, amend
from haitech_domain.meeting.transitions import scheduled_event
from haitech_domain.ports import Clock, Ids, Transaction, UnitOfWork
from haitech_domain.scheduling import lowest_free, must_teach, refuse
from haitech_domain.use_cases.cycle_upkeep import (
    Needed,
    conflicts_of,
    lock_for_meetings,
    reopen_if_completed,
    settle_cycle,
    taken_numbers,
)
from haitech_domain.use_cases.meeting_status import check_times, locked
from haitech_domain.use_cases.references import missing, must_exist
from haitech_domain.use_cases.school import School

_NOTES = frozenset({"topic", "notes"})
_PLACE = frozenset({"scheduled_date", "start_time", "end_time", "instructor_id"})


@attrs.frozen
class OnlyNotes(Forbidden):
    """R-MEET-4: an instructor writes notes and topic of a meeting; the rest is not theirs."""

    says: ClassVar[str] = "{who} may change topic and notes of meetings, and nothing else"
    fields: tuple[str, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Each field that is not theirs."""
        return tuple(Problem(f, "is changed by managers", self.reason) for f in self.fields)


def _leave(actor: Actor, fields: Iterable[str]) -> Reach:
    """How far the actor may change these fields of meetings.

    :raises Forbidden: not at all
    :raises OnlyNotes: but the notes and the topic
    """
    reach = grant(actor, Action.ANNOTATE, Resource.MEETINGS)
    others = tuple(field for field in fields if field not in _NOTES)
    if not others:
        return reach
    try:
        return grant(actor, Action.UPDATE, Resource.MEETINGS)
    except Forbidden as refused:
        raise OnlyNotes(refused.who, refused.action, refused.resource, others) from None


@attrs.frozen(kw_only=True)
class CreateMeeting:
    """Make one meeting by hand; it takes the lowest free number of its cycle."""

    uow: UnitOfWork
    clock: Clock
    ids: Ids
    school: School

    async def __call__(
        self,
        *,
        actor: Actor,
        values: Mapping[str, Any],
        allow_conflicts: bool = False,
        allow_no_teaching_day: bool = False,
    ) -> Meeting:
        """A new scheduled meeting of the given fields; the instructor is the cycle's by default.

        :raises Invalid: values that break their rules, or name nothing
        :raises CycleCancelledError: R-MEET-7
        :raises NoTeachingDay: there is no teaching that day, and it is not allowed
        :raises InstructorBusy: the instructor teaches elsewhere, and it is not allowed
        """
        grant(actor, Action.CREATE, Resource.MEETINGS)
        problems = tuple(_problems_of(values))

        async def work(tx: Transaction) -> Meeting:
            at = self.clock.now()
            await _lock_what_it_names(tx, values, problems)
            cycle = await lock_for_meetings(tx, values["cycle_id"])
            others = await tx.meetings.of_cycle(cycle.id)
            who = values.get("instructor_id") or cycle.instructor_id
            fields = {
                **values,
                "id": self.ids.new(),
                "number": lowest_free(taken_numbers(others)),
                "instructor_id": who,
                "created_at": at,
                "updated_at": at,
            }
            meeting = Meeting(**fields)
            override = await _may_stand(
                tx,
                self.school,
                cycle,
                meeting,
                allow_conflicts=allow_conflicts,
                allow_no_teaching_day=allow_no_teaching_day,
            )
            meeting = attrs.evolve(meeting, conflict_override=override)
            cycle = await reopen_if_completed(tx, cycle, at)
            await tx.meetings.save(Change.created(meeting, scheduled_event(meeting, at)))
            await settle_cycle(tx, cycle, at)
            return meeting

        return await self.uow.run(actor, work)


async def _lock_what_it_names(
    tx: Transaction, values: Mapping[str, Any], problems: Sequence[Problem]
) -> None:
    """Lock a new meeting's cycle, what that comes back to if it is completed, and its instructor.

    :raises Invalid: the problems, and each of them that is not there
    """
    cycle_id, instructor = values.get("cycle_id"), values.get("instructor_id")
    absent = await missing({"cycle_id": (tx.cycles, cycle_id)})
    if cycle_id is not None and not absent:
        cycle = await tx.cycles.lock(cycle_id)
        if cycle.status is CycleStatus.COMPLETED:
            needed = Needed(instructors={instructor} if instructor is not None else set())
            await needed.to_reopen(tx, [cycle])
            await needed.lock(tx)
    named = {"instructor_id": (tx.instructors, instructor)}
    await must_exist(named, besides=(*problems, *absent))


def _problems_of(values: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with a new meeting's values, before anything is looked up."""
    if values.get("cycle_id") is None:
        yield Problem("cycle_id", "is required", "value.required")
    wrong = list(problems_in(Meeting, values))
    yield from wrong
    if not {"start_time", "end_time"} & {problem.field for problem in wrong}:
        try:
            check_times(values.get("start_time"), values.get("end_time"))
        except Invalid as invalid:
            yield from invalid.found


async def _may_stand(
    tx: Transaction,
    school: School,
    cycle: Cycle,
    meeting: Meeting,
    *,
    allow_conflicts: bool,
    allow_no_teaching_day: bool = True,
) -> bool:
    """Whether the meeting overlaps others with leave.

    :raises NoTeachingDay: R-MEET-5
    :raises InstructorBusy: R-SCHED-9
    """
    if not allow_no_teaching_day:
        must_teach(meeting.scheduled_date, await school.teaching_days(tx, cycle.branch_id))
    place = [(meeting.scheduled_date, meeting.slot)]
    found = await conflicts_of(tx, meeting.instructor_id, place, apart_from=[meeting])
    return refuse(found, allowed=allow_conflicts)


@attrs.frozen(kw_only=True)
class UpdateMeeting:
    """Change the given fields of a meeting.

    Date, times, instructor, activity and nature change only while it is scheduled; notes and
    topic always, also by its instructor. Its status changes only through its verbs.
    """

    uow: UnitOfWork
    clock: Clock
    school: School

    async def __call__(
        self,
        *,
        actor: Actor,
        meeting_id: MeetingId,
        values: Mapping[str, Any],
        allow_conflicts: bool = False,
        allow_no_teaching_day: bool = False,
    ) -> Meeting:
        """The meeting with the given fields changed.

        :raises OnlyNotes: an instructor, for anything but notes and topic, an override too
        :raises NotFound: there is no such meeting, or it is not the actor's
        :raises Invalid: values that break their rules, or name nothing
        :raises MeetingIsFixed: R-MEET-8
        :raises CycleCancelledError: R-MEET-7
        :raises NoTeachingDay: there is no teaching that day, and it is not allowed
        :raises InstructorBusy: the instructor teaches elsewhere, and it is not allowed
        """
        overrides = {  # R-SCHED-9: a manager may
            "allow_conflicts": allow_conflicts,
            "allow_no_teaching_day": allow_no_teaching_day,
        }
        asked = [*values, *(flag for flag, given in overrides.items() if given)]
        mine = own(_leave(actor, asked), actor)

        async def work(tx: Transaction) -> Meeting:
            at = self.clock.now()
            cycle, meeting = await locked(tx, meeting_id, mine)
            change = amend(meeting, at=at, **values)
            after = change.after
            moved = [f for f in _PLACE if getattr(meeting, f) != getattr(after, f)]
            if moved:
                override = await _may_stand(
                    tx,
                    self.school,
                    cycle,
                    after,
                    allow_conflicts=allow_conflicts,
                    allow_no_teaching_day=allow_no_teaching_day or "scheduled_date" not in moved,
                )
                change = amend(meeting, at=at, **values, conflict_override=override)
            if change.is_empty:
                return meeting
            await tx.meetings.save(change)
            await settle_cycle(tx, cycle, at, may_complete=False)
            return change.after

        return await self.uow.run(actor, work)
