"""Webhooks, deliveries and their tries."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text("utf-8"))


def downgrade() -> None:
    op.execute("DROP INDEX ix_outbox_at")
    for table in ("delivery_attempts", "deliveries", "webhooks"):
        op.execute(f"DROP TABLE {table}")
