"""The first schema: all tables of the domain, the audit log, the outbox and the import ledger."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    # plain SQL, as a reviewer of a schema reads it; without parameters it runs as one script
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text("utf-8"))


def downgrade() -> None:
    tables = (
        "import_ledger",
        "outbox",
        "audit_log",
        "registrations",
        "meetings",
        "cycles",
        "institutional_orders",
        "instructors",
        "closures",
        "branches",
        "courses",
        "students",
        "customers",
        "users",
    )
    for table in tables:
        op.drop_table(table)
    op.execute("DROP FUNCTION audit_log_only_grows()")
    # the extensions stay: other things in the database may use them by now
