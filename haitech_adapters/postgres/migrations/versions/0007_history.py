"""The history of instructors' rates and cycles' prices."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text("utf-8"))


def downgrade() -> None:
    for table in ("instructors", "cycles"):
        op.execute(f"DROP TRIGGER {table}_begin ON {table}")
        op.execute(f"DROP TRIGGER {table}_change ON {table}")
        op.drop_table(f"{table}_history")
    op.execute("DROP FUNCTION keep_history()")
