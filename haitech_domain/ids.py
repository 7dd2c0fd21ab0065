"""Typed ids: a `CourseId` is a UUID at run time and a type of its own for the checker."""

from __future__ import annotations

from typing import NewType
from uuid import UUID

CustomerId = NewType("CustomerId", UUID)
StudentId = NewType("StudentId", UUID)
CourseId = NewType("CourseId", UUID)
BranchId = NewType("BranchId", UUID)
ClosureId = NewType("ClosureId", UUID)
InstructorId = NewType("InstructorId", UUID)
TimeOffId = NewType("TimeOffId", UUID)
OrderId = NewType("OrderId", UUID)
CycleId = NewType("CycleId", UUID)
MeetingId = NewType("MeetingId", UUID)
RegistrationId = NewType("RegistrationId", UUID)
PaymentId = NewType("PaymentId", UUID)
MarkId = NewType("MarkId", UUID)
UserId = NewType("UserId", UUID)
SessionId = NewType("SessionId", UUID)
OneTimeTokenId = NewType("OneTimeTokenId", UUID)
ApiKeyId = NewType("ApiKeyId", UUID)
LeadId = NewType("LeadId", UUID)
LeadNoteId = NewType("LeadNoteId", UUID)
SavedViewId = NewType("SavedViewId", UUID)
DeletionId = NewType("DeletionId", UUID)
AuditEntryId = NewType("AuditEntryId", UUID)
EventId = NewType("EventId", UUID)
JobId = NewType("JobId", UUID)
WebhookId = NewType("WebhookId", UUID)
DeliveryId = NewType("DeliveryId", UUID)
ZoomEventId = NewType("ZoomEventId", UUID)
ExportId = NewType("ExportId", UUID)
