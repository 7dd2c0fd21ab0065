"""R-CYC-1…4: a cycle's figures equal a recount after any history; its end is undone exactly."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import attrs
from hypothesis import given
from hypothesis import strategies as st

from haitech_domain.calendar import DayOfWeek, TimeSlot
from haitech_domain.cycle import Cycle, CycleCompleted, CycleStatus, CycleType, settle
from haitech_domain.cycle import cancel as cancel_cycle
from haitech_domain.cycle import complete as complete_cycle
from haitech_domain.cycle import reopen as reopen_cycle
from haitech_domain.ids import (
    BranchId,
    CourseId,
    CycleId,
    InstructorId,
    MeetingId,
    RegistrationId,
    StudentId,
)
from haitech_domain.meeting import (
    Meeting,
    MeetingStatus,
    Settlement,
    cancel,
    complete,
    postpone,
    reopen,
    restore,
    schedule,
    tally,
)
from haitech_domain.money import Money
from haitech_domain.registration import (
    Registration,
    RegistrationStatus,
    cancel_with_cycle,
    complete_with_cycle,
    undo_cascade,
)
from haitech_domain.scheduling import lowest_free, own_or_free

AT = datetime(2026, 1, 1, tzinfo=UTC)
START = date(2026, 2, 3)
SLOT = TimeSlot(time(16), time(17, 30))
CYCLE = CycleId(UUID(int=1))
SCHEDULED, COMPLETED, CANCELLED, POSTPONED = MeetingStatus


def a_cycle(**facts: Any) -> Cycle:
    given_facts = {
        "id": CYCLE,
        "name": "Robots",
        "course_id": CourseId(UUID(int=2)),
        "branch_id": BranchId(UUID(int=3)),
        "instructor_id": InstructorId(UUID(int=4)),
        "type": CycleType.PRIVATE,
        "start_date": START,
        "day_of_week": DayOfWeek.TUESDAY,
        "start_time": time(16),
        "end_time": time(17, 30),
        "total_meetings": 3,
        "created_at": AT,
        "updated_at": AT,
    }
    return Cycle(**{**given_facts, **facts})


@attrs.define
class History:
    """A cycle's meetings under random verbs, each followed by `settle`."""

    cycle: Cycle
    meetings: list[Meeting] = attrs.field(factory=list)
    clock: int = 0

    @property
    def at(self) -> datetime:
        return AT + timedelta(hours=self.clock)

    @property
    def taken(self) -> list[int]:
        live = [m for m in self.meetings if m.deleted_at is None and m.status.teaches]
        return [m.number for m in live if m.number is not None]

    def fresh(self) -> MeetingId:
        return MeetingId(UUID(int=100 + len(self.meetings)))

    def make(self, ahead: int) -> None:
        made = schedule(
            id=self.fresh(),
            cycle_id=CYCLE,
            number=lowest_free(self.taken),
            instructor_id=InstructorId(UUID(int=4)),
            day=START + timedelta(days=ahead),
            slot=SLOT,
            at=self.at,
        )
        self.meetings.append(made.after)

    def act(self, verb: str, which: int, ahead: int) -> None:
        if verb == "make" or not self.meetings:
            self.make(ahead)
            return
        spot = which % len(self.meetings)
        meeting = self.meetings[spot]
        if meeting.deleted_at is not None:
            return
        at, status = self.at, meeting.status
        if verb == "complete" and status is SCHEDULED:
            self.meetings[spot] = complete(meeting, Settlement(), at=at).after
        elif verb == "cancel" and status is SCHEDULED:
            self.meetings[spot] = cancel(meeting, at=at).after
        elif verb == "reopen" and status is COMPLETED:
            self.meetings[spot] = reopen(meeting, at=at).after
        elif verb == "restore" and status is CANCELLED:
            number = own_or_free(meeting.number, self.taken)
            self.meetings[spot] = restore(meeting, number=number, at=at).after
        elif verb == "postpone" and status is SCHEDULED:
            old, new = postpone(
                meeting,
                replacement_id=self.fresh(),
                day=START + timedelta(days=ahead),
                slot=SLOT,
                at=at,
            )
            self.meetings[spot] = old.after
            self.meetings.append(new.after)
        elif verb == "delete":
            self.meetings[spot] = meeting.changed(at, deleted_at=at)


VERBS = ["make", "complete", "complete", "complete", "cancel", "reopen", "restore", "postpone"]
steps = st.lists(
    st.tuples(st.sampled_from([*VERBS, "delete"]), st.integers(0, 20), st.integers(0, 300)),
    max_size=30,
)


