"""What happens to attendance."""

from __future__ import annotations

from typing import ClassVar

import attrs

from haitech_domain.attendance.entity import AttendanceStatus
from haitech_domain.change import Event
from haitech_domain.ids import CycleId, MarkId, MeetingId, RegistrationId, StudentId


@attrs.frozen(kw_only=True)
class AttendanceRecorded(Event):
    """Somebody was marked in a meeting, or marked otherwise than before.

    `status` is null where the mark was taken back. A guest has neither id: no name is told.
    """

    type: ClassVar[str] = "attendance.recorded"
    mark_id: MarkId
    meeting_id: MeetingId
    cycle_id: CycleId
    registration_id: RegistrationId | None
    student_id: StudentId | None
    status: AttendanceStatus | None
    is_trial: bool
