"""Weekly windows, time off and calendar tokens of instructors."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text("utf-8"))


def downgrade() -> None:
    op.drop_table("time_off")
    op.drop_column("instructors", "calendar_hash")
    op.drop_column("instructors", "windows")
