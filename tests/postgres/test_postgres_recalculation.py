"""Recalculating many meetings asks no more of the database than recalculating a few."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import pytest

from haitech_adapters.calendar import IsraeliSchoolCalendar
from haitech_adapters.postgres import PostgresUnitOfWork
from haitech_domain.access import Actor
from haitech_domain.change import Change
from haitech_domain.cycle import PaymentMode
from haitech_domain.meeting import MeetingStatus
from haitech_domain.money import Money
from haitech_domain.testing.builders import MADE, a_meeting, a_school, furnish
from haitech_domain.use_cases import RecalculateMeetings, Recalculation
from haitech_domain.use_cases.school import School

pytestmark = pytest.mark.anyio

SYSTEM = Actor.system("test")


@pytest.fixture
async def meetings(uow):
    """Meetings of several cycles and instructors, held, each cycle paid by the day."""
    daily: dict[str, Any] = {
        "instructor_payment_mode": PaymentMode.DAILY,
        "instructor_daily_rate": Money.of(600),
    }
    made = []
    for plain in (a_school() for _ in range(4)):
        school = attrs.evolve(plain, cycle=attrs.evolve(plain.cycle, **daily))
        await uow.run(SYSTEM, lambda tx, school=school: furnish(tx, school))
        held = [
            a_meeting(
                cycle_id=school.cycle.id,
                instructor_id=school.instructor.id,
                scheduled_date=school.meeting.scheduled_date + timedelta(days=7 * n),
                number=n + 1,
                status=MeetingStatus.COMPLETED,
            )
            for n in range(1, 6)
        ]
        await uow.run(SYSTEM, lambda tx, held=held: tx.meetings.save(*map(Change.created, held)))
        made += held
    return made


@pytest.mark.parametrize("as_of", [None, MADE.date()])
async def test_many_take_as_many_statements_as_few(pool, ids, clock, meetings, as_of):
    asked = []
    uow = PostgresUnitOfWork(pool, ids, clock, log=lambda sql, _seconds: asked.append(sql))
    recalculate = RecalculateMeetings(
        uow=uow, clock=clock, school=School(holidays=IsraeliSchoolCalendar())
    )

    async def questions(some, **how):
        asked.clear()
        found = await recalculate(
            actor=SYSTEM, ids=[m.id for m in some], how=Recalculation(as_of=as_of, **how)
        )
        paid = Money.total(one.after.instructor_payment for one in found)
        assert paid == Money.of(600 * len(some))
        return [sql for sql in asked if not sql.startswith("UPDATE")]

    few = await questions(meetings[:1], dry_run=True)
    many = await questions(meetings, dry_run=True)
    assert many == few
    kept = await questions(meetings)
    assert len(kept) <= len(few) + 5, (
        "BEGIN, two locks, the meetings again, COMMIT with its journal"
    )
