"""A school as large as quality.md wants it: rows written by SQL, in the state that verbs leave.

Cycles are weekly and of a fixed price, five for each instructor on five days of the week, so that
nobody is in two places. About half of the meetings of each are completed.
"""

from __future__ import annotations

from typing import Final

import attrs
import psycopg

from tests.postgres.filled import id_of, insert

EACH: Final = 25
"""Meetings of a cycle, of which so many are completed:"""
COMPLETED: Final = 12
REGISTERED: Final = 15
_DAYS: Final = "(ARRAY['sunday','monday','tuesday','wednesday','thursday'])[1 + n / {half} % 5]"
_FIRST: Final = "DATE '2026-06-07'"
"""A Sunday."""


@attrs.frozen(kw_only=True)
class Size:
    """How many there are; what is missing follows from it."""

    customers: int = 5_000
    students: int = 8_000
    cycles: int = 600
    marks: int = 60_000

    @property
    def meetings(self) -> int:
        """15,000 of them, where there are 600 cycles."""
        return self.cycles * EACH

    @property
    def registrations(self) -> int:
        """9,000 of them."""
        return self.cycles * REGISTERED

    @property
    def instructors(self) -> int:
        """Each has five cycles."""
        return self.cycles // 5


def fill(url: str, size: Size) -> None:
    """Fill a migrated database that has no school yet."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in _statements(size):
            connection.execute(statement)
        connection.execute("VACUUM ANALYZE")


def _statements(size: Size) -> list[str]:
    day = _DAYS.format(half=size.instructors)
    weekday = f"{size.instructors}"
    number = f"n % {EACH}"
    cycle = f"n / {EACH}"
    done = f"{number} < {COMPLETED}"
    registration = f"(n % {size.registrations})"
    meeting = (
        f"n % {size.registrations} / {REGISTERED} * {EACH} + n / {size.registrations} % {COMPLETED}"
    )
    return [
        insert("courses", 12, name="'קורס ' || n", category="'ai'", is_active="true"),
        insert("branches", 30, name="'סניף ' || n", type="'school'", is_active="true"),
        insert(
            "instructors",
            size.instructors,
            name="'מדריך ' || n",
            rate_frontal="150",
            employment_type="'freelancer'",
            is_active="true",
            windows="'[]'",
        ),
        insert(
            "customers",
            size.customers,
            name="'לקוח ' || md5(n::text)",
            phone="'+9725' || (10000000 + n)",
            email="'p' || n || '@example.com'",
            city="'עיר ' || n % 90",
        ),
        insert(
            "students",
            size.students,
            name="'ילד ' || md5(n::text)",
            customer_id=id_of("customers", f"n % {size.customers}"),
            grade="'ד'",
        ),
        insert(
            "cycles",
            size.cycles,
            name="'מחזור ' || n",
            course_id=id_of("courses", "n % 12"),
            branch_id=id_of("branches", "n % 30"),
            instructor_id=id_of("instructors", f"n % {size.instructors}"),
            type="'institutional_fixed'",
            start_date=f"{_FIRST} + n / {weekday} % 5",
            end_date=f"{_FIRST} + n / {weekday} % 5 + 7 * {EACH - 1}",
            day_of_week=day,
            start_time="TIME '16:00'",
            end_time="TIME '17:30'",
            total_meetings=f"{EACH}",
            meeting_revenue="500",
            default_registration_amount="1000000",
            instructor_payment_mode="'hourly'",
            send_parent_reminders="true",
            activity_type="'frontal'",
            status="'active'",
            completed_meetings=f"{COMPLETED}",
            scheduled_meetings=f"{EACH - COMPLETED}",
            cancelled_meetings="0",
            postponed_meetings="0",
        ),
        insert(
            "meetings",
            size.meetings,
            cycle_id=id_of("cycles", cycle),
            instructor_id=id_of("instructors", f"{cycle} % {size.instructors}"),
            scheduled_date=f"{_FIRST} + {cycle} / {weekday} % 5 + 7 * ({number})",
            start_time="TIME '16:00'",
            end_time="TIME '17:30'",
            number=f"1 + {number}",
            status=f"CASE WHEN {done} THEN 'completed' ELSE 'scheduled' END",
            nature="'regular'",
            revenue=f"CASE WHEN {done} THEN 500 ELSE 0 END",
            instructor_payment=f"CASE WHEN {done} THEN 225 ELSE 0 END",
            employer_cost=f"CASE WHEN {done} THEN 225 ELSE 0 END",
            profit=f"CASE WHEN {done} THEN 275 ELSE 0 END",
            explanation="'[]'::jsonb",
            cancelled_with_cycle="false",
            conflict_override="false",
        ),
        insert(
            "registrations",
            size.registrations,
            student_id=id_of("students", f"n % {size.students}"),
            cycle_id=id_of("cycles", f"n / {REGISTERED}"),
            registration_date="DATE '2026-06-01'",
            amount="1000000",
            paid_amount="0",
            status="'active'",
        ),
        insert(
            "attendance",
            size.marks,
            meeting_id=id_of("meetings", meeting),
            registration_id=id_of("registrations", registration),
            status="(ARRAY['present','absent','late'])[1 + n % 3]",
            is_trial="false",
            recorded_at="now()",
        ),
    ]
