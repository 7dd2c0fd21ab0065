"""The days of the year: mornings of the office, evenings of the instructors, ends of weeks and months."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from haitech_domain.attendance import AttendanceStatus, Wanted
from haitech_domain.meeting import MeetingStatus
from haitech_domain.money import Money
from haitech_domain.use_cases import Recalculation
from tests.drills.year.founding import Founded
from tests.drills.year.office import Office
from tests.drills.year.school import ADMIN, Act, YearSchool

HELD: Final = """
    SELECT m.id, m.instructor_id, array_remove(array_agg(r.id ORDER BY r.id), NULL)
      FROM meetings m
      LEFT JOIN registrations r ON r.cycle_id = m.cycle_id AND r.deleted_at IS NULL
            AND r.status IN ('registered', 'active', 'trial', 'completed')
     WHERE m.status = 'scheduled' AND m.deleted_at IS NULL AND m.scheduled_date = %s
     GROUP BY m.id ORDER BY m.id"""
"""The meetings of a day that are still to be reported, with the children of their cycles."""
UNREPORTED: Final = """
    SELECT id FROM meetings WHERE status = 'scheduled' AND deleted_at IS NULL
       AND scheduled_date < %s ORDER BY id LIMIT 200"""
HELD_LATELY: Final = """
    SELECT id FROM meetings WHERE status = 'completed' AND deleted_at IS NULL
       AND scheduled_date >= %s ORDER BY id LIMIT 100"""
ENDING: Final = """
    SELECT id FROM cycles WHERE deleted_at IS NULL AND status <> 'cancelled'
     ORDER BY end_date NULLS LAST, id LIMIT %s"""
OFTEN: Final = (*(AttendanceStatus.PRESENT,) * 7, *AttendanceStatus)
FRIDAY: Final = 4


async def live(school: YearSchool, founded: Founded, tick: Callable[[date], Any]) -> None:
    """Every day of the year, one after the other; what a day holds is done at once."""
    office = Office(school, founded)
    day = school.size.first
    while day <= school.size.last:
        school.at(day, 8)
        await _before_anybody_comes(school, founded, day)
        await office.look()
        await school.at_once(office.morning())
        school.at(day, 20)
        await school.at_once(await _evening(school, day))
        if day.weekday() == FRIDAY:
            await _end_of_week(school, day)
        tick(day)
        day += timedelta(days=1)
    school.at(school.size.last + timedelta(days=3), 9)
    await _end_of_week(school, school.size.last + timedelta(days=3))


async def _before_anybody_comes(school: YearSchool, founded: Founded, day: date) -> None:
    """What bears on money of every cycle: rates, closed days, the second term, a recalculation."""
    verbs: Any = school.verbs
    chance = school.chance
    if day == school.size.second_term:
        await _second_term(school, day)
    if day.day != 1:
        return
    rate = Money(chance.randrange(9_000, 19_000))
    who = chance.choice(founded.instructors)
    await school.do(
        partial(verbs.instructors.update, actor=ADMIN, id=who, values={"rate_frontal": rate})
    )
    first = day + timedelta(days=chance.randrange(5, 25))
    closed = {"first_day": first, "last_day": first + timedelta(days=2), "why": "repairs"}
    branch = chance.choice(founded.branches)
    await school.do(
        partial(verbs.closures.create, actor=ADMIN, values={"branch_id": branch, **closed})
    )
    held = [id for (id,) in await school.rows(HELD_LATELY, day - timedelta(days=31))]
    for how in (Recalculation(dry_run=True), Recalculation()):
        if held:
            await school.do(
                partial(verbs.recalculate_meetings, actor=ADMIN, ids=held[::9], how=how)
            )


async def _second_term(school: YearSchool, day: date) -> None:
    """The cycles that end first are run again, with their children and new meetings."""
    acts: list[Act] = []
    for number, (id,) in enumerate(await school.rows(ENDING, school.size.cycles // 5)):
        acts.append(
            partial(
                school.verbs.duplicate_cycle,
                actor=ADMIN,
                cycle_id=id,
                new_name=f"Second term {number + 1}",
                new_start_date=day + timedelta(days=1),
                copy_registrations=True,
                generate_meetings=True,
                allow_conflicts=number % 2 == 0,
            )
        )
    await school.at_once(acts)


async def _evening(school: YearSchool, day: date) -> list[Act]:
    """Instructors report the meetings of today; some of them yesterday's, some too late."""
    chance = school.chance
    acts: list[Act] = []
    for ago, share in ((0, 0.85), (1, 0.5), (2, 0.3)):
        rows = await school.rows(HELD, day - timedelta(days=ago))
        for id, instructor, children in rows:
            if chance.random() < share:
                acts += _report(school, id, instructor, children)
    return acts


def _report(school: YearSchool, id: Any, instructor: UUID, children: list[UUID]) -> list[Act]:
    chance, verbs = school.chance, school.verbs
    actor: Any = school.teachers[instructor]
    wanted = [
        Wanted(
            path=f"records[{n}]",
            fields={"registration_id": child, "status": chance.choice(OFTEN)},
        )
        for n, child in enumerate(children)
    ]
    if chance.random() < 0.05:
        guest = {"guest_name": "גיא", "status": AttendanceStatus.PRESENT}
        wanted.append(Wanted(path=f"records[{len(wanted)}]", fields=guest))
    acts: list[Act] = [
        partial(verbs.complete_meeting, actor=actor, meeting_id=id, notes={"topic": "לולאות"})
    ]
    if wanted:
        acts.insert(
            chance.randrange(2),
            partial(verbs.mark_attendance, actor=actor, meeting_id=id, wanted=wanted),
        )
    return acts


async def _end_of_week(school: YearSchool, day: date) -> None:
    """The office completes what nobody reported, all at once or, where one is refused, each."""
    while ids := [id for (id,) in await school.rows(UNREPORTED, day)]:
        await school.do(
            partial(
                school.verbs.update_meeting_statuses,
                actor=ADMIN,
                ids=ids,
                status=MeetingStatus.COMPLETED,
            )
        )
