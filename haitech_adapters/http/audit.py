"""`/audit-logs`: who changed what, for administrators."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, Literal, get_args
from uuid import UUID

from litestar import Controller, get
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from msgspec import UNSET, UnsetType

from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer, page
from haitech_adapters.http.querying import read_query
from haitech_adapters.http.reading import Unreadable, identifier
from haitech_adapters.http.shapes import (
    HttpRequest,
    Instant,
    ListQuery,
    QueryString,
    UseVerbs,
    View,
    camel,
)
from haitech_domain.access import Action, ActorKind, Resource
from haitech_domain.audit import Audited, AuditEntry
from haitech_domain.change import Verb
from haitech_domain.errors import Problem
from haitech_domain.use_cases import ListAudit, ReadAudit

_KINDS: Final[tuple[str, ...]] = get_args(Audited)

CALLED: Final[Mapping[str, Mapping[str, str]]] = {
    "closure": {"first_day": "from", "last_day": "to", "why": "reason"},
    "cycle": {"given_end_date": "endDate"},
}
"""Fields that the API calls otherwise than the domain does, by entity."""

_EXAMPLE: Final = {
    "id": "01900000-0000-7000-8000-000000000001",
    "createdAt": "2026-02-06T12:00:00Z",
    "actorKind": "user",
    "actorName": "Dana Levi",
    "userId": "01900000-0000-7000-8000-000000000002",
    "apiKeyId": None,
    "action": "update",
    "entity": "customer",
    "entityId": "01900000-0000-7000-8000-000000000003",
    "old": {"city": "Haifa"},
    "new": {"city": "Holon"},
    "requestId": "01900000-0000-7000-8000-000000000004",
    "address": "198.51.100.7",
    "userAgent": "Mozilla/5.0",
}


class AuditTrailQuery(ListQuery, frozen=True, kw_only=True):
    """Which entries of one thing to list."""

    sort_by: Literal["createdAt"] | UnsetType = UNSET
    user_id: UUID | UnsetType = UNSET
    api_key_id: UUID | UnsetType = UNSET
    action: Verb | UnsetType = UNSET
    from_: date | UnsetType = UNSET
    to: date | UnsetType = UNSET


class AuditQuery(AuditTrailQuery, frozen=True, kw_only=True):
    """Which entries to list; `from` and `to` are days in Israel, both included."""

    entity: Audited | UnsetType = UNSET
    entity_id: UUID | UnsetType = UNSET


class AuditPath(QueryString, frozen=True, kw_only=True):
    """Of what kind of thing."""

    entity: Audited


class AuditLogView(View, frozen=True):
    """One change: by whom, from where, and the values that differ."""

    id: UUID
    created_at: Instant
    actor_kind: ActorKind
    actor_name: str
    user_id: UUID | None
    api_key_id: UUID | None
    action: str
    entity: str
    entity_id: UUID
    old: dict[str, Any]
    new: dict[str, Any]
    request_id: str | None
    address: str | None
    user_agent: str | None


def audit_view(entry: AuditEntry) -> AuditLogView:
    """An entry as administrators see it: fields by the names that the API gives them."""
    called = CALLED.get(entry.entity, {})
    return AuditLogView(
        id=entry.id,
        created_at=entry.created_at,
        actor_kind=entry.actor_kind,
        actor_name=entry.actor_name,
        user_id=entry.actor_id if entry.actor_kind is ActorKind.USER else None,
        api_key_id=entry.actor_id if entry.actor_kind is ActorKind.API_KEY else None,
        action=entry.action,
        entity=entry.entity,
        entity_id=entry.entity_id,
        old=_named(entry.old, called),
        new=_named(entry.new, called),
        request_id=entry.request_id,
        address=entry.address,
        user_agent=entry.user_agent,
    )


def _named(values: Mapping[str, Any], called: Mapping[str, str]) -> dict[str, Any]:
    return {called.get(name) or camel(name): value for name, value in values.items()}


class AuditLogsController(Controller):
    """The audit log. It is written by changes themselves, and only read here."""

    path = "/audit-logs"
    tags = (Resource.AUDIT_LOGS.value,)

    @get(
        "/",
        opt={
            "endpoint": Endpoint(
                summary="List the audit log",
                use_case=ListAudit,
                access=(Action.READ, Resource.AUDIT_LOGS),
                query=AuditQuery,
                result=AuditLogView,
                paged=True,
                result_example=_EXAMPLE,
            )
        },
    )
    async def list(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """List."""
        asked = read_query(request, AuditQuery).asked()
        found = await verbs.list_audit(actor=actor_of(request), query=asked)
        return page(request, [audit_view(entry) for entry in found.items], found)

    @get(
        "/{id:str}",
        opt={
            "endpoint": Endpoint(
                summary="Read an entry of the audit log",
                use_case=ReadAudit,
                access=(Action.READ, Resource.AUDIT_LOGS),
                result=AuditLogView,
                result_example=_EXAMPLE,
            )
        },
    )
    async def read(self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]) -> ASGIResponse:
        """Read."""
        found = await verbs.read_audit(actor=actor_of(request), id=identifier(id))
        return answer(request, audit_view(found))

    @get(
        "/entity/{entity:str}/{entity_id:str}",
        opt={
            "endpoint": Endpoint(
                summary="List what was changed of one thing",
                parts=AuditPath,
                use_case=ListAudit,
                access=(Action.READ, Resource.AUDIT_LOGS),
                query=AuditTrailQuery,
                result=AuditLogView,
                paged=True,
                result_example=_EXAMPLE,
            )
        },
    )
    async def of_entity(
        self, request: HttpRequest, verbs: UseVerbs, entity: FromPath[str], entity_id: FromPath[str]
    ) -> ASGIResponse:
        """List those of one thing."""
        query = read_query(request, AuditTrailQuery)
        if entity not in _KINDS:
            choices = f"must be one of {', '.join(_KINDS)}"
            raise Unreadable((Problem("entity", choices, "value.unknown"),))
        named = identifier(entity_id, "entityId")
        asked = query.asked(entity=entity, entity_id=named)
        found = await verbs.list_audit(actor=actor_of(request), query=asked)
        return page(request, [audit_view(entry) for entry in found.items], found)
