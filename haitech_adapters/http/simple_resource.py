"""The six routes of a simple resource, made from one declaration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
from litestar import Controller, HttpMethod, Response, delete, get, post, route
from litestar.params import FromPath
from litestar.response.base import ASGIResponse

from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer, no_content, page
from haitech_adapters.http.querying import read_query
from haitech_adapters.http.reading import identifier, read_body
from haitech_adapters.http.shapes import Body, HttpRequest, ListQuery, NoBody, UseVerbs, View
from haitech_domain.access import Action, Actor
from haitech_domain.change import Verb
from haitech_domain.use_cases import (
    Create,
    Delete,
    ListPage,
    Read,
    Restore,
    Spec,
    Update,
    Verbs,
)


@attrs.frozen
class Whole:
    """How a single one is shown where that is more than in a list: with its relatives."""

    result: type[View]
    view: Callable[[Any, Any, Actor], View]
    at_first: Any
    """The relatives of one that was made just now."""


def simple_resource(
    *,
    path: str,
    one: str,
    spec: Spec[Any],
    of: Callable[[Verbs], Any],
    creation: type[Body],
    changes: type[Body],
    query: type[ListQuery],
    result: type[View],
    view: Callable[[Any, Actor], View],
    whole: Whole | None = None,
    examples: tuple[Any, Any] = (None, None),
    creates: type = Create,
) -> type[Controller]:
    """A controller with create, read, list, update, delete and restore.

    `one` is what one of them is called; `of` picks its verbs, such as a `Catalogue`; `creation`,
    `changes` and `query` are what is read, `view` makes what is shown, a `result`; `whole` what is shown of a single
    one, where that is more. `examples` are a body and an answer. `creates` is the use case that
    makes one, where that is its own: such as one whose secret is told once, which is like no other.
    """
    resource = spec.resource
    body_example, result_example = examples
    single = result if whole is None else whole.result

    def refused(verb: Verb) -> tuple[str, ...]:
        return tuple(refusal.reason for refusal in spec.refuses.get(verb, ()))

    async def shown_whole(verbs: Verbs, entity: Any, actor: Actor) -> View:
        if whole is None:
            return view(entity, actor)
        return whole.view(entity, await of(verbs).related(entity), actor)

    class SimpleResource(Controller):
        """The routes."""

        @get(
            "/",
            opt={
                "endpoint": Endpoint(
                    summary=f"List {resource}",
                    use_case=ListPage,
                    entity=spec.entity,
                    access=(Action.READ, resource),
                    query=query,
                    result=result,
                    paged=True,
                    result_example=result_example,
                )
            },
        )
        async def list(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
            """List."""
            actor = actor_of(request)
            asked = read_query(request, query).asked()
            found = await of(verbs).list(actor=actor, query=asked)
            return page(request, [view(item, actor) for item in found.items], found)

        @post(
            "/",
            opt={
                "endpoint": Endpoint(
                    summary=f"Create {one}",
                    use_case=creates,
                    entity=spec.entity,
                    access=(Action.CREATE, resource),
                    body=creation,
                    result=single,
                    conflicts=refused("create"),
                    example=body_example,
                    result_example=result_example,
                )
            },
        )
        async def create(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
            """Create."""
            actor = actor_of(request)
            body = await read_body(request, creation, is_new=True)
            made = await of(verbs).create(actor=actor, values=body.given())
            location = f"/api/v1{path}/{made.id}"
            seen = view(made, actor) if whole is None else whole.view(made, whole.at_first, actor)
            return answer(request, seen, headers={"Location": location})

        @get(
            "/{id:str}",
            opt={
                "endpoint": Endpoint(
                    summary=f"Read {one}",
                    use_case=Read,
                    entity=spec.entity,
                    access=(Action.READ, resource),
                    result=single,
                    result_example=result_example,
                )
            },
        )
        async def read(
            self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
        ) -> ASGIResponse:
            """Read."""
            actor = actor_of(request)
            found = await of(verbs).read(actor=actor, id=identifier(id))
            return answer(request, await shown_whole(verbs, found, actor))

        @route(
            "/{id:str}",
            http_method=[HttpMethod.PUT, HttpMethod.PATCH],
            opt={
                "endpoint": Endpoint(
                    summary=f"Update {one}",
                    use_case=Update,
                    entity=spec.entity,
                    access=(Action.UPDATE, resource),
                    body=changes,
                    result=single,
                    conflicts=refused("update"),
                    result_example=result_example,
                    lock=spec.lock,
                )
            },
        )
        async def update(
            self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
        ) -> ASGIResponse:
            """Update."""
            actor = actor_of(request)
            named = identifier(id)
            body = await read_body(request, changes)
            after = await of(verbs).update(actor=actor, id=named, values=body.given())
            return answer(request, await shown_whole(verbs, after, actor))

        @delete(
            "/{id:str}",
            opt={
                "endpoint": Endpoint(
                    summary=f"Delete {one}",
                    use_case=Delete,
                    entity=spec.entity,
                    access=(Action.DELETE, resource),
                    conflicts=refused("delete"),
                    lock=spec.lock,
                )
            },
        )
        async def delete(
            self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
        ) -> Response[None]:
            """Delete."""
            await of(verbs).delete(actor=actor_of(request), id=identifier(id))
            return no_content()

        @post(
            "/{id:str}/restore",
            status_code=200,
            opt={
                "endpoint": Endpoint(
                    summary=f"Restore {one}",
                    use_case=Restore,
                    entity=spec.entity,
                    access=(Action.DELETE, resource),
                    body=NoBody,
                    body_required=False,
                    result=single,
                    conflicts=("restore.not_deleted", *refused("restore")),
                    result_example=result_example,
                )
            },
        )
        async def restore(
            self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
        ) -> ASGIResponse:
            """Restore."""
            actor = actor_of(request)
            named = identifier(id)
            await read_body(request, NoBody, required=False)
            back = await of(verbs).restore(actor=actor, id=named)
            return answer(request, await shown_whole(verbs, back, actor))

    SimpleResource.path = path
    SimpleResource.tags = [str(resource)]
    SimpleResource.__doc__ = spec.entity.__doc__
    SimpleResource.__name__ = f"{''.join(w.title() for w in resource.split('-'))}Controller"
    return SimpleResource