@given(
    history=steps,
    total=st.integers(1, 5),
    given_end=st.none() | st.just(START + timedelta(days=90)),
)
def test_the_figures_of_a_cycle_equal_a_recount_after_any_history(
    history: list[tuple[str, int, int]], total: int, given_end: date | None
) -> None:
    """R-CYC-1: and R-CYC-2, R-CYC-4, R-SCHED-5, simulated in plain Python."""
    world = History(a_cycle(total_meetings=total, given_end_date=given_end))
    status = CycleStatus.ACTIVE
    for verb, which, ahead in history:
        world.clock += 1
        before = world.cycle
        world.act(verb, which, ahead)
        change = settle(before, tally(world.meetings, total), at=world.at)
        world.cycle = change.after

        live = [m for m in world.meetings if m.deleted_at is None]
        counts = {s: [m for m in live if m.status is s] for s in MeetingStatus}
        held = {m.number for m in counts[COMPLETED]}
        teaching = counts[SCHEDULED] + counts[COMPLETED]
        assert len({m.number for m in teaching}) == len(teaching), "each its own number"

        finished = set(range(1, total + 1)) <= held and not counts[SCHEDULED]
        became = status is CycleStatus.ACTIVE and finished
        if became:
            status = CycleStatus.COMPLETED
        cycle = world.cycle
        assert cycle.status is status
        assert [type(event) for event in change.events] == ([CycleCompleted] if became else [])
        assert cycle.completed_meetings == len(counts[COMPLETED])
        assert cycle.scheduled_meetings == len(counts[SCHEDULED])
        assert cycle.cancelled_meetings == len(counts[CANCELLED])
        assert cycle.postponed_meetings == len(counts[POSTPONED])
        remaining = 0 if status is CycleStatus.COMPLETED else max(0, total - len(counts[COMPLETED]))
        assert cycle.progress.remaining == remaining
        assert cycle.end_date == max((m.scheduled_date for m in teaching), default=given_end)
        assert settle(cycle, tally(world.meetings, total), at=world.at).is_empty
        if change.is_empty:
            assert cycle is before
        if status is CycleStatus.COMPLETED and not finished:
            # a verb on a completed cycle reopens it first (R-CYC-2, R-MEET-7); whoever calls does
            world.cycle = reopen_cycle(cycle, at=world.at).after
            status = CycleStatus.ACTIVE


# --- the cascade ---------------------------------------------------------------------------


@st.composite
def registrations(draw: st.DrawFn) -> Registration:
    status = draw(st.sampled_from(RegistrationStatus))
    cancelled = status is RegistrationStatus.CANCELLED
    return Registration(
        id=RegistrationId(draw(st.uuids())),
        student_id=StudentId(draw(st.uuids())),
        cycle_id=CYCLE,
        registration_date=START,
        status=status,
        amount=draw(st.none() | st.just(Money.of("100.00"))),
        notes=draw(st.none() | st.just("sits in front")),
        cancellation_date=START if cancelled else None,
        cancellation_reason="moved away" if cancelled else None,
        deleted_at=draw(st.sampled_from([None, None, AT])),
        created_at=AT,
        updated_at=AT,
    )


def same_but_history(before: Registration, after: Registration) -> bool:
    return attrs.evolve(after, version=before.version, updated_at=before.updated_at) == before


@given(st.lists(registrations(), max_size=8), st.booleans())
def test_reopening_undoes_exactly_the_cascade_of_the_end(
    present: list[Registration],
    by_cancelling: bool,
) -> None:
    """R-CYC-2: and R-CYC-3: back to active undoes exactly its own cascade."""
    cycle = a_cycle()
    counted = tally([], 3)
    ended = (
        cancel_cycle(cycle, at=AT) if by_cancelling else complete_cycle(cycle, counted, at=AT)
    ).after
    later = AT + timedelta(hours=1)
    after_end = [
        cancel_with_cycle(r, today=START, at=later).after
        if by_cancelling
        else complete_with_cycle(r, at=later).after
        for r in present
    ]
    for before, after in zip(present, after_end, strict=True):
        live = before.deleted_at is None and before.status.is_live
        trial = before.status is RegistrationStatus.TRIAL
        if not live or (trial and not by_cancelling):
            assert after is before
        elif by_cancelling:
            assert after.status is RegistrationStatus.CANCELLED
            assert after.before_cascade is before.status
        else:
            assert after.status is RegistrationStatus.COMPLETED
            assert after.before_cascade is before.status
            assert after.amount == before.amount
    undone = [undo_cascade(r, ended.status, at=AT + timedelta(hours=2)).after for r in after_end]
    for before, after in zip(present, undone, strict=True):
        assert same_but_history(before, after)
        assert (after is before) is (after.version == before.version)
    active = reopen_cycle(ended, at=AT).after
    assert attrs.evolve(active, version=1) == cycle


@given(registrations(), st.sampled_from([CycleStatus.COMPLETED, CycleStatus.CANCELLED]))
def test_undoing_what_never_happened_is_nothing(
    registration: Registration, ended: CycleStatus
) -> None:
    """R-CYC-3: a registration that the end of its cycle passed over is not brought back."""
    undone = undo_cascade(registration, ended, at=AT)
    assert undone.is_empty
    assert undone.events == ()
