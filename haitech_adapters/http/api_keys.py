"""`/api-keys`: a simple resource whose secret is told once, and which can be rotated."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from msgspec import UNSET, Meta, UnsetType

from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer
from haitech_adapters.http.reading import identifier, read_body
from haitech_adapters.http.shapes import (
    Body,
    HttpRequest,
    Instant,
    SearchedQuery,
    UseVerbs,
    View,
)
from haitech_adapters.http.showing import shown
from haitech_adapters.http.simple_resource import simple_resource
from haitech_domain.access import SCOPES, Action, Actor, Resource
from haitech_domain.api_key import ApiKey
from haitech_domain.use_cases import API_KEYS, IssueApiKey, ListScopes, RotateApiKey
from haitech_domain.use_cases.api_keys import LONGEST_OVERLAP, Issued

ScopeName = Annotated[str, Meta(extra_json_schema={"enum": list(SCOPES)}, examples=["read:*"])]
_MINUTE: Final = timedelta(minutes=1)


class ApiKeyBody(Body, frozen=True):
    """An API key to be made; without `scopes` it reads everything that keys may read."""

    name: str
    scopes: list[ScopeName] | UnsetType = UNSET
    rate_limit: int | UnsetType = UNSET
    expires_at: Instant | UnsetType | None = UNSET
    is_active: bool | UnsetType = UNSET


class ApiKeyChanges(Body, frozen=True):
    """Fields of an API key to be changed."""

    name: str | UnsetType = UNSET
    scopes: list[ScopeName] | UnsetType = UNSET
    rate_limit: int | UnsetType = UNSET
    expires_at: Instant | UnsetType | None = UNSET
    is_active: bool | UnsetType = UNSET


class RotationBody(Body, frozen=True):
    """For how many minutes the key so far goes on opening; 24 hours where nothing is said."""

    overlap_minutes: Annotated[int, Meta(ge=0, le=LONGEST_OVERLAP // _MINUTE)] = 24 * 60


class ApiKeyQuery(SearchedQuery, frozen=True, kw_only=True):
    """Which API keys to list."""

    sort_by: Literal["name", "createdAt"] | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET


class ApiKeyView(View, frozen=True):
    """An API key. `key`, the secret itself, is there only in the answer that made it."""

    id: UUID
    name: str
    prefix: str
    scopes: list[ScopeName]
    rate_limit: int
    expires_at: Instant | None
    is_active: bool
    last_used_at: Instant | None
    last_used_ip: str | None
    previous_until: Instant | None
    """Until when the key before the last rotation opens, too."""
    created_at: Instant
    updated_at: Instant
    version: int
    key: str | UnsetType


class ScopeView(View, frozen=True):
    """A scope and what it opens."""

    name: str
    description: str


def _view(known: ApiKey | Issued, _: Actor) -> ApiKeyView:
    kept = known.api_key if isinstance(known, Issued) else known
    return shown(
        ApiKeyView,
        kept,
        scopes=list(kept.scopes.in_order()),
        key=known.key if isinstance(known, Issued) else UNSET,
    )


EXAMPLE: Final = {"name": "The website", "scopes": ["write:leads", "read:courses"]}

_plain: Any = simple_resource(
    path="/api-keys",
    one="an API key",
    spec=API_KEYS,
    of=lambda verbs: verbs.api_keys,
    creation=ApiKeyBody,
    changes=ApiKeyChanges,
    query=ApiKeyQuery,
    result=ApiKeyView,
    view=_view,
    examples=(EXAMPLE, None),
    creates=IssueApiKey,
)


class ApiKeysController(_plain):  # type: ignore[misc]  # made by a call, so of no known type
    """API keys."""

    @post(
        "/{id:str}/rotate",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="Rotate an API key",
                use_case=RotateApiKey,
                access=(Action.UPDATE, Resource.API_KEYS),
                body=RotationBody,
                body_required=False,
                result=ApiKeyView,
                example={"overlapMinutes": 60},
            )
        },
    )
    async def rotate(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Rotate."""
        actor = actor_of(request)
        named = identifier(id)
        body = await read_body(request, RotationBody, required=False)
        overlap = body.overlap_minutes * _MINUTE
        issued = await verbs.api_keys.rotate(actor=actor, id=named, overlap=overlap)
        return answer(request, _view(issued, actor))

    @get(
        "/scopes",
        opt={
            "endpoint": Endpoint(
                summary="List the scopes of API keys",
                use_case=ListScopes,
                access=(Action.READ, Resource.API_KEYS),
                result=list[ScopeView],
            )
        },
    )
    async def scopes(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """Every scope."""
        found = verbs.api_keys.scopes(actor=actor_of(request))
        return answer(request, [shown(ScopeView, scope) for scope in found])
