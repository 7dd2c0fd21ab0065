"""The machine without its rules: a stage, a paper school, and one step on both."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any, ClassVar, Final, TypeVar
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition

from haitech_domain.access import Actor, ActorKind, Role
from haitech_domain.attendance import AttendanceStatus, MarkCounts
from haitech_domain.calendar import DayOfWeek
from haitech_domain.change import Change
from haitech_domain.errors import DomainError
from haitech_domain.ids import CycleId, InstructorId
from haitech_domain.instructor import EmploymentType
from haitech_domain.money import Money
from haitech_domain.ports import Page, Query, Transaction
from haitech_domain.registration import Payment
from haitech_domain.testing.builders import (
    a_branch,
    a_course,
    a_customer,
    a_student,
    a_user,
    an_instructor,
)
from haitech_domain.testing.machine.comparing import disagreements, look, unsound
from haitech_domain.testing.machine.paper import (
    PaperCycle,
    PaperEntry,
    PaperInstructor,
    PaperMeeting,
    PaperSchool,
    PaperStudent,
    Refused,
)
from haitech_domain.testing.machine.paper.attendance import counts
from haitech_domain.testing.machine.replaying import replayed
from haitech_domain.testing.machine.stage import Stage

P = TypeVar("P")
R = TypeVar("R")
T = TypeVar("T")

MANAGER: Final = Actor.system("machine")

SEASONS: Final = (
    date(2026, 10, 18),  # summer time ends on the 25th; no holiday until March
    date(2026, 3, 15),  # summer time begins on the 27th; Pesach from 1 to 8 April
    date(2026, 9, 6),  # the holidays of autumn
    date(2024, 12, 22),  # VAT rises on 1 January
    date(2026, 4, 12),  # Yom HaZikaron and Yom HaAtzmaut, then Shavuot
)
"""Sundays on which a play can begin."""

INSTRUCTORS: Final = (
    (EmploymentType.FREELANCER, 15_000, None, 20_000),
    (EmploymentType.EMPLOYEE, 10_100, 9_999, None),
    (EmploymentType.EMPLOYEE, None, 8_050, None),
)
"""Employment, and what an hour costs: frontal, online, private. The first sum never divides well."""

chances: Final = st.integers(0, 239)
"""Which of several; see `SchoolPlay.pick`."""


def money(agorot: int | None) -> Money | None:
    """An amount as the verbs take it."""
    return None if agorot is None else Money(agorot)


class SchoolPlay(RuleBasedStateMachine):
    """Both schools, the stored and the paper one, and what is compared after every step."""

    open_stage: ClassVar[Callable[[], AbstractContextManager[Stage]]]
    """Opens an empty stage."""

    def __init__(self) -> None:
        super().__init__()
        self._opened = ExitStack()
        self.stage = self._opened.enter_context(type(self).open_stage())
        self.sunday = SEASONS[0]
        self.paper = PaperSchool(
            now=self.stage.clock.civil(),
            closed=self._is_closed,
            employer_factor=Fraction(self.stage.school.employer_factor),
        )
        self._sound = True

    def teardown(self) -> None:
        """The end of a play in which nothing was wrong: no drift, and the audit log tells it all."""
        try:
            if self._sound:
                self._counts_again()
                self._reads_the_ledgers()
                self._reads_the_log()
        finally:
            self._opened.close()

    def founds(self, season: date) -> None:
        """One course, one branch, a family of five, three instructors."""
        self.sunday = season
        self.at(datetime.combine(season, time(9)))
        now = self.stage.clock.now()
        made = {"created_at": now, "updated_at": now}
        course, branch, parent = a_course(**made), a_branch(**made), a_customer(**made)
        students = [a_student(customer_id=parent.id, **made) for _ in range(5)]
        users = [a_user(role=Role.INSTRUCTOR, **made) for _ in INSTRUCTORS]
        instructors = [
            an_instructor(
                **made,
                user_id=user.id,
                employment_type=employment,
                rate_frontal=money(frontal),
                rate_online=money(online),
                rate_private=money(private),
            )
            for user, (employment, frontal, online, private) in zip(users, INSTRUCTORS, strict=True)
        ]

        async def found(tx: Transaction) -> None:
            await tx.users.save(*map(Change.created, users))
            await tx.courses.save(Change.created(course))
            await tx.branches.save(Change.created(branch))
            await tx.instructors.save(*map(Change.created, instructors))
            await tx.customers.save(Change.created(parent))
            await tx.students.save(*map(Change.created, students))

        self.stage.run(self.stage.uow.run(MANAGER, found))
        self.course, self.branch = course.id, branch.id
        for one, (employment, frontal, online, private) in zip(
            instructors, INSTRUCTORS, strict=True
        ):
            self.paper.instructors[one.id] = PaperInstructor(
                id=one.id, employment=employment, frontal=frontal, online=online, private=private
            )
        self.users: dict[UUID, UUID] = {
            one.id: user.id for one, user in zip(instructors, users, strict=True)
        }
        for student in students:
            self.paper.students[student.id] = PaperStudent(id=student.id)

    @precondition(lambda self: self.paper.students)
    @invariant()
    def both_agree(self) -> None:
        """Every figure, after every step; and what may never be is not."""
        stored = self._reads(lambda tx: look(tx, self.paper))
        found = [*disagreements(self.paper, stored), *unsound(stored)]
        self._sound = self._sound and not found
        assert not found, "\n".join(found)
        self.paper.remember()

    def does(self, act: Awaitable[T], on_paper: Callable[[], P]) -> tuple[T, P] | None:
        """One step on both: what each gave, or None where both refuse for the same reason."""
        self._sound = False
        reasons: frozenset[str] = frozenset()
        expected: Any = None
        try:
            expected = on_paper()
        except Refused as refusal:
            reasons = refusal.reasons
        try:
            done = self.stage.run(act)
        except DomainError as refusal:
            given = refusal.reason
            if given not in reasons:
                message = f"refused: {given}; on paper: {_listed(reasons)}"
                raise AssertionError(message) from refusal
            self._sound = True
            return None
        if reasons:
            message = f"allowed; on paper refused: {_listed(reasons)}"
            raise AssertionError(message)
        self._sound = True
        return done, expected

    def at(self, moment: datetime) -> None:
        """Set both clocks."""
        self.stage.clock.set(moment)
        self.paper.now = moment

    def pick(self, chance: int, things: Sequence[R], *, suited: Callable[[R], object]) -> R:
        """One of some things: seven times in eight one that suits, if there is any."""
        fitting = [thing for thing in things if suited(thing)]
        chosen, turn = divmod(chance, 8)
        few = fitting if fitting and turn < 7 else things
        return few[chosen % len(few)]

    def day(self, chance: int) -> date:
        """A day: half of the time that of some meeting, else one of the first eight weeks'."""
        chosen, turn = divmod(chance, 4)
        days = sorted({m.day for m in self.paper.meetings.values()})
        if days and turn < 2:
            return days[chosen % len(days)]
        weeks, weekday = divmod(chosen, 4)
        return self.sunday + timedelta(weeks=weeks, days=(0, 0, 2, 6)[weekday])

    def teacher(self, id: UUID) -> Actor:
        """An instructor who has logged in."""
        return Actor(
            kind=ActorKind.USER,
            id=self.users[id],
            name="teacher",
            role=Role.INSTRUCTOR,
            instructor_id=InstructorId(id),
        )

    @property
    def cycles(self) -> list[PaperCycle]:
        """All of them."""
        return list(self.paper.cycles.values())

    @property
    def meetings(self) -> list[PaperMeeting]:
        """All of them."""
        return list(self.paper.meetings.values())

    def _is_closed(self, day: date) -> bool:
        school = self.stage.school
        return DayOfWeek.of(day) in school.rest_days or school.holidays.closed_on(day) is not None

    def _counts_again(self) -> None:
        """R-CYC-1: `sync-progress` finds nothing to mend."""
        for cycle in self.cycles:
            if cycle.is_there:
                sync = self.stage.verbs.sync_progress
                before, after = self.stage.run(sync(actor=MANAGER, cycle_id=CycleId(cycle.id)))
                assert before == after, "sync-progress found a drift"
                found = self._reads(_counts_of(cycle.id))
                counted = {status: getattr(found, status.value) for status in AttendanceStatus}
                expected = counts(self.paper, cycle)
                assert counted == {status: expected[status] for status in AttendanceStatus}

    def _reads_the_ledgers(self) -> None:
        """R-REG-4: every entry, and nothing else."""
        for one in self.paper.registrations.values():
            if one.is_there:
                page = self._reads(_ledger_of(one.id))
                found = [PaperEntry(e.amount.agorot, e.paid_at, e.method) for e in page.items]
                assert found == list(one.ledger), f"ledger {found}; on paper {one.ledger}"

    def _reads(self, work: Callable[[Transaction], Awaitable[R]]) -> R:
        return self.stage.run(self.stage.uow.read(work))

    def _reads_the_log(self) -> None:
        stored = self._reads(lambda tx: look(tx, self.paper))
        journal = self.stage.run(self.stage.journal())
        rows: list[Any] = [
            *stored.cycles.values(),
            *stored.meetings.values(),
            *stored.registrations.values(),
            *stored.marks.values(),
        ]
        found = list(replayed(journal.audit, rows))
        assert not found, "\n".join(found)


def _listed(reasons: frozenset[str]) -> str:
    return ", ".join(sorted(reasons)) or "allowed"


def _counts_of(cycle: UUID) -> Callable[[Transaction], Awaitable[MarkCounts]]:
    query = Query(filters={"cycle_id": cycle})
    return lambda tx: tx.attendance.counts(query)


def _ledger_of(registration: UUID) -> Callable[[Transaction], Awaitable[Page[Payment]]]:
    query = Query(filters={"registration_id": registration}, limit=100)
    return lambda tx: tx.payments.page(query)
