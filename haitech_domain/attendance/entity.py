"""The mark of one child in one meeting."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Final

import attrs

from haitech_domain.entity import Entity, across
from haitech_domain.errors import Problem
from haitech_domain.fields import Name, Notes
from haitech_domain.ids import MarkId, MeetingId, RegistrationId, StudentId, UserId

TARGETS: Final = ("registration_id", "student_id", "guest_name")
"""Whom a mark can be of."""
NO_TRIAL: Final = Problem("is_trial", "a student or guest is on trial", "attendance.trial")


def one_target(given: Collection[str]) -> Iterator[Problem]:
    """R-ATT-1: what is wrong unless exactly one of the three is given."""
    if len(given) != 1:
        for field in given or TARGETS:
            yield Problem(field, f"give one of {', '.join(TARGETS)}", "attendance.one_target")


class AttendanceStatus(StrEnum):
    """Whether somebody came."""

    PRESENT = "present"
    ABSENT = "absent"
    LATE = "late"

    @property
    def came(self) -> bool:
        """R-ATT-4: present, if only after the start."""
        return self is not AttendanceStatus.ABSENT


@attrs.frozen(kw_only=True)
class Mark(Entity):
    """One mark in a meeting, of a registration, a student or a guest (R-ATT-1).

    `recorded_at` is when it was marked last, `recorded_by_id` by which user; None for a key or
    the program.
    """

    id: MarkId
    meeting_id: MeetingId
    status: AttendanceStatus
    registration_id: RegistrationId | None = None
    student_id: StudentId | None = None
    guest_name: Name | None = None
    is_trial: bool = False
    notes: Notes | None = None
    recorded_at: datetime
    recorded_by_id: UserId | None = None

    @across(*TARGETS)
    def one_target(self) -> Iterator[Problem]:
        """R-ATT-1: exactly one of the three."""
        yield from one_target([f for f in TARGETS if getattr(self, f) is not None])

    @across("is_trial", *TARGETS)
    def trial(self) -> Iterator[Problem]:
        """R-ATT-1: who is not registered is there on trial."""
        if self.registration_id is None and not self.is_trial:
            yield NO_TRIAL
