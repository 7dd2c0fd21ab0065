"""Attendance, saved views and what else the catalogue needs."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text("utf-8"))


def downgrade() -> None:
    # teaching
    op.drop_table("attendance")
    op.execute("DROP INDEX ix_registrations_student_id")
    op.execute(
        "CREATE INDEX ix_registrations_student_id ON registrations (student_id)"
        " WHERE deleted_at IS NULL"
    )
    for column in ("payment_status", "refund_amount", "paid_amount"):
        op.drop_column("registrations", column)
    op.drop_table("saved_views")
    op.execute("UPDATE institutional_orders SET order_number = '-' WHERE order_number IS NULL")
    op.execute("ALTER TABLE institutional_orders ALTER COLUMN order_number SET NOT NULL")
