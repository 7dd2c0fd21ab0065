"""`/cycles/{id}/what-if`: the rest of a cycle as it is and as it would be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TypeAlias
from uuid import UUID

from litestar import Controller, post
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from msgspec import UNSET, UnsetType

from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer
from haitech_adapters.http.figure_shapes import DiffView, FiguresView, diff_view
from haitech_adapters.http.meeting_shapes import LineView
from haitech_adapters.http.reading import identifier, read_body
from haitech_adapters.http.shapes import Amount, Body, HttpRequest, UseVerbs, View
from haitech_adapters.http.showing import shown
from haitech_domain.access import Action, Resource
from haitech_domain.errors import Kind
from haitech_domain.ids import CycleId
from haitech_domain.use_cases import Supposition, WhatIf
from haitech_domain.use_cases.outlook import Outlook

Day: TypeAlias = dt.date


class WhatIfBody(Body, frozen=True):
    """What would be otherwise; what is left out stays as it is.

    `priceChange` is shekels added to the price of a meeting, of a child and meeting, or of each
    registration, whichever the cycle earns by.
    """

    price_change: Amount | UnsetType = UNSET
    student_count: int | UnsetType = UNSET
    instructor_id: UUID | UnsetType = UNSET
    total_meetings: int | UnsetType = UNSET


class OutlookView(FiguresView, frozen=True):
    """The rest of a cycle: scheduled meetings and those not planned yet, with the reasons."""

    meetings: int
    scheduled: int
    planned: int
    last_day: Day | None
    explanation: Sequence[LineView]


class CompletedView(FiguresView, frozen=True):
    """What is completed, and keeps its money."""

    meetings: int


class WhatIfView(View, frozen=True):
    """The rest of a cycle as it is and as it would be; `wholeCycle` adds what is completed."""

    cycle_id: UUID
    current: OutlookView
    projected: OutlookView
    diff: DiffView
    completed: CompletedView
    whole_cycle: DiffView


def _outlook_view(outlook: Outlook) -> OutlookView:
    return shown(
        OutlookView,
        outlook.figures,
        meetings=outlook.meetings,
        scheduled=outlook.scheduled,
        planned=outlook.planned,
        last_day=outlook.last_day,
        explanation=[shown(LineView, line) for line in outlook.explanation],
    )


class CyclesWhatIfController(Controller):
    """Runs of courses as they might be."""

    path = "/cycles"
    tags = ("cycles",)

    @post(
        "/{id:str}/what-if",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="What the rest of a cycle would bring and cost",
                use_case=WhatIf,
                access=(Action.SEE_MONEY, Resource.CYCLES),
                body=WhatIfBody,
                body_required=False,
                entity=Supposition,
                result=WhatIfView,
                errors=(Kind.CONFLICT,),
                conflicts=(
                    "cycle.total_below_live_number",
                    "cycle.is_cancelled",
                    "plan.without_end",
                    "calendar.out_of_range",
                    "vat.no_rate",
                ),
                example={"priceChange": -20, "totalMeetings": 32},
            )
        },
    )
    async def what_if(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Ask."""
        cycle_id = CycleId(identifier(id))
        body = await read_body(request, WhatIfBody, required=False)
        found = await verbs.what_if(
            actor=actor_of(request), cycle_id=cycle_id, supposition=Supposition(**body.given())
        )
        result = WhatIfView(
            cycle_id=found.cycle.id,
            current=_outlook_view(found.current),
            projected=_outlook_view(found.projected),
            diff=diff_view(found.rest),
            completed=shown(CompletedView, found.completed, meetings=found.completed_meetings),
            whole_cycle=diff_view(found.whole),
        )
        return answer(request, result)
