"""`/cycles/bulk-…`: the verbs of cycles over many at once; and making another run of one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Annotated, TypeAlias
from uuid import UUID

from litestar import Controller, post
from litestar.params import FromPath
from litestar.response.base import ASGIResponse

from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.bulk_shapes import EXAMPLE_IDS, Ids
from haitech_adapters.http.cycle_shapes import CycleFields, CycleView, ProgressView, cycle_view
from haitech_adapters.http.cycles import ConflictView, SkippedView, conflict_view
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer
from haitech_adapters.http.reading import identifier, read_body
from haitech_adapters.http.rule_schemas import like
from haitech_adapters.http.shapes import Body, HttpRequest, UseVerbs, View
from haitech_adapters.http.showing import shown
from haitech_domain import fields
from haitech_domain.access import Action, Resource
from haitech_domain.cycle import CycleStatus
from haitech_domain.errors import Kind
from haitech_domain.ids import CycleId
from haitech_domain.use_cases import (
    DuplicateCycle,
    Generated,
    GenerateMeetingsOfCycles,
    UpdateCycles,
)

Day: TypeAlias = dt.date


class CyclesChangesBody(Body, frozen=True, kw_only=True):
    """Fields to be changed on many cycles."""

    ids: Ids
    data: CycleFields
    allow_conflicts: bool = False


class UpdatedCyclesView(View, frozen=True):
    """How many cycles were asked for, and what they are now, in the order of the ids."""

    updated: int
    cycles: Sequence[CycleView]


class GenerationsBody(Body, frozen=True, kw_only=True):
    """The cycles whose meetings are to be generated, and how."""

    ids: Ids
    dry_run: bool = False
    allow_conflicts: bool = False


class CycleGenerationView(View, frozen=True):
    """What was generated for one cycle, or would be."""

    cycle_id: UUID
    name: str
    status: CycleStatus
    planned: int
    skipped: Sequence[SkippedView]
    conflicts: Sequence[ConflictView]
    progress: ProgressView


class GenerationsView(View, frozen=True):
    """The totals, and each cycle, in the order of the ids; of a dry run, `created` is 0."""

    dry_run: bool
    created: int
    planned: int
    skipped: int
    conflicts: int
    cycles: Sequence[CycleGenerationView]


class DuplicationBody(Body, frozen=True, kw_only=True):
    """What another run is called, when it starts, and what it takes along."""

    new_name: Annotated[str, like(fields.Name)]
    new_start_date: Annotated[Day, like(fields.Day)]
    copy_registrations: bool = False
    generate_meetings: bool = False
    allow_conflicts: bool = False


def _generation_view(done: Generated) -> CycleGenerationView:
    return CycleGenerationView(
        cycle_id=done.cycle.id,
        name=done.cycle.name,
        status=done.cycle.status,
        planned=len(done.meetings),
        skipped=[SkippedView(date=s.day, reason=s.why) for s in done.skipped],
        conflicts=[conflict_view(c) for c in done.conflicts],
        progress=shown(ProgressView, done.cycle.progress),
    )


class CyclesInBulkController(Controller):
    """What is done with many runs of courses at once."""

    path = "/cycles"
    tags = ("cycles",)

    @post(
        "/bulk-update",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="Update many cycles",
                use_case=UpdateCycles,
                access=(Action.UPDATE, Resource.CYCLES),
                body=CyclesChangesBody,
                result=UpdatedCyclesView,
                errors=(Kind.NOT_FOUND, Kind.CONFLICT),
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
                example={"ids": EXAMPLE_IDS, "data": {"maxStudents": 14}},
            )
        },
    )
    async def update_many(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """Update."""
        actor = actor_of(request)
        body = await read_body(request, CyclesChangesBody)
        after = await verbs.update_cycles(
            actor=actor,
            ids=body.ids,
            values=body.data.given(),
            allow_conflicts=body.allow_conflicts,
        )
        relatives = await verbs.show_cycle.related(after)
        views = [cycle_view(cycle, actor, relatives) for cycle in after]
        return answer(request, UpdatedCyclesView(updated=len(views), cycles=views))

    @post(
        "/bulk-generate-meetings",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="Generate the missing meetings of many cycles",
                use_case=GenerateMeetingsOfCycles,
                access=(Action.UPDATE, Resource.CYCLES),
                body=GenerationsBody,
                result=GenerationsView,
                errors=(Kind.NOT_FOUND, Kind.CONFLICT),
                conflicts=(
                    "instructor.busy",
                    "cycle.is_cancelled",
                    "plan.without_end",
                    "calendar.out_of_range",
                ),
                example={"ids": EXAMPLE_IDS, "dryRun": True},
            )
        },
    )
    async def generate_many(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """Generate."""
        body = await read_body(request, GenerationsBody)
        done = await verbs.generate_meetings_of_cycles(
            actor=actor_of(request),
            ids=body.ids,
            dry_run=body.dry_run,
            allow_conflicts=body.allow_conflicts,
        )
        planned = sum(len(one.meetings) for one in done)
        result = GenerationsView(
            dry_run=body.dry_run,
            created=0 if body.dry_run else planned,
            planned=planned,
            skipped=sum(len(one.skipped) for one in done),
            conflicts=sum(len(one.conflicts) for one in done),
            cycles=[_generation_view(one) for one in done],
        )
        return answer(request, result)

    @post(
        "/{id:str}/duplicate",
        opt={
            "endpoint": Endpoint(
                summary="Make another run of a cycle",
                use_case=DuplicateCycle,
                access=(Action.CREATE, Resource.CYCLES),
                body=DuplicationBody,
                result=CycleView,
                errors=(Kind.CONFLICT,),
                conflicts=(
                    "restore.parent_deleted",
                    "instructor.busy",
                    "cycle.full",
                    "plan.without_end",
                    "calendar.out_of_range",
                ),
                example={
                    "newName": "Python, next year",
                    "newStartDate": "2027-09-05",
                    "generateMeetings": True,
                },
            )
        },
    )
    async def duplicate(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Duplicate."""
        actor = actor_of(request)
        cycle_id = CycleId(identifier(id))
        body = await read_body(request, DuplicationBody)
        made = await verbs.duplicate_cycle(
            actor=actor,
            cycle_id=cycle_id,
            new_name=body.new_name,
            new_start_date=body.new_start_date,
            copy_registrations=body.copy_registrations,
            generate_meetings=body.generate_meetings,
            allow_conflicts=body.allow_conflicts,
        )
        cycle, relatives = await verbs.show_cycle(made)
        location = f"/api/v1/cycles/{made.id}"
        return answer(request, cycle_view(cycle, actor, relatives), headers={"Location": location})
