"""What can be asked of each resource's list; adapters answer exactly these."""

from __future__ import annotations

from typing import Final

from haitech_domain.ports.query import Listing

CUSTOMERS: Final = Listing(
    filters=frozenset({"city", "has_active_registration"}),
    sorts=("name", "created_at"),
    searched=("name", "phone", "email", "city"),
)
STUDENTS: Final = Listing(
    filters=frozenset({"customer_id", "grade"}),
    sorts=("name", "created_at"),
    searched=("name",),
)
COURSES: Final = Listing(
    filters=frozenset({"category", "is_active"}),
    sorts=("name", "created_at"),
    searched=("name", "description"),
)
BRANCHES: Final = Listing(
    filters=frozenset({"type", "city", "is_active"}),
    sorts=("name", "created_at"),
    searched=("name", "city", "address"),
)
CLOSURES: Final = Listing(
    filters=frozenset({"branch_id"}),
    sorts=("first_day", "created_at"),
    order=(("first_day", False),),
)
INSTRUCTORS: Final = Listing(
    filters=frozenset({"is_active", "free"}),
    sorts=("name", "created_at"),
    searched=("name", "phone", "email"),
)
"""`free` is a `FreeTime`: who has it on a day that teaches (R-SCHED-10)."""
TIME_OFF: Final = Listing(
    filters=frozenset({"instructor_id", "from", "to"}),
    sorts=("first_day", "created_at"),
    order=(("first_day", False),),
)
"""`from` and `to` mean overlap with the days off."""
ORDERS: Final = Listing(
    filters=frozenset({"branch_id", "status", "from", "to"}),
    sorts=("start_date", "end_date", "created_at"),
)
CYCLES: Final = Listing(
    filters=frozenset(
        {
            "course_id",
            "branch_id",
            "instructor_id",
            "institutional_order_id",
            "type",
            "status",
            "day_of_week",
            "activity_type",
            "from",
            "to",
        }
    ),
    sorts=("name", "start_date", "end_date", "created_at"),
    searched=("name",),
)
"""`from` and `to` mean overlap with start–end; a cycle without an end has none."""
MEETINGS: Final = Listing(
    filters=frozenset(
        {
            "cycle_id",
            "instructor_id",
            "branch_id",
            "course_id",
            "status",
            "activity_type",
            "date",
            "from",
            "to",
        }
    ),
    sorts=("scheduled_date", "start_time", "created_at"),
    order=(("scheduled_date", False), ("start_time", False)),
)
"""`activity_type` is the meeting's own, else its cycle's. `scheduled_date` sorts by start within a
date, too. Sorting by a field rises unless asked otherwise."""
REGISTRATIONS: Final = Listing(
    filters=frozenset(
        {"student_id", "cycle_id", "customer_id", "status", "payment_status", "from", "to"}
    ),
    sorts=("registration_date", "created_at"),
)
"""`from` and `to` bound the date of registration."""
PAYMENTS: Final = Listing(
    filters=frozenset({"registration_id"}),
    sorts=("created_at", "paid_at"),
    order=(("created_at", False),),
)
"""In the order of recording."""
ATTENDANCE: Final = Listing(
    filters=frozenset(
        {
            "meeting_id",
            "cycle_id",
            "branch_id",
            "student_id",
            "registration_id",
            "status",
            "is_trial",
            "from",
            "to",
        }
    ),
)
"""`student_id` finds the marks of a student, also through a registration, even a deleted one
(R-REG-6); `from` and `to` bound the date of the meeting. Marks of deleted meetings are in no
list."""
LEADS: Final = Listing(
    filters=frozenset({"status", "source", "customer_id", "from", "to"}),
    sorts=("name", "created_at"),
    searched=("name", "phone", "email", "child_name"),
)
"""`from` and `to` are civil days on which it first came in. Leads of deleted customers are in no
list (R-PPL-4)."""
LEAD_NOTES: Final = Listing(filters=frozenset({"lead_id"}))
"""Notes of leads that are in no list are in none either."""
SAVED_VIEWS: Final = Listing(
    filters=frozenset({"entity"}), sorts=("name", "created_at"), searched=("name",)
)
API_KEYS: Final = Listing(
    filters=frozenset({"is_active"}),
    sorts=("name", "created_at"),
    searched=("name", "prefix"),
)
WEBHOOKS: Final = Listing(
    filters=frozenset({"status"}), sorts=("name", "created_at"), searched=("name",)
)
DELIVERIES: Final = Listing(
    filters=frozenset({"webhook_id", "status", "event_type", "from", "to"}),
    sorts=("created_at",),
)
"""`from` and `to` are civil days, both included."""
LOGIN_SESSIONS: Final = Listing(filters=frozenset({"user_id"}))
ONE_TIME_TOKENS: Final = Listing(filters=frozenset({"user_id"}))
USERS: Final = Listing(
    filters=frozenset({"role", "is_active"}),
    sorts=("name", "created_at"),
    searched=("name", "email"),
)
ZOOM_EVENTS: Final = Listing(filters=frozenset({"matched", "type"}))
"""`matched` is whether a meeting was found."""
EXPORTS: Final = Listing(
    filters=frozenset({"report", "format", "status", "from", "to"}),
    sorts=("created_at",),
)
"""`from` and `to` are civil days, both included."""
AUDIT: Final = Listing(
    filters=frozenset(
        {"user_id", "api_key_id", "action", "entity", "entity_id", "from", "to"},
    ),
)
"""`from` and `to` are civil days, both included."""
