"""What Zoom told, and finding meetings by their Zoom room."""

from __future__ import annotations

from pathlib import Path

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text("utf-8"))


def downgrade() -> None:
    op.drop_table("zoom_events")
    op.drop_index("ix_meetings_zoom_meeting_id")
    op.drop_index("ix_cycles_zoom_meeting_id")
