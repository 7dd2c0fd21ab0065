"""What makes reports fast: an index that holds all that is summed, and marks counted by month."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text("utf-8"))


def downgrade() -> None:
    op.get_bind().exec_driver_sql(DOWN)


DOWN = """
DROP TRIGGER tr_registrations_attendance ON registrations;
DROP TRIGGER tr_meetings_attendance ON meetings;
DROP TRIGGER tr_attendance_changed ON attendance;
DROP TRIGGER tr_attendance_counted ON attendance;
DROP FUNCTION attendance_of_registration_moved();
DROP FUNCTION attendance_of_meeting_moved();
DROP FUNCTION attendance_counted();
DROP FUNCTION attendance_mark_counted(attendance, integer);
DROP FUNCTION attendance_of_cycle_counted(uuid);
DROP FUNCTION month_of(date);
DROP TABLE attendance_months;
DROP INDEX ix_meetings_held;
"""
