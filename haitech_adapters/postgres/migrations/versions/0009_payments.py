"""The ledger of payments."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text("utf-8"))


def downgrade() -> None:
    op.get_bind().exec_driver_sql(DOWN)


DOWN = """
DROP TRIGGER tr_registrations_paid_amount ON registrations;
DROP TABLE payments;
DROP FUNCTION paid_amount_is_the_sum_of_payments();
DROP FUNCTION payments_only_grow();
UPDATE registrations SET paid_amount = 0 WHERE paid_amount <> 0;
"""
