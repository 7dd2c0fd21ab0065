"""Cycles, meetings, registrations with their payments, and attendance."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ExcludeConstraint

from haitech_adapters.postgres.tables.columns import (
    LIVE,
    METADATA,
    by_name,
    check,
    entity_table,
    live_index,
    room_of,
    searched,
    table_of,
    unique,
)
from haitech_domain.attendance import AttendanceStatus, Mark
from haitech_domain.attendance.entity import TARGETS
from haitech_domain.cycle import Cycle
from haitech_domain.meeting import Meeting
from haitech_domain.registration import Payment, Registration

# Written out wherever they are asked for: a partial index serves only a condition that names its
# own words.
TEACHES: Final = "status IN ('scheduled', 'completed')"
HAS_PLACE: Final = "status IN ('registered', 'active', 'trial')"

# R-MEET-1: 5 minutes to 12 hours, on one day
_TIMES: Final = (
    "start_time < end_time"
    " AND end_time - start_time BETWEEN INTERVAL '5 minutes' AND INTERVAL '12 hours'"
)

cycles: Final = entity_table(
    "cycles",
    Cycle,
    check("times", _TIMES),
    check("dates", "start_date <= given_end_date"),
    # R-CYC-7: the price that its type needs
    check("fixed_price", "type <> 'institutional_fixed' OR meeting_revenue IS NOT NULL"),
    check("child_price", "type <> 'institutional_per_child' OR price_per_student IS NOT NULL"),
    check(
        "counts",
        "completed_meetings >= 0 AND scheduled_meetings >= 0"
        " AND cancelled_meetings >= 0 AND postponed_meetings >= 0",
    ),
    references={
        "course_id": "courses",
        "branch_id": "branches",
        "instructor_id": "instructors",
        "institutional_order_id": "institutional_orders",
    },
)
by_name(cycles)
searched(cycles, "name")
# whole: lists of meetings and marks go through these of any cycle
sa.Index("ix_cycles_course_id", cycles.c.course_id)
sa.Index("ix_cycles_branch_id", cycles.c.branch_id)
sa.Index("ix_cycles_activity_type", cycles.c.activity_type, cycles.c.id)
live_index("ix_cycles_instructor_id", cycles.c.instructor_id)
live_index("ix_cycles_institutional_order_id", cycles.c.institutional_order_id)
live_index("ix_cycles_status", cycles.c.status)
live_index("ix_cycles_type", cycles.c.type)
live_index("ix_cycles_day_of_week", cycles.c.day_of_week)
live_index("ix_cycles_start_date", cycles.c.start_date, cycles.c.id)
live_index("ix_cycles_end_date", cycles.c.end_date, cycles.c.id)
live_index("ix_cycles_end_date_falling", cycles.c.end_date.desc().nulls_last(), cycles.c.id.desc())
live_index("ix_cycles_zoom_meeting_id", room_of(cycles.c.zoom_meeting_id))

meetings: Final = entity_table(
    "meetings",
    Meeting,
    check("times", _TIMES),
    check("numbered", "status NOT IN ('scheduled', 'completed') OR number IS NOT NULL"),
    # R-MEET-3, R-PAY-5
    check(
        "money",
        "status = 'completed' OR (revenue = 0 AND instructor_payment = 0 AND employer_cost = 0"
        " AND profit = 0 AND pay_basis IS NULL AND explanation = '[]')",
    ),
    check("profit", "profit = revenue - employer_cost"),
    # two meetings name each other, and one of them is written first
    sa.ForeignKeyConstraint(
        ["rescheduled_to_id"], ["meetings.id"], deferrable=True, initially="DEFERRED"
    ),
    sa.ForeignKeyConstraint(
        ["rescheduled_from_id"], ["meetings.id"], deferrable=True, initially="DEFERRED"
    ),
    # R-SCHED-9: an instructor is never in two places, half-open, unless somebody allowed it
    ExcludeConstraint(
        (sa.column("instructor_id"), "="),
        (sa.text("tsrange(scheduled_date + start_time, scheduled_date + end_time)"), "&&"),
        using="gist",
        where=sa.text(f"{LIVE} AND {TEACHES} AND NOT conflict_override"),
        name="ex_meetings_instructor",
    ),
    references={"cycle_id": "cycles", "instructor_id": "instructors"},
)
# R-SCHED-5
unique(meetings, "cycle_id", "number", name="uq_meetings_number", where=f"{LIVE} AND {TEACHES}")
live_index("ix_meetings_scheduled_date", *(meetings.c["scheduled_date", "start_time", "id"]))
live_index("ix_meetings_start_time", meetings.c.start_time, meetings.c.id)
live_index("ix_meetings_status", *(meetings.c["status", "scheduled_date"]))
live_index("ix_meetings_activity_type", meetings.c.activity_type)
live_index(
    "ix_meetings_zoom_meeting_id",
    room_of(meetings.c.zoom_meeting_id),
    meetings.c.scheduled_date,
)
live_index("ix_meetings_cycle_id", *(meetings.c["cycle_id", "scheduled_date", "start_time", "id"]))
live_index(
    "ix_meetings_instructor_id",
    *(meetings.c["instructor_id", "scheduled_date", "start_time", "id"]),
)

# all that reports sum of completed meetings, so that they read nothing else
live_index(
    "ix_meetings_held",
    meetings.c.scheduled_date,
    where=f"{LIVE} AND status = 'completed'",
    include=(
        "cycle_id", "instructor_id", "activity_type", "start_time", "end_time", "number",
        "revenue", "instructor_payment", "employer_cost",
    ),
)  # fmt: skip

# R-REG-4 once more, so that the database can search by it; written as PostgreSQL writes it back.
# Without a price the first comparison is unknown, which is not true.
_PAYMENT_STATUS: Final = (
    "CASE WHEN (paid_amount >= amount) THEN 'paid'::text"
    " WHEN (paid_amount = (0)::numeric) THEN 'unpaid'::text ELSE 'partial'::text END"
)

registrations: Final = entity_table(
    "registrations",
    Registration,
    sa.Column("payment_status", sa.Text(), sa.Computed(_PAYMENT_STATUS, persisted=True)),
    references={"student_id": "students", "cycle_id": "cycles"},
)
# R-REG-1
unique(
    registrations,
    "student_id",
    "cycle_id",
    name="uq_registrations_live",
    where=f"{LIVE} AND {HAS_PLACE}",
)
# whole: a student's marks are looked for through deleted registrations, too (R-REG-6)
sa.Index("ix_registrations_student_id", registrations.c.student_id)
live_index("ix_registrations_cycle_id", registrations.c.cycle_id, registrations.c.created_at)
live_index("ix_registrations_status", registrations.c.status)
live_index("ix_registrations_payment_status", registrations.c.payment_status)
live_index(
    "ix_registrations_registration_date", registrations.c.registration_date, registrations.c.id
)

payments: Final = table_of(
    "payments",
    Payment,
    check("direction", "(kind = 'payment' AND amount > 0) OR (kind = 'refund' AND amount < 0)"),
    references={"registration_id": "registrations"},
)
"""R-REG-4. Triggers keep its rows as they are, and `registrations.paid_amount` their sum."""
sa.Index("ix_payments_registration_id", *(payments.c["registration_id", "created_at", "id"]))
sa.Index("ix_payments_paid_at", payments.c.paid_at, payments.c.id)

attendance: Final = entity_table(
    "attendance",
    Mark,
    # R-ATT-1
    check("one_target", f"num_nonnulls({', '.join(TARGETS)}) = 1"),
    check("trial", "is_trial OR registration_id IS NOT NULL"),
    references={
        "meeting_id": "meetings",
        "registration_id": "registrations",
        "student_id": "students",
        "recorded_by_id": "users",
    },
)
for _target in TARGETS:
    unique(
        attendance,
        "meeting_id",
        _target,
        name=f"uq_attendance_{_target}",
        where=f"{LIVE} AND {_target} IS NOT NULL",
    )
live_index("ix_attendance_meeting_id", *(attendance.c["meeting_id", "created_at", "id"]))
live_index("ix_attendance_registration_id", attendance.c.registration_id)
live_index("ix_attendance_student_id", attendance.c.student_id)
live_index("ix_attendance_status", attendance.c.status)
live_index("ix_attendance_is_trial", attendance.c.is_trial)

attendance_months: Final = sa.Table(
    "attendance_months",
    METADATA,
    *(sa.Column(name, sa.Uuid(), primary_key=True) for name in ("student_id", "cycle_id")),
    sa.Column("month", sa.Date(), primary_key=True),
    sa.Column("instructor_id", sa.Uuid(), primary_key=True),
    *(sa.Column(status.value, sa.Integer(), nullable=False) for status in AttendanceStatus),
    sa.ForeignKeyConstraint(["cycle_id"], ["cycles.id"]),
    check("counts", " AND ".join(f"{status} >= 0" for status in AttendanceStatus)),
)
"""Marks that count (R-ATT-4), by child, cycle, month and instructor; triggers keep them exact.

Guests stand under the null UUID. Whether the cycle is live is asked when the months are read.
"""
sa.Index("ix_attendance_months_cycle_id", attendance_months.c.cycle_id)
