"""`/instructors/{id}/availability` and `/schedule`: when an instructor could teach, and does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, Final, TypeAlias
from uuid import UUID

import msgspec
from litestar import Controller, get, put
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from msgspec import UNSET, Meta, UnsetType

from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer
from haitech_adapters.http.meeting_shapes import MeetingView, meeting_view
from haitech_adapters.http.querying import read_query
from haitech_adapters.http.reading import identifier, read_body
from haitech_adapters.http.rule_schemas import like
from haitech_adapters.http.shapes import HHMM, Body, HttpRequest, QueryString, UseVerbs, View, hhmm
from haitech_adapters.http.time_off import TimeOffView, time_off_view
from haitech_domain import fields
from haitech_domain.access import Action, Actor, Resource
from haitech_domain.calendar import DayOfWeek
from haitech_domain.ids import InstructorId
from haitech_domain.instructor.windows import MOST_WINDOWS
from haitech_domain.meeting import Meeting
from haitech_domain.use_cases import (
    INSTRUCTORS,
    ReadAvailability,
    ReadSchedule,
    SetAvailability,
)
from haitech_domain.use_cases.availability import Schedule, Times

Day: TypeAlias = dt.date
_SEE: Final = (Action.SEE_TIMES, Resource.INSTRUCTORS)


class DaysQuery(QueryString, frozen=True, kw_only=True):
    """Which days: from today on, and seven in all, unless told; 92 at most."""

    from_: Annotated[Day, like(fields.Day)] | UnsetType = msgspec.field(default=UNSET, name="from")
    to: Annotated[Day, like(fields.Day)] | UnsetType = UNSET

    def days(self) -> tuple[Day | None, Day | None]:
        """The first and the last day, where they are given."""
        return self.from_ or None, self.to or None


class WindowBody(Body, frozen=True):
    """Hours of a weekday; a meeting may begin at `from` and end at `to`."""

    day: DayOfWeek
    from_: HHMM = msgspec.field(name="from")
    to: HHMM


class AvailabilityBody(Body, frozen=True):
    """All weekly windows of an instructor; none mean the usual hours."""

    windows: Annotated[list[WindowBody], Meta(max_length=MOST_WINDOWS)]


class WindowView(View, frozen=True):
    """Hours of a weekday in which an instructor teaches."""

    day: DayOfWeek
    from_: HHMM = msgspec.field(name="from")
    to: HHMM


class NoTeachingDayView(View, frozen=True):
    """A day on which nobody teaches, and why."""

    date: Day
    reason: str


class FreeSlotView(View, frozen=True):
    """A stretch of a day in which nothing stands in the way."""

    date: Day
    from_: HHMM = msgspec.field(name="from")
    to: HHMM


class AvailabilityView(View, frozen=True):
    """When an instructor could teach from `from` to `to`, both included.

    `isDefault` where no windows are set, so that those shown are the usual hours.
    """

    instructor_id: UUID
    from_: Day = msgspec.field(name="from")
    to: Day
    is_default: bool
    windows: Sequence[WindowView]
    time_off: Sequence[TimeOffView]
    no_teaching_days: Sequence[NoTeachingDayView]
    free_slots: Sequence[FreeSlotView]


class ScheduledView(MeetingView, frozen=True, kw_only=True):
    """A meeting in an instructor's week. Names of what was deleted since are null."""

    cycle_name: str | None
    branch_id: UUID | None
    branch_name: str | None
    location: str | None


def _availability_view(times: Times) -> AvailabilityView:
    windows = times.instructor.windows
    return AvailabilityView(
        instructor_id=times.instructor.id,
        from_=times.days.start,
        to=times.days.end,
        is_default=not windows,
        windows=[
            WindowView(day=w.day, from_=hhmm(w.start), to=hhmm(w.end)) for w in windows.in_force
        ],
        time_off=[time_off_view(off) for off in times.time_off],
        no_teaching_days=[
            NoTeachingDayView(date=closed.day, reason=closed.why) for closed in times.no_teaching
        ],
        free_slots=[
            FreeSlotView(date=slot.day, from_=hhmm(slot.start), to=hhmm(slot.end))
            for slot in times.free
        ],
    )


def _scheduled_view(meeting: Meeting, schedule: Schedule, actor: Actor) -> ScheduledView:
    cycle = schedule.cycles.get(meeting.cycle_id)
    branch = schedule.branches.get(cycle.branch_id) if cycle else None
    seen = msgspec.structs.asdict(meeting_view(meeting, actor))
    return ScheduledView(
        **seen,
        cycle_name=cycle.name if cycle else None,
        branch_id=branch.id if branch else None,
        branch_name=branch.name if branch else None,
        location=cycle.location if cycle else None,
    )


class AvailabilityController(Controller):
    """When instructors could teach, and do."""

    path = "/instructors/{id:str}"
    tags = ("instructors",)

    @get(
        "/availability",
        opt={
            "endpoint": Endpoint(
                summary="Read when an instructor could teach",
                use_case=ReadAvailability,
                access=_SEE,
                query=DaysQuery,
                result=AvailabilityView,
            )
        },
    )
    async def read(self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]) -> ASGIResponse:
        """Read."""
        named = InstructorId(identifier(id))
        days = read_query(request, DaysQuery).days()
        times = await verbs.read_availability(
            actor=actor_of(request), instructor_id=named, days=days
        )
        return answer(request, _availability_view(times))

    @put(
        "/availability",
        opt={
            "endpoint": Endpoint(
                summary="Set an instructor's weekly windows",
                use_case=SetAvailability,
                access=(Action.ANNOTATE, Resource.INSTRUCTORS),
                query=DaysQuery,
                body=AvailabilityBody,
                result=AvailabilityView,
                example={"windows": [{"day": "sunday", "from": "14:00", "to": "19:00"}]},
                lock=INSTRUCTORS.lock,
            )
        },
    )
    async def replace(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Replace."""
        named = InstructorId(identifier(id))
        days = read_query(request, DaysQuery).days()
        body = await read_body(request, AvailabilityBody)
        times = await verbs.set_availability(
            actor=actor_of(request),
            instructor_id=named,
            windows=[(window.day, window.from_, window.to) for window in body.windows],
            days=days,
        )
        return answer(request, _availability_view(times))

    @get(
        "/schedule",
        opt={
            "endpoint": Endpoint(
                summary="Read what an instructor teaches",
                use_case=ReadSchedule,
                access=_SEE,
                query=DaysQuery,
                result=list[ScheduledView],
            )
        },
    )
    async def schedule(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Read the schedule."""
        actor = actor_of(request)
        named = InstructorId(identifier(id))
        days = read_query(request, DaysQuery).days()
        found = await verbs.read_schedule(actor=actor, instructor_id=named, days=days)
        return answer(request, [_scheduled_view(m, found, actor) for m in found.meetings])
