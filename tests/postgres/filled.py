"""A database with enough rows for the planner to choose as it would in earnest."""

from __future__ import annotations

import functools

import psycopg

from haitech_app.testing import databases

ROW = "now() - n * interval '1 minute', now(), 1, NULL, NULL"
BOOKKEEPING = "created_at, updated_at, version, deleted_at, deletion"


def one_of(*values):
    words = ", ".join(f"'{value}'" for value in values)
    return f"(ARRAY[{words}])[1 + n % {len(values)}]"


def id_of(table, number="n"):
    return f"md5('{table}' || ({number}))::uuid"


def insert(table, rows, **columns):
    return (
        f"INSERT INTO {table} (id, {BOOKKEEPING}, {', '.join(columns)})"  # noqa: S608
        f" SELECT {id_of(table)}, {ROW}, {', '.join(columns.values())}"
        f" FROM generate_series(0, {rows - 1}) n"
    )


ACTIVITIES = one_of("frontal", "online", "private_lesson")
WEEKDAYS = one_of("sunday", "monday", "tuesday", "wednesday", "thursday", "friday")
PAID = """;
INSERT INTO payments (id, created_at, registration_id, kind, amount, paid_at)
SELECT gen_random_uuid(), now(), id, 'payment', 50, registration_date + n
FROM registrations, generate_series(1, 6) n WHERE n * 50 <= paid_amount"""
"""In one transaction with the registrations: what they say is paid is the sum of their payments."""
FILL = [
    insert(
        "customers",
        8_000,
        name="'לקוח ' || md5(n::text)",
        phone="'+9725' || (10000000 + n)",
        email="'p' || n || '@example.com'",
        city="'עיר ' || n % 90",
    ),
    insert(
        "students", 8_000, name="'child'", customer_id=id_of("customers", "n % 4000"), grade="'ד'"
    ),
    insert("courses", 20, name="'course'", category="'ai'", is_active="true"),
    insert("branches", 30, name="'branch'", type="'school'", is_active="true"),
    insert(
        "instructors",
        40,
        name="'instructor'",
        employment_type="'employee'",
        is_active="true",
        windows="'[]'",
    ),
    insert(
        "time_off",
        2_000,
        instructor_id=id_of("instructors", "n % 40"),
        first_day="DATE '2020-01-01' + n",
        last_day="DATE '2020-01-03' + n",
    ),
    insert(
        "institutional_orders",
        50,
        branch_id=id_of("branches", "n % 30"),
        order_number="n::text",
        order_date="DATE '2026-01-01'",
        start_date="DATE '2026-01-01'",
        end_date="DATE '2026-12-31'",
        status="'active'",
    ),
    insert(
        "cycles",
        3_000,
        name="'מחזור ' || md5(n::text)",
        course_id=id_of("courses", "n % 20"),
        branch_id=id_of("branches", "n % 30"),
        instructor_id=id_of("instructors", "n % 40"),
        institutional_order_id=f"CASE WHEN n % 3 = 0 THEN {id_of('institutional_orders', 'n % 50')} END",
        type=one_of("private", "institutional_fixed", "institutional_per_child"),
        start_date="DATE '2020-01-01' + n",
        end_date="DATE '2020-06-01' + n",
        day_of_week=WEEKDAYS,
        start_time="TIME '16:00'",
        end_time="TIME '17:00'",
        total_meetings="10",
        meeting_revenue="100",
        price_per_student="10",
        instructor_payment_mode="'hourly'",
        send_parent_reminders="true",
        activity_type=ACTIVITIES,
        status=one_of("active", "completed", "cancelled"),
        completed_meetings="0",
        scheduled_meetings="0",
        cancelled_meetings="0",
        postponed_meetings="0",
    ),
    insert(
        "meetings",
        40_000,
        cycle_id=id_of("cycles", "n % 3000"),
        instructor_id=id_of("instructors", "n % 40"),
        scheduled_date="DATE '2020-01-01' + n / 40",
        start_time="TIME '16:00'",
        end_time="TIME '17:00'",
        number="1 + n / 3000",
        status=one_of("scheduled", "completed", "cancelled", "postponed"),
        nature="'regular'",
        activity_type=f"CASE WHEN n % 20 = 0 THEN {ACTIVITIES} END",
        revenue="0",
        instructor_payment="0",
        employer_cost="0",
        profit="0",
        explanation="'[]'::jsonb",
        cancelled_with_cycle="false",
        conflict_override="false",
    ),
    insert(
        "registrations",
        9_000,
        student_id=id_of("students", "n % 8000"),
        cycle_id=id_of("cycles", "n % 2900"),
        registration_date="DATE '2020-01-01' + n / 5",
        amount="(n % 50) * 10",
        paid_amount="(n % 7) * 50",
        status=one_of("registered", "active", "trial", "completed", "cancelled"),
    )
    + PAID,
    "ALTER TABLE attendance DISABLE TRIGGER tr_attendance_counted",
    insert(
        "attendance",
        60_000,
        meeting_id=id_of("meetings", "n % 40000"),
        registration_id=f"CASE WHEN n % 10 > 0 THEN {id_of('registrations', 'n % 8990')} END",
        student_id=f"CASE WHEN n % 10 = 0 THEN {id_of('students', 'n % 7990')} END",
        status=one_of("present", "absent", "late"),
        is_trial="n % 10 = 0",
        recorded_at="now()",
    ),
    "ALTER TABLE attendance ENABLE TRIGGER tr_attendance_counted",
    "SELECT attendance_of_cycle_counted(id) FROM cycles",  # at once, which is faster
    insert(
        "leads",
        4_000,
        customer_id=id_of("customers", "n % 4000"),
        name="'פונה ' || md5(n::text)",
        phone="'+9725' || (10000000 + n)",
        email="'p' || n || '@example.com'",
        child_name="'ילד ' || md5((n + 1)::text)",
        source="'source ' || n % 90",
        received_at="now()",
        status=one_of("new", "contacted", "in_progress", "closed"),
    ),
    insert("lead_notes", 8_000, lead_id=id_of("leads", "n % 4000"), text="'note'"),
]


@functools.cache
def database() -> str:
    """The URL of the database, filled when it is first asked for."""
    url = databases.new_database()
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in FILL:
            connection.execute(statement)
        connection.execute("VACUUM ANALYZE")
    return url


@functools.cache
def an_id_in(table: str) -> str:
    """The id of one of its rows."""
    with psycopg.connect(database()) as connection:
        [(found,)] = connection.execute(f"SELECT {id_of(table, '7')}::text").fetchall()
    return str(found)
