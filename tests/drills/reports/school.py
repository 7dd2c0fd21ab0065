"""A school of many years: a million completed meetings, four marks in each, all by SQL."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import attrs
import psycopg

from tests.postgres.filled import BOOKKEEPING, id_of, one_of

BIG: Final = ("meetings", "attendance", "registrations")
HELD_PER_CYCLE: Final = 30
REGISTERED_PER_CYCLE: Final = 4
WORDS: Final = (
    '[{"text": "9 children of price 45.50: 409.50", "amount": "409.50", "rule": "R-REV-4"},'
    ' {"text": "90 minutes at 150.00 an hour: 225.00", "amount": "225.00", "rule": "R-PAY-2"},'
    ' {"text": "a freelancer costs what is paid: 225.00", "amount": "225.00", "rule": "R-PAY-4"},'
    ' {"text": "profit: 409.50 - 225.00 = 184.50", "amount": "184.50", "rule": "R-PAY-5"}]'
)
"""As long as what a completed meeting says of its money."""


PAID: Final = """
INSERT INTO payments (id, created_at, registration_id, kind, amount, paid_at)
SELECT gen_random_uuid(), now(), id, 'payment', paid_amount, registration_date FROM registrations
"""
"""What registrations say is paid is the sum of their payments."""


@attrs.frozen(kw_only=True)
class Size:
    """How much there is of everything; meetings and marks follow from the cycles."""

    meetings: int = 1_000_000

    @property
    def cycles(self) -> int:
        """As many as hold so many meetings."""
        return self.meetings // HELD_PER_CYCLE

    @property
    def students(self) -> int:
        """Each in two cycles."""
        return self.cycles * REGISTERED_PER_CYCLE // 2


def insert(table: str, source: str, /, **columns: str) -> str:
    """Rows of a table, one for each row of a source that has a number `n`."""
    return (
        f"INSERT INTO {table} (id, {BOOKKEEPING}, {', '.join(columns)})"  # noqa: S608
        f" SELECT {id_of(table)}, now(), now(), 1,"
        f" CASE WHEN n % 97 = 5 THEN now() END, NULL, {', '.join(columns.values())} FROM {source}"
    )


def numbers(count: int) -> str:
    """So many numbers."""
    return f"generate_series(0, {count - 1}) n"


def statements(size: Size) -> Iterator[tuple[str, str]]:
    """What is made, and by which statement; every 97th row of each kind is deleted."""
    yield "customers", insert(
        "customers", numbers(size.students // 2), name="'לקוח ' || n",
        phone="'+9725' || (10000000 + n)",
    )  # fmt: skip
    yield "students", insert(
        "students", numbers(size.students), name="'ילד ' || md5(n::text)",
        customer_id=id_of("customers", "n / 2"),
    )  # fmt: skip
    yield (
        "courses",
        insert("courses", numbers(30), name="'קורס ' || n", category="'ai'", is_active="true"),
    )
    yield (
        "branches",
        insert("branches", numbers(80), name="'סניף ' || n", type="'school'", is_active="true"),
    )
    yield "instructors", insert(
        "instructors", numbers(300), name="'מדריך ' || n", employment_type="'employee'",
        is_active="true", windows="'[]'",
    )  # fmt: skip
    yield "cycles", insert(
        "cycles", numbers(size.cycles), name="'מחזור ' || md5(n::text)",
        course_id=id_of("courses", "n % 30"), branch_id=id_of("branches", "n % 80"),
        instructor_id=id_of("instructors", "n % 300"),
        type=one_of("private", "institutional_fixed", "institutional_per_child"),
        start_date="DATE '2020-01-05' + n % 2000", end_date="DATE '2020-01-05' + n % 2000 + 203",
        day_of_week="'sunday'", start_time="TIME '16:00'", end_time="TIME '17:30'",
        total_meetings="32", meeting_revenue="100", price_per_student="10",
        instructor_payment_mode="'hourly'", send_parent_reminders="true",
        activity_type=one_of("frontal", "online", "private_lesson"),
        status=one_of("active", "completed"), completed_meetings="30", scheduled_meetings="0",
        cancelled_meetings="0", postponed_meetings="0",
    )  # fmt: skip
    earned, cost = "100 + (n % 977) * 0.37", "90 + (n % 331) * 0.11"
    yield "meetings", insert(
        "meetings", numbers(size.cycles * HELD_PER_CYCLE),
        cycle_id=id_of("cycles", f"n / {HELD_PER_CYCLE}"),
        instructor_id=id_of("instructors", "CASE WHEN n % 50 = 0 THEN n % 299 ELSE n / 30 % 300 END"),
        scheduled_date=f"DATE '2020-01-05' + n / {HELD_PER_CYCLE} % 2000 + 7 * (n % {HELD_PER_CYCLE})",
        start_time="TIME '16:00'", end_time="TIME '17:00' + (n % 4) * INTERVAL '15 minutes'",
        number=f"1 + n % {HELD_PER_CYCLE}", status="'completed'", nature="'regular'",
        activity_type=f"CASE WHEN n % 20 = 0 THEN {one_of('frontal', 'online')} END",
        revenue=earned, instructor_payment="80", employer_cost=cost,
        profit=f"({earned}) - ({cost})", pay_basis="'hourly'", explanation=f"'{WORDS}'::jsonb",
        completed_at="now()", cancelled_with_cycle="false", conflict_override="true",
    )  # fmt: skip
    yield "registrations", insert(
        "registrations", numbers(size.cycles * REGISTERED_PER_CYCLE),
        student_id=id_of("students", f"n % {size.students}"),
        cycle_id=id_of("cycles", f"n / {REGISTERED_PER_CYCLE}"),
        registration_date="DATE '2020-01-01'", amount="1180", paid_amount="590",
        status=one_of("active", "completed", "trial"),
    )  # fmt: skip
    yield "payments", PAID
    yield "leads", insert(
        "leads", numbers(size.cycles), customer_id=id_of("customers", "n"), name="'פונה ' || n",
        phone="'+9725' || (10000000 + n)", source="'source ' || n % 90", received_at="now()",
        status=one_of("new", "contacted", "in_progress", "closed"),
    )  # fmt: skip
    yield "attendance", insert(
        "attendance", numbers(size.cycles * HELD_PER_CYCLE * REGISTERED_PER_CYCLE),
        meeting_id=id_of("meetings", f"n / {REGISTERED_PER_CYCLE}"),
        registration_id=id_of(
            "registrations",
            f"n / {HELD_PER_CYCLE * REGISTERED_PER_CYCLE} * {REGISTERED_PER_CYCLE}"
            f" + n % {REGISTERED_PER_CYCLE}",
        ),
        status=one_of("present", "present", "present", "absent", "late"),
        is_trial="false", recorded_at="now()",
    )  # fmt: skip


def is_empty(url: str) -> bool:
    """Whether a database has no school yet."""
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT FROM meetings LIMIT 1").fetchone() is None


def fill(url: str, size: Size) -> None:
    """Fill a migrated, empty database, and tell how long each kind took."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET maintenance_work_mem = '512MB'")
        with unhindered(connection):
            for what, statement in statements(size):
                began = time.monotonic()
                connection.execute(statement)
                print(f"  {what:<16}{time.monotonic() - began:7.1f} s", flush=True)
        began = time.monotonic()
        connection.execute("SELECT attendance_of_cycle_counted(id) FROM cycles")
        print(f"  {'marks by month':<16}{time.monotonic() - began:7.1f} s", flush=True)
        connection.execute("VACUUM ANALYZE")


@contextmanager
def unhindered(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """Without the indexes of the big tables and the triggers of all, which are as slow as sure."""
    found = connection.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s)"
        " AND schemaname = 'public' AND indexname NOT LIKE 'pk\\_%%'"
        " AND indexname NOT LIKE 'ex\\_%%'",
        [list(BIG)],
    ).fetchall()
    for name, _ in found:
        connection.execute(f'DROP INDEX "{name}"')
    connection.execute("SET session_replication_role = replica")
    try:
        yield
    finally:
        connection.execute("RESET session_replication_role")
        _indexed(connection, [definition for _, definition in found])


def _indexed(connection: psycopg.Connection[Any], definitions: list[str]) -> None:
    began = time.monotonic()
    for definition in definitions:
        connection.execute(definition)
    print(f"  {'indexes':<16}{time.monotonic() - began:7.1f} s", flush=True)
