"""Login sessions and one-time tokens."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text("utf-8"))


def downgrade() -> None:
    op.drop_table("one_time_tokens")
    op.drop_table("login_sessions")
    op.execute("DROP INDEX ix_users_is_active")
