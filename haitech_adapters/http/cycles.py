"""`/cycles`: reading, writing and the verbs of cycles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final, TypeAlias
from uuid import UUID

import msgspec
from litestar import Controller, HttpMethod, Response, delete, get, post, route
from litestar.params import FromPath
from litestar.response.base import ASGIResponse

from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.cycle_shapes import (
    BODY_EXAMPLE,
    CycleBody,
    CycleChanges,
    CycleQuery,
    CycleView,
    ProgressView,
    cycle_view,
)
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer, no_content, page
from haitech_adapters.http.meeting_shapes import MeetingView, meeting_view
from haitech_adapters.http.querying import read_query
from haitech_adapters.http.reading import identifier, read_body
from haitech_adapters.http.shapes import Body, HttpRequest, NoBody, UseVerbs, View
from haitech_adapters.http.showing import shown
from haitech_domain.access import Action, Resource
from haitech_domain.cycle import Cycle
from haitech_domain.errors import Kind
from haitech_domain.ids import CycleId
from haitech_domain.scheduling import Conflict
from haitech_domain.use_cases import (
    CreateCycle,
    DeleteCycle,
    GenerateMeetings,
    ListCycles,
    ReadCycle,
    RestoreCycle,
    SyncProgress,
    UpdateCycle,
    lock_cycle,
)

Day: TypeAlias = dt.date
_READ: Final = (Action.READ, Resource.CYCLES)
_UPDATE: Final = (Action.UPDATE, Resource.CYCLES)


class GenerationBody(Body, frozen=True):
    """How meetings are to be generated."""

    dry_run: bool = False
    allow_conflicts: bool = False


class RestoreBody(Body, frozen=True):
    """How something is to come back."""

    allow_conflicts: bool = False


class SkippedView(View, frozen=True):
    """A day that was passed over, and why."""

    date: Day
    reason: str


class ConflictView(View, frozen=True):
    """A wanted time, and the instructor's meeting that is in its way."""

    date: Day
    start_time: str
    end_time: str
    meeting_id: UUID
    cycle_id: UUID
    message: str


class GenerationView(View, frozen=True):
    """What was generated, or would be."""

    dry_run: bool
    created: int
    meetings: Sequence[MeetingView]
    skipped: Sequence[SkippedView]
    conflicts: Sequence[ConflictView]
    progress: ProgressView


class DriftView(View, frozen=True):
    """What a recount found: the figures before and after, and by how much they were off."""

    before: ProgressView
    after: ProgressView
    drift: dict[str, int]


def conflict_view(conflict: Conflict) -> ConflictView:
    """A conflict as the wire shows it."""
    return ConflictView(
        date=conflict.day,
        start_time=f"{conflict.slot.start:%H:%M}",
        end_time=f"{conflict.slot.end:%H:%M}",
        meeting_id=conflict.meeting.id,
        cycle_id=conflict.meeting.cycle_id,
        message=str(conflict),
    )


def _cycle_id(id: str) -> CycleId:
    return CycleId(identifier(id))


