"""Indexes for lists that go through students and cycles, and for ends that fall."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text("utf-8"))


def downgrade() -> None:
    op.get_bind().exec_driver_sql(DOWN)


DOWN = """
DROP INDEX ix_cycles_end_date_falling;
DROP INDEX ix_cycles_activity_type;
CREATE INDEX ix_cycles_activity_type ON cycles (activity_type) WHERE deleted_at IS NULL;
DROP INDEX ix_cycles_course_id;
CREATE INDEX ix_cycles_course_id ON cycles (course_id) WHERE deleted_at IS NULL;
DROP INDEX ix_cycles_branch_id;
CREATE INDEX ix_cycles_branch_id ON cycles (branch_id) WHERE deleted_at IS NULL;
DROP INDEX ix_students_customer_id;
CREATE INDEX ix_students_customer_id ON students (customer_id) WHERE deleted_at IS NULL;
"""
