"""What the calendar feed of an instructor holds: meetings, without children and without money."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from uuid import UUID

import attrs

from haitech_domain.branch import Branch
from haitech_domain.cycle import ActivityType, Cycle
from haitech_domain.ids import MeetingId
from haitech_domain.instructor import Instructor
from haitech_domain.meeting import Meeting, MeetingStatus, in_order


@attrs.frozen(kw_only=True)
class OtherHalf:
    """The meeting at the other end of a postponement, and when it is, or was, to be held."""

    id: MeetingId
    day: date
    start: time


@attrs.frozen(kw_only=True)
class FeedEvent:
    """One meeting as a calendar shows it. Times are civil; `version` grows with every change."""

    id: MeetingId
    version: int
    created_at: datetime
    updated_at: datetime
    day: date
    start: time
    end: time
    status: MeetingStatus
    title: str
    place: str | None
    number: int | None
    total: int
    moved_to: OtherHalf | None = None
    moved_from: OtherHalf | None = None


@attrs.frozen(kw_only=True)
class Feed:
    """The meetings of one instructor, by date and start."""

    name: str
    events: tuple[FeedEvent, ...]


def feed_of(
    instructor: Instructor,
    meetings: Iterable[Meeting],
    *,
    cycles: Mapping[UUID, Cycle],
    branches: Mapping[UUID, Branch],
    halves: Mapping[UUID, Meeting],
) -> Feed:
    """The feed: whatever the instructor holds, held, or was to hold.

    A cancelled or postponed meeting stays in it as such; a deleted one is not there. `halves` are
    the other ends of postponements: what somebody else holds is not told.
    """
    return Feed(
        name=instructor.name,
        events=tuple(
            _event(meeting, cycle, branches.get(cycle.branch_id), halves)
            for meeting in in_order(meetings)
            if meeting.instructor_id == instructor.id
            and meeting.deleted_at is None
            and (cycle := cycles.get(meeting.cycle_id)) is not None
        ),
    )


def _event(
    meeting: Meeting, cycle: Cycle, branch: Branch | None, halves: Mapping[UUID, Meeting]
) -> FeedEvent:
    def half(id: MeetingId | None) -> OtherHalf | None:
        other = halves.get(id) if id is not None else None
        if other is None or other.instructor_id != meeting.instructor_id:
            return None
        return OtherHalf(id=other.id, day=other.scheduled_date, start=other.start_time)

    return FeedEvent(
        id=meeting.id,
        version=meeting.version,
        created_at=meeting.created_at,
        updated_at=meeting.updated_at,
        day=meeting.scheduled_date,
        start=meeting.start_time,
        end=meeting.end_time,
        status=meeting.status,
        title=f"{cycle.name}: {meeting.topic}" if meeting.topic else cycle.name,
        place=_place(meeting, cycle, branch),
        number=meeting.number,
        total=cycle.total_meetings,
        moved_to=half(meeting.rescheduled_to_id),
        moved_from=half(meeting.rescheduled_from_id),
    )


def _place(meeting: Meeting, cycle: Cycle, branch: Branch | None) -> str | None:
    """Where it is held: online behind its link, else in a room of the branch."""
    link = meeting.zoom_join_url or cycle.zoom_join_url
    if link and (meeting.activity_type or cycle.activity_type) is ActivityType.ONLINE:
        return link
    parts = [cycle.location]
    if branch is not None:
        parts += [branch.name, branch.address, branch.city]
    return ", ".join(dict.fromkeys(part for part in parts if part)) or None
