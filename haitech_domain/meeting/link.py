"""A link by which a meeting's instructor reads and completes it without logging in."""

from __future__ import annotations

from datetime import datetime

import attrs

from haitech_domain.ids import InstructorId, MeetingId
from haitech_domain.meeting.entity import Meeting


@attrs.frozen(kw_only=True)
class MeetingLink:
    """Which meeting a link opens, to which instructor, and until when.

    `expires_at` is a whole second; from then on it opens nothing.
    """

    meeting_id: MeetingId
    instructor_id: InstructorId
    expires_at: datetime

    def is_open(self, at: datetime) -> bool:
        """Whether it has not expired."""
        return at < self.expires_at

    def opens(self, meeting: Meeting) -> bool:
        """Whether it is this meeting's, and the meeting still the instructor's."""
        return (self.meeting_id, self.instructor_id) == (meeting.id, meeting.instructor_id)
