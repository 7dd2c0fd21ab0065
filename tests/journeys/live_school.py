"""A school on a real PostgreSQL that many people use at once, and what must hold of it afterwards."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

import attrs

from haitech_adapters.calendar import IsraeliSchoolCalendar
from haitech_adapters.memory import FixedClock
from haitech_adapters.postgres import PoolSettings, PostgresUnitOfWork, make_pool
from haitech_adapters.security import Argon2Passwords, JwtTokens, SystemRandomness
from haitech_adapters.system import TimeOrderedIds
from haitech_app.testing import databases
from haitech_app.testing.doors import doors
from haitech_domain.access import Actor, ActorKind, Role
from haitech_domain.change import Change
from haitech_domain.cycle import Cycle, CycleStatus
from haitech_domain.errors import DomainError
from haitech_domain.instructor import Instructor
from haitech_domain.meeting import Meeting, MeetingStatus
from haitech_domain.meeting.entity import NO_MONEY
from haitech_domain.ports import Query, Unavailable
from haitech_domain.student import Student
from haitech_domain.testing.builders import a_phone, a_student, an_id
from haitech_domain.use_cases import CUSTOMERS, STUDENTS, Catalogue, School, Verbs

AT_ONCE = 16
"""Connections: so many requests really run beside each other."""
ADMIN = Actor(kind=ActorKind.USER, id=an_id(), name="admin", role=Role.ADMIN)
SUNDAY = date(2026, 10, 18)
"""A Sunday after the holidays; the ten that follow it all teach."""

R = TypeVar("R")


async def at_once(*calls: Awaitable[Any]) -> list[Any]:
    """Run all calls beside each other; what each gave, or the refusal that it met.

    A database that is unavailable is no refusal of the school: it and any other error is raised.
    """
    results = await asyncio.gather(*calls, return_exceptions=True)
    for result in results:
        known = isinstance(result, DomainError) and not isinstance(result, Unavailable)
        if isinstance(result, BaseException) and not known:
            raise result
    return results


def done(results: Sequence[Any]) -> list[Any]:
    """What succeeded."""
    return [result for result in results if not isinstance(result, BaseException)]


def refused(results: Sequence[Any], kind: type[R]) -> list[R]:
    """What was refused in this way."""
    return [result for result in results if isinstance(result, kind)]


@attrs.frozen(kw_only=True)
class LiveSchool:
    """A school with one course and one branch, its verbs, and its database."""

    pool: Any
    uow: PostgresUnitOfWork
    verbs: Verbs
    customers: Catalogue[Any]
    students: Catalogue[Student]
    course: Any
    branch: Any

    async def instructor(self, **more: Any) -> Instructor:
        values = {"name": "יעל לוי", "phone": a_phone(), "rate_frontal": "150.00", **more}
        return await self.verbs.instructors.create(actor=ADMIN, values=values)

    async def cycle(self, instructor: Instructor, **more: Any) -> Cycle:
        """A cycle of ten Sundays, 16:00-17:30, at 600.00 a meeting."""
        values = {
            "name": "Python, Sundays",
            "course_id": self.course.id,
            "branch_id": self.branch.id,
            "instructor_id": instructor.id,
            "type": "institutional_fixed",
            "meeting_revenue": "600.00",
            "start_date": SUNDAY,
            "day_of_week": "sunday",
            "start_time": "16:00",
            "end_time": "17:30",
            "total_meetings": 10,
        }
        return await self.verbs.create_cycle(actor=ADMIN, values={**values, **more})

    async def taught(self, **more: Any) -> tuple[Cycle, Sequence[Meeting]]:
        """A cycle with an instructor of its own and all its meetings scheduled."""
        cycle = await self.cycle(await self.instructor(), **more)
        made = await self.verbs.generate_meetings(actor=ADMIN, cycle_id=cycle.id)
        return made.cycle, made.meetings

    async def children(self, count: int) -> list[Student]:
        parent = await self.customers.create(
            actor=ADMIN, values={"name": "דנה כהן", "phone": a_phone()}
        )
        children = [a_student(name=f"ילד {n}", customer_id=parent.id) for n in range(count)]
        await self.uow.run(ADMIN, lambda tx: tx.students.save(*map(Change.created, children)))
        return children

    def meeting(
        self,
        cycle: Cycle,
        day: date = SUNDAY,
        start: str = "16:00",
        end: str = "17:30",
        **more: Any,
    ) -> Awaitable[Meeting]:
        """Making a meeting by hand; await it."""
        values = {
            "cycle_id": cycle.id,
            "scheduled_date": day,
            "start_time": start,
            "end_time": end,
        }
        return self.verbs.create_meeting(actor=ADMIN, values={**values, **more})

    def move(self, meeting: Meeting, **values: Any) -> Awaitable[Meeting]:
        return self.verbs.update_meeting(actor=ADMIN, meeting_id=meeting.id, values=values)

    def complete(self, meeting: Meeting) -> Awaitable[Meeting]:
        return self.verbs.complete_meeting(actor=ADMIN, meeting_id=meeting.id, notes={})

    def change(self, cycle: Cycle, **values: Any) -> Awaitable[Cycle]:
        return self.verbs.update_cycle(actor=ADMIN, cycle_id=cycle.id, values=values)

    async def now(self, cycle: Cycle) -> Cycle:
        """The cycle as it is stored."""
        return await self.uow.read(lambda tx: tx.cycles.get(cycle.id))

    async def meetings(self, cycle: Cycle) -> Sequence[Meeting]:
        """Its meetings as they are stored."""
        return await self.uow.read(lambda tx: tx.meetings.of_cycle(cycle.id))

    async def rows(self, sql: str, *params: Any) -> list[Any]:
        """What the database itself says."""
        async with self.pool.connection() as connection:
            cursor = await connection.execute(sql, params)
            return list(await cursor.fetchall())

    async def events(self, type_: str, entity: Any = None) -> int:
        """How many such events the outbox holds."""
        sql = "SELECT count(*) FROM outbox WHERE type = %s AND entity_id = coalesce(%s, entity_id)"
        return int((await self.rows(sql, type_, entity and entity.id))[0][0])

    async def audited(self, action: str, entity: Any) -> int:
        """How many such rows of this thing the audit log holds."""
        sql = "SELECT count(*) FROM audit_log WHERE action = %s AND entity_id = %s"
        return int((await self.rows(sql, action, entity.id))[0][0])

    async def must_be_sound(self) -> None:
        """Every invariant that requests at once could have broken."""
        page = await self.uow.read(lambda tx: tx.cycles.page(Query(limit=100)))
        for cycle in page.items:
            await self._must_add_up(cycle)
        await self._nobody_is_in_two_places()
        await self._every_act_is_audited()
        await self._nothing_live_belongs_to_the_deleted()
        await self._the_ledgers_add_up()

    async def _must_add_up(self, cycle: Cycle) -> None:
        """R-CYC-1, R-CYC-4, R-MEET-3, R-SCHED-5, R-CYC-3: figures are a recount, money is earned."""
        meetings = await self.meetings(cycle)
        counted = Counter(meeting.status for meeting in meetings)
        figures = cycle.progress
        assert {
            MeetingStatus.COMPLETED: figures.completed,
            MeetingStatus.SCHEDULED: figures.scheduled,
            MeetingStatus.CANCELLED: figures.cancelled,
            MeetingStatus.POSTPONED: figures.postponed,
        } == {status: counted[status] for status in MeetingStatus}
        before, after = await self.verbs.sync_progress(actor=ADMIN, cycle_id=cycle.id)
        assert before == after, "sync-progress found a drift"
        teaching = [m for m in meetings if m.status.teaches]
        numbers = [m.number for m in teaching]
        assert len(set(numbers)) == len(numbers), "two live meetings share a number"
        if teaching:
            assert cycle.end_date == max(m.scheduled_date for m in teaching)
        if cycle.status is CycleStatus.CANCELLED:
            assert not counted[MeetingStatus.SCHEDULED]
        for meeting in meetings:
            earned = meeting.status is MeetingStatus.COMPLETED
            assert (meeting.money != NO_MONEY) == earned
            assert (meeting.completed_at is not None) == earned

    async def _nobody_is_in_two_places(self) -> None:
        """R-SCHED-9."""
        assert not await self.rows(
            """SELECT a.id, b.id FROM meetings a JOIN meetings b
                 ON a.instructor_id = b.instructor_id AND a.id < b.id
                AND a.scheduled_date = b.scheduled_date
                AND a.start_time < b.end_time AND b.start_time < a.end_time
              WHERE a.status IN ('scheduled', 'completed') AND a.deleted_at IS NULL
                AND b.status IN ('scheduled', 'completed') AND b.deleted_at IS NULL
                AND NOT a.conflict_override AND NOT b.conflict_override"""
        )

    async def _every_act_is_audited(self) -> None:
        """Each event has the audit row of its act; each version of a meeting has one, too."""
        for type_, action, entity in (
            ("meeting.completed", "complete", "meeting"),
            ("meeting.cancelled", "cancel", "meeting"),
            ("meeting.postponed", "postpone", "meeting"),
            ("cycle.completed", "complete", "cycle"),
            ("cycle.cancelled", "cancel", "cycle"),
        ):
            told = await self.rows(
                "SELECT entity_id, count(*) FROM outbox WHERE type = %s GROUP BY 1", type_
            )
            written = await self.rows(
                "SELECT entity_id, count(*) FROM audit_log WHERE action = %s AND entity = %s"
                " GROUP BY 1",
                action,
                entity,
            )
            assert sorted(told) == sorted(written), type_
        assert not await self.rows(
            "SELECT m.id FROM meetings m WHERE m.version <> (SELECT count(*) FROM audit_log a"
            " WHERE a.entity = 'meeting' AND a.entity_id = m.id)"
        ), "a version of a meeting without its audit row"

    async def _the_ledgers_add_up(self) -> None:
        """R-REG-2, R-REG-4: recounted from raw rows, and from what was told of them."""
        assert not await self.rows(
            "SELECT r.id FROM registrations r WHERE r.paid_amount < 0 OR r.paid_amount <>"
            " (SELECT coalesce(sum(amount), 0) FROM payments p WHERE p.registration_id = r.id)"
        ), "a registration is not its payments"
        assert not await self.rows(
            "SELECT c.id FROM cycles c WHERE c.max_students < (SELECT count(*)"
            " FROM registrations r WHERE r.cycle_id = c.id AND r.deleted_at IS NULL"
            " AND r.status IN ('registered', 'active', 'trial'))"
        ), "a cycle has more students than places"
        told = await self.rows(
            "SELECT coalesce(sum((facts->>'amount')::numeric), 0)"
            " - (SELECT coalesce(sum((facts->>'refund_amount')::numeric), 0) FROM outbox"
            "    WHERE type = 'registration.cancelled')"
            " FROM outbox WHERE type = 'registration.paid'"
        )
        kept = await self.rows("SELECT coalesce(sum(amount), 0) FROM payments")
        assert told == kept, "events tell of other money than the ledger"
        assert not await self.rows(
            "SELECT p.id FROM payments p WHERE 1 <> (SELECT count(*) FROM audit_log a"
            " WHERE a.entity = 'payment' AND a.entity_id = p.id)"
        ), "an entry without its audit row"

    async def _nothing_live_belongs_to_the_deleted(self) -> None:
        """R-PPL-3."""
        for parent, field in (
            ("courses", "course_id"),
            ("branches", "branch_id"),
            ("instructors", "instructor_id"),
        ):
            assert not await self.rows(
                f"SELECT c.id FROM cycles c JOIN {parent} p ON p.id = c.{field}"  # noqa: S608  # as above
                " WHERE c.status = 'active' AND c.deleted_at IS NULL AND p.deleted_at IS NOT NULL"
            ), f"an active cycle with one of the {parent} deleted"
        assert not await self.rows(
            "SELECT s.id FROM students s JOIN customers c ON c.id = s.customer_id"
            " WHERE s.deleted_at IS NULL AND c.deleted_at IS NOT NULL"
        ), "a student with a deleted customer"
        assert not await self.rows(
            "SELECT r.id FROM registrations r JOIN students s ON s.id = r.student_id"
            " WHERE r.status IN ('registered', 'active', 'trial')"
            " AND r.deleted_at IS NULL AND s.deleted_at IS NOT NULL"
        ), "a live registration of a deleted student"
        assert not await self.rows(
            "SELECT m.id FROM meetings m JOIN instructors i ON i.id = m.instructor_id"
            " WHERE m.status = 'scheduled' AND m.deleted_at IS NULL AND i.deleted_at IS NOT NULL"
        ), "a scheduled meeting with a deleted instructor"


@asynccontextmanager
async def live_school() -> AsyncIterator[LiveSchool]:
    """A school on an empty database, with many connections."""
    settings = PoolSettings(min_size=4, max_size=AT_ONCE, timeout=30)
    async with make_pool(databases.emptied(), settings) as pool:
        clock = FixedClock.at(datetime(2026, 9, 1, 9, 0))  # noqa: DTZ001  # of the wall clock
        ids = TimeOrderedIds()
        uow = PostgresUnitOfWork(pool, ids, clock)
        verbs = Verbs.over(
            uow=uow,
            clock=clock,
            ids=ids,
            passwords=Argon2Passwords(),
            tokens=JwtTokens(
                secret="a secret of the tests " * 2, clock=clock, life=timedelta(hours=1)
            ),
            randomness=SystemRandomness(),
            school=School(holidays=IsraeliSchoolCalendar()),
            **doors(clock),
        )
        course = {"name": "Python", "category": "programming"}
        branch = {"name": "בית ספר הרצל", "type": "school"}
        ports: Any = {"uow": uow, "clock": clock, "ids": ids}
        yield LiveSchool(
            pool=pool,
            uow=uow,
            verbs=verbs,
            customers=Catalogue.of(CUSTOMERS, **ports),
            students=Catalogue.of(STUDENTS, **ports),
            course=await verbs.courses.create(actor=ADMIN, values=course),
            branch=await verbs.branches.create(actor=ADMIN, values=branch),
        )
