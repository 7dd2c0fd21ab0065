"""Lists of what belongs to one thing, such as `/courses/{id}/cycles`, from one declaration each.

A relation takes what the list of the resource itself takes, but for the filter that the path has
set already. The parent must exist for the caller, and rows that do not are in no relation.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, cast
from uuid import UUID

import attrs
import msgspec
from litestar import Controller, get
from litestar.params import FromPath
from litestar.response.base import ASGIResponse

from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import page as page_of
from haitech_adapters.http.querying import read_query
from haitech_adapters.http.reading import identifier
from haitech_adapters.http.shapes import HttpRequest, ListQuery, UseVerbs, View
from haitech_domain.access import Action, Actor, Resource, grant
from haitech_domain.ports import Page, Query
from haitech_domain.use_cases import ListPage, Verbs

Rows = tuple[Sequence[View], Page[Any]]
"""What to show of a page, and the page itself."""


@attrs.frozen(kw_only=True)
class Listed:
    """A resource as it is listed: what may be asked, and how its rows are found and shown."""

    resource: Resource
    query: type[ListQuery]
    result: type[View]
    rows: Callable[[Verbs, Actor, Query], Awaitable[Rows]]
    use_case: type = ListPage


@attrs.frozen(kw_only=True)
class Parent:
    """What other things belong to: `one` is what one is called, `read` raises where none is."""

    path: str
    one: str
    resource: Resource
    read: Callable[[Verbs, Actor, UUID], Awaitable[object]]


def rows_of(
    verb: Callable[[Verbs], ListPage[Any]], view: Callable[[Any, Actor], View]
) -> Callable[[Verbs, Actor, Query], Awaitable[Rows]]:
    """The rows of a list that needs nothing beside them to be shown."""

    async def rows(verbs: Verbs, actor: Actor, query: Query) -> Rows:
        found = await verb(verbs)(actor=actor, query=query)
        return [view(item, actor) for item in found.items], found

    return rows


def without(query: type[ListQuery], field: str, name: str) -> type[ListQuery]:
    """The same query called `name`, without one of its filters."""
    if field not in query.__struct_fields__:
        return query
    base = next(c for c in query.__mro__ if field not in getattr(c, "__struct_fields__", ()))
    inherited = getattr(base, "__struct_fields__", ())
    kept = [
        (f.name, f.type, msgspec.field(default=f.default, name=f.encode_name))
        for f in msgspec.structs.fields(query)
        if f.name != field and (f.name not in inherited or f.name == "sort_by")
    ]
    doc = {"__doc__": query.__doc__, "__module__": query.__module__}
    made = msgspec.defstruct(name, kept, bases=(base,), namespace=doc, frozen=True, kw_only=True)
    return cast("type[ListQuery]", made)


def relation(
    *, of: Parent, name: str, listed: Listed, by: str, access: Resource | None = None
) -> type[Controller]:
    """The route `/{parent}/{id}/{name}`: those of a list whose filter `by` names the parent.

    Both resources must be readable; `access` is the one that is the narrower, the list's unless
    given.
    """
    title = of.one.split()[-1].title()
    query = without(listed.query, by, f"{title}{listed.query.__name__}")

    class Relation(Controller):
        """The route."""

        @get(
            "/",
            opt={
                "endpoint": Endpoint(
                    summary=f"List the {name} of {of.one}",
                    use_case=listed.use_case,
                    access=(Action.READ, access or listed.resource),
                    query=query,
                    result=listed.result,
                    paged=True,
                )
            },
        )
        async def list(
            self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
        ) -> ASGIResponse:
            """List."""
            actor = actor_of(request)
            for resource in (of.resource, listed.resource):
                grant(actor, Action.READ, resource)
            parent = identifier(id)
            asked = read_query(request, query).asked(**{by: parent})
            await of.read(verbs, actor, parent)
            items, page = await listed.rows(verbs, actor, asked)
            return page_of(request, items, page)

    Relation.path = f"{of.path}/{{id:str}}/{name}"
    Relation.__doc__ = None  # the tag is described by its own controller
    Relation.tags = [str(of.resource)]
    Relation.__name__ = f"{title}{name.title()}Controller"
    return Relation
