"""How many marks a meeting has, for whoever plans lists of them by day."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text("utf-8"))


def downgrade() -> None:
    op.get_bind().exec_driver_sql(DOWN)


DOWN = "ALTER TABLE attendance ALTER COLUMN meeting_id SET STATISTICS -1"
