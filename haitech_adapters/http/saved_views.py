"""`/saved-views`: how people like to look at lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, TypeAlias
from uuid import UUID

from litestar import Controller, post
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from msgspec import UNSET, Meta, UnsetType

from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer
from haitech_adapters.http.reading import Unreadable, identifier, read_body
from haitech_adapters.http.rule_schemas import keywords_of
from haitech_adapters.http.shapes import (
    Body,
    HttpRequest,
    Instant,
    NoBody,
    SearchedQuery,
    UseVerbs,
    View,
    camel,
    snake,
)
from haitech_adapters.http.showing import shown
from haitech_adapters.http.simple_resource import simple_resource
from haitech_domain.access import Action, Actor, Resource
from haitech_domain.errors import Problem
from haitech_domain.saved_view import SavedView, SortOrder
from haitech_domain.saved_view.entity import MOST_COLUMNS, MOST_FILTERS, NAME, NUMBER, TEXT
from haitech_domain.use_cases import SAVED_VIEWS, Update

_NAME: Final = dict(keywords_of(Annotated[str, NAME])["string"])
_TEXT: Final = dict(keywords_of(Annotated[str, TEXT])["string"])
_NUMBER: Final = dict(keywords_of(Annotated[int, NUMBER])["integer"])
_FILTERS: Final[dict[str, Any]] = {"maxProperties": MOST_FILTERS, "propertyNames": _NAME}
_COLUMNS: Final[dict[str, Any]] = {"maxItems": MOST_COLUMNS, "uniqueItems": True}
Value: TypeAlias = (
    Annotated[str, Meta(extra_json_schema=_TEXT)]
    | Annotated[int, Meta(extra_json_schema=_NUMBER)]
    | bool
)
ColumnName: TypeAlias = Annotated[str, Meta(extra_json_schema=_NAME)]


class SavedViewDetails(Body, frozen=True):
    """What may be said of a view besides its name and list.

    `filters` are those of the list, by their names in its query, with `search` among them.
    """

    filters: Annotated[dict[str, Value], Meta(extra_json_schema=_FILTERS)] | UnsetType = UNSET
    columns: Annotated[list[ColumnName], Meta(extra_json_schema=_COLUMNS)] | UnsetType = UNSET
    sort_by: str | UnsetType | None = UNSET
    sort_order: SortOrder | UnsetType | None = UNSET
    is_default: bool | UnsetType = UNSET
    is_public: bool | UnsetType = UNSET

    def given(self, *, apart_from: tuple[str, ...] = ()) -> dict[str, Any]:
        """The fields that were given, in the domain's own words."""
        values = super().given(apart_from=apart_from)
        if "filters" in values:
            named = values["filters"].items()
            values["filters"] = {_inner("filters", name): value for name, value in named}
        if "columns" in values:
            values["columns"] = tuple(values["columns"])
        if values.get("sort_by") is not None:
            values["sort_by"] = _inner("sortBy", values["sort_by"])
        return values


class SavedViewBody(SavedViewDetails, frozen=True, kw_only=True):
    """A view to be saved."""

    name: str
    entity: Resource


class SavedViewChanges(SavedViewDetails, frozen=True, kw_only=True):
    """Fields of a saved view to be changed."""

    name: str | UnsetType = UNSET
    entity: Resource | UnsetType = UNSET


class SavedViewQuery(SearchedQuery, frozen=True, kw_only=True):
    """Which saved views to list."""

    sort_by: Literal["name", "createdAt"] | UnsetType = UNSET
    entity: Resource | UnsetType = UNSET


class SavedViewView(View, frozen=True):
    """A saved view, one's own or a public one."""

    id: UUID
    owner_id: UUID
    name: str
    entity: Resource
    filters: Mapping[str, Value]
    columns: tuple[str, ...]
    sort_by: str | None
    sort_order: SortOrder | None
    is_default: bool
    is_public: bool
    created_at: Instant
    updated_at: Instant
    version: int


def _inner(field: str, name: str) -> str:
    """A name of the wire as the domain says it. :raises Invalid: the wire has no such names"""
    if "_" in name:
        raise Unreadable(
            (Problem(field, "has a name that this list does not know", "filter.unknown"),)
        )
    return snake(name)


def _view(view: SavedView, actor: Actor) -> SavedViewView:
    """A saved view in the words of the wire."""
    del actor
    return shown(
        SavedViewView,
        view,
        filters={camel(name): value for name, value in view.filters.items()},
        sort_by=None if view.sort_by is None else camel(view.sort_by),
    )


BODY_EXAMPLE: Final = {
    "name": "Active, Mondays",
    "entity": "cycles",
    "filters": {"status": "active", "dayOfWeek": "monday"},
    "columns": ["name", "instructor", "progress"],
    "sortBy": "startDate",
    "sortOrder": "desc",
}

SavedViewController = simple_resource(
    path="/saved-views",
    one="a saved view",
    spec=SAVED_VIEWS,
    of=lambda verbs: verbs.saved_views,
    creation=SavedViewBody,
    changes=SavedViewChanges,
    query=SavedViewQuery,
    result=SavedViewView,
    view=_view,
    examples=(BODY_EXAMPLE, None),
)


class DefaultViewController(Controller):
    """Choosing the view that one sees first."""

    path = "/saved-views/{id:str}/set-default"
    tags = (str(Resource.SAVED_VIEWS),)

    @post(
        "/",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="Make a saved view one's default for its list",
                description="The one that was the default until now is none any more.",
                use_case=Update,
                access=(Action.UPDATE, Resource.SAVED_VIEWS),
                body=NoBody,
                body_required=False,
                result=SavedViewView,
            )
        },
    )
    async def set_default(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Set the default."""
        actor = actor_of(request)
        named = identifier(id)
        await read_body(request, NoBody, required=False)
        after = await verbs.saved_views.update(actor=actor, id=named, values={"is_default": True})
        return answer(request, _view(after, actor))
