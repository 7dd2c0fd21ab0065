"""The tables, as SQLAlchemy describes them; SQL is written from these descriptions alone.

Columns follow from the entities' annotations (`kinds.py`); what is written here is what holds
between columns and rows, and which indexes lists need. Migrations create the same schema in
explicit SQL, and a test compares the two.
"""

from haitech_adapters.postgres.tables.access import login_sessions, one_time_tokens
from haitech_adapters.postgres.tables.answers import kept_answers
from haitech_adapters.postgres.tables.columns import METADATA
from haitech_adapters.postgres.tables.exports import export_pieces, exports
from haitech_adapters.postgres.tables.history import cycles_history, instructors_history
from haitech_adapters.postgres.tables.jobs import jobs
from haitech_adapters.postgres.tables.journal import (
    audit_head,
    audit_log,
    audit_seals,
    import_ledger,
    outbox,
)
from haitech_adapters.postgres.tables.leads import lead_notes, leads
from haitech_adapters.postgres.tables.people import (
    api_keys,
    customers,
    instructors,
    students,
    time_off,
    users,
)
from haitech_adapters.postgres.tables.places import (
    branches,
    closures,
    courses,
    institutional_orders,
)
from haitech_adapters.postgres.tables.teaching import (
    attendance,
    attendance_months,
    cycles,
    meetings,
    payments,
    registrations,
)
from haitech_adapters.postgres.tables.views import saved_views
from haitech_adapters.postgres.tables.webhooks import deliveries, delivery_attempts, webhooks
from haitech_adapters.postgres.tables.zoom import zoom_events

__all__ = [
    "METADATA",
    "api_keys",
    "attendance",
    "attendance_months",
    "audit_head",
    "audit_log",
    "audit_seals",
    "branches",
    "closures",
    "courses",
    "customers",
    "cycles",
    "cycles_history",
    "deliveries",
    "delivery_attempts",
    "export_pieces",
    "exports",
    "import_ledger",
    "institutional_orders",
    "instructors",
    "instructors_history",
    "jobs",
    "kept_answers",
    "lead_notes",
    "leads",
    "login_sessions",
    "meetings",
    "one_time_tokens",
    "outbox",
    "payments",
    "registrations",
    "saved_views",
    "students",
    "time_off",
    "users",
    "webhooks",
    "zoom_events",
]