class CyclesController(Controller):
    """Runs of courses."""

    path = "/cycles"
    tags = ("cycles",)

    @get(
        "/",
        opt={
            "endpoint": Endpoint(
                summary="List cycles",
                use_case=ListCycles,
                access=_READ,
                query=CycleQuery,
                result=CycleView,
                paged=True,
            )
        },
    )
    async def list(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """List."""
        actor = actor_of(request)
        asked = read_query(request, CycleQuery).asked()
        found, relatives = await verbs.list_cycles(actor=actor, query=asked)
        return page(request, [cycle_view(c, actor, relatives) for c in found.items], found)

    @post(
        "/",
        opt={
            "endpoint": Endpoint(
                summary="Create a cycle",
                use_case=CreateCycle,
                access=(Action.CREATE, Resource.CYCLES),
                body=CycleBody,
                entity=Cycle,
                result=CycleView,
                example=BODY_EXAMPLE,
            )
        },
    )
    async def create(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """Create."""
        actor = actor_of(request)
        body = await read_body(request, CycleBody, is_new=True)
        made = await verbs.create_cycle(actor=actor, values=body.given())
        cycle, relatives = await verbs.show_cycle(made)
        location = f"/api/v1/cycles/{made.id}"
        return answer(request, cycle_view(cycle, actor, relatives), headers={"Location": location})

    @get(
        "/{id:str}",
        opt={
            "endpoint": Endpoint(
                summary="Read a cycle", use_case=ReadCycle, access=_READ, result=CycleView
            )
        },
    )
    async def read(self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]) -> ASGIResponse:
        """Read."""
        actor = actor_of(request)
        cycle, relatives = await verbs.read_cycle(actor=actor, cycle_id=_cycle_id(id))
        return answer(request, cycle_view(cycle, actor, relatives))

    @route(
        "/{id:str}",
        http_method=[HttpMethod.PUT, HttpMethod.PATCH],
        opt={
            "endpoint": Endpoint(
                summary="Update a cycle",
                use_case=UpdateCycle,
                access=_UPDATE,
                body=CycleChanges,
                entity=Cycle,
                result=CycleView,
                errors=(Kind.CONFLICT,),
                conflicts=(
                    "cycle.cannot_complete",
                    "cycle.cannot_cancel",
                    "cycle.cannot_reopen",
                    "cycle.meetings_scheduled",
                    "cycle.total_below_live_number",
                    "cycle.full",
                    "instructor.busy",
                    "restore.parent_deleted",
                ),
                example={"notes": "moved to room 4", "maxStudents": 14},
                lock=lock_cycle,
            )
        },
    )
    async def update(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Update."""
        actor = actor_of(request)
        cycle_id = _cycle_id(id)
        body = await read_body(request, CycleChanges)
        after = await verbs.update_cycle(
            actor=actor,
            cycle_id=cycle_id,
            values=body.given(apart_from=("allow_conflicts",)),
            allow_conflicts=body.allow_conflicts,
        )
        cycle, relatives = await verbs.show_cycle(after)
        return answer(request, cycle_view(cycle, actor, relatives))

    @delete(
        "/{id:str}",
        opt={
            "endpoint": Endpoint(
                summary="Delete a cycle",
                use_case=DeleteCycle,
                access=(Action.DELETE, Resource.CYCLES),
                lock=lock_cycle,
            )
        },
    )
    async def delete(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> Response[None]:
        """Delete."""
        await verbs.delete_cycle(actor=actor_of(request), cycle_id=_cycle_id(id))
        return no_content()

    @post(
        "/{id:str}/restore",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="Restore a cycle",
                use_case=RestoreCycle,
                access=(Action.DELETE, Resource.CYCLES),
                body=RestoreBody,
                body_required=False,
                result=CycleView,
                errors=(Kind.CONFLICT,),
                conflicts=(
                    "restore.not_deleted",
                    "restore.parent_deleted",
                    "instructor.busy",
                    "cycle.full",
                ),
                example={"allowConflicts": False},
            )
        },
    )
    async def restore(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Restore."""
        actor = actor_of(request)
        cycle_id = _cycle_id(id)
        body = await read_body(request, RestoreBody, required=False)
        back = await verbs.restore_cycle(
            actor=actor, cycle_id=cycle_id, allow_conflicts=body.allow_conflicts
        )
        cycle, relatives = await verbs.show_cycle(back)
        return answer(request, cycle_view(cycle, actor, relatives))

    @post(
        "/{id:str}/generate-meetings",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="Generate the meetings that are missing",
                use_case=GenerateMeetings,
                access=_UPDATE,
                body=GenerationBody,
                body_required=False,
                result=GenerationView,
                errors=(Kind.CONFLICT,),
                conflicts=(
                    "instructor.busy",
                    "cycle.is_cancelled",
                    "plan.without_end",
                    "calendar.out_of_range",
                ),
                example={"dryRun": True},
            )
        },
    )
    async def generate_meetings(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Generate."""
        actor = actor_of(request)
        cycle_id = _cycle_id(id)
        body = await read_body(request, GenerationBody, required=False)
        done = await verbs.generate_meetings(
            actor=actor,
            cycle_id=cycle_id,
            dry_run=body.dry_run,
            allow_conflicts=body.allow_conflicts,
        )
        result = GenerationView(
            dry_run=done.dry_run,
            created=0 if done.dry_run else len(done.meetings),
            meetings=[meeting_view(m, actor) for m in done.meetings],
            skipped=[SkippedView(date=s.day, reason=s.why) for s in done.skipped],
            conflicts=[conflict_view(c) for c in done.conflicts],
            progress=shown(ProgressView, done.cycle.progress),
        )
        return answer(request, result)

    @post(
        "/{id:str}/sync-progress",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="Recount a cycle's progress",
                use_case=SyncProgress,
                access=_UPDATE,
                body=NoBody,
                body_required=False,
                result=DriftView,
            )
        },
    )
    async def sync_progress(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Recount."""
        cycle_id = _cycle_id(id)
        await read_body(request, NoBody, required=False)
        before, after = await verbs.sync_progress(actor=actor_of(request), cycle_id=cycle_id)
        was = shown(ProgressView, before.progress)
        now = shown(ProgressView, after.progress)
        return answer(request, DriftView(before=was, after=now, drift=_drift(was, now)))


def _drift(was: ProgressView, now: ProgressView) -> dict[str, Any]:
    old, new = msgspec.structs.asdict(was), msgspec.structs.asdict(now)
    return {name: new[name] - old[name] for name in new}
