"""What is read of marks to be made, and shown of what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Annotated, Final, TypeAlias
from uuid import UUID

from msgspec import UNSET, Meta, UnsetType

from haitech_adapters.http.attendance_shapes import CountsView, MarkView, mark_view
from haitech_adapters.http.shapes import Body, View
from haitech_adapters.http.showing import shown
from haitech_domain.access import Actor
from haitech_domain.attendance import AttendanceStatus, Mark, Wanted
from haitech_domain.errors import Invalid
from haitech_domain.ids import MeetingId
from haitech_domain.reports import written_ratio
from haitech_domain.use_cases import Marked

MOST: Final = 200


class RecordBody(Body, frozen=True, kw_only=True):
    """One mark: of exactly one of registration, student and guest.

    A student registered in the cycle means that registration; any other, and a guest, is on
    trial. What is left out stays as it is where there is a mark already.
    """

    rules = Mark

    status: AttendanceStatus
    registration_id: UUID | UnsetType | None = UNSET
    student_id: UUID | UnsetType | None = UNSET
    guest_name: str | UnsetType | None = UNSET
    is_trial: bool | UnsetType = UNSET
    notes: str | UnsetType | None = UNSET


class MarkBody(RecordBody, frozen=True, kw_only=True):
    """One mark in a meeting."""

    meeting_id: UUID


class MeetingMarkBody(RecordBody, frozen=True, kw_only=True):
    """One mark in the meeting of the path, which may be named again."""

    meeting_id: UUID | UnsetType = UNSET


Records: TypeAlias = Annotated[list[RecordBody], Meta(min_length=1, max_length=MOST)]


class MeetingMarksBody(Body, frozen=True, kw_only=True):
    """Several marks in the meeting of the path, which may be named again."""

    meeting_id: UUID | UnsetType = UNSET
    attendance: Records


class MeetingRecordsBody(Body, frozen=True, kw_only=True):
    """Marks in the meeting of the path, which may be named again."""

    meeting_id: UUID | UnsetType = UNSET
    records: Records


class RecordsBody(MeetingRecordsBody, frozen=True, kw_only=True):
    """Marks in a meeting."""

    meeting_id: UUID


class MarkChanges(Body, frozen=True):
    """What changes of a mark; meeting and target may be said again, and never change."""

    status: AttendanceStatus | UnsetType = UNSET
    is_trial: bool | UnsetType = UNSET
    notes: str | UnsetType | None = UNSET
    meeting_id: UUID | UnsetType = UNSET
    registration_id: UUID | UnsetType | None = UNSET
    student_id: UUID | UnsetType | None = UNSET
    guest_name: str | UnsetType | None = UNSET


class MarkedView(View, frozen=True):
    """The marks that were asked for, in their order, and how the meeting stands now.

    `counts` and `rate` are of all marks of the meeting.
    """

    meeting_id: UUID
    marks: Sequence[MarkView]
    counts: CountsView
    rate: Decimal | None
    created: int
    updated: int
    unchanged: int


def marked_view(marked: Marked, actor: Actor) -> MarkedView:
    """What became of a request's marks."""
    return shown(
        MarkedView,
        marked,
        meeting_id=marked.meeting.id,
        marks=[mark_view(mark, actor) for mark in marked.marks],
        counts=shown(CountsView, marked.counts),
        rate=written_ratio(marked.counts.rate),
    )


def wanted(record: RecordBody, path: str = "") -> Wanted:
    """A record as the domain takes it."""
    return Wanted(fields=record.given(apart_from=("meeting_id",)), path=path)


def all_wanted(records: Iterable[RecordBody], field: str) -> list[Wanted]:
    """The records of a list, each with its path."""
    return [wanted(record, f"{field}[{n}]") for n, record in enumerate(records)]


def same_meeting(path: MeetingId, repeated: UUID | UnsetType) -> None:
    """:raises Invalid: the body names another meeting than the path"""
    if repeated is not UNSET and repeated != path:
        message = "is not the meeting of the path; leave it out"
        raise Invalid.because("meeting_id", message, reason="meeting.contradicted")


RECORD_EXAMPLE: Final = {
    "registrationId": "0190aaaa-0000-7000-8000-000000000006",
    "status": "present",
}
MARK_EXAMPLE: Final = {"meetingId": "0190aaaa-0000-7000-8000-000000000007", **RECORD_EXAMPLE}
RECORDS_EXAMPLE: Final = {
    "records": [
        RECORD_EXAMPLE,
        {"studentId": "0190aaaa-0000-7000-8000-000000000005", "status": "late"},
        {"guestName": "בן דוד של נועם", "status": "present", "notes": "בא לנסות"},
    ]
}
WHOLE_RECORDS_EXAMPLE: Final = {"meetingId": MARK_EXAMPLE["meetingId"], **RECORDS_EXAMPLE}
MARKING_REFUSALS: Final = ("attendance.meeting_not_held", "meeting.outside_window")
"""What may stand in the way of a mark."""
