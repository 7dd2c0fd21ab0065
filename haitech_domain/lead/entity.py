"""The lead, and the notes that are taken of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import attrs

from haitech_domain.entity import Entity, across
from haitech_domain.errors import Problem
from haitech_domain.fields import Name, Notes, Text
from haitech_domain.ids import CustomerId, LeadId, LeadNoteId, StudentId
from haitech_domain.people import Email, Phone

Message = Annotated[str, Text(5_000, lines=True)]


class LeadStatus(StrEnum):
    """Where a lead stands."""

    NEW = "new"
    CONTACTED = "contacted"
    IN_PROGRESS = "in_progress"
    CONVERTED = "converted"
    CLOSED = "closed"

    @property
    def is_open(self) -> bool:
        """Somebody still has to do something about it (R-PPL-2)."""
        return self not in (LeadStatus.CONVERTED, LeadStatus.CLOSED)


@attrs.frozen(kw_only=True)
class Lead(Entity):
    """An enquiry, of the customer whom it found or made (R-PPL-2).

    Name, phone and email are what the enquiry says; the customer's own may be others.
    `received_at` is when it last came in. A converted one has become `student_id`.
    """

    id: LeadId
    customer_id: CustomerId
    name: Name
    phone: Phone
    received_at: datetime
    email: Email | None = None
    course: Name | None = None
    message: Message | None = None
    source: Name | None = None
    child_name: Name | None = None
    status: LeadStatus = LeadStatus.NEW
    student_id: StudentId | None = None

    @across("status", "student_id")
    def _converted_into_a_student(self) -> Iterator[Problem]:
        if (self.status is LeadStatus.CONVERTED) is (self.student_id is None):
            yield Problem("student_id", "goes with a converted lead")

    @property
    def is_open(self) -> bool:
        """Neither deleted nor at an end."""
        return self.deleted_at is None and self.status.is_open


@attrs.frozen(kw_only=True)
class LeadNote(Entity):
    """What was noted of a lead, by the user or API key `author_id`. No verb changes it."""

    id: LeadNoteId
    lead_id: LeadId
    text: Notes
    author_id: UUID | None = None
    author: Name | None = None
