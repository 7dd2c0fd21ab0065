"""What a route says of itself: who may call it, what it reads and answers, how it refuses.

A handler carries its declaration as `opt={"endpoint": Endpoint(…)}`. Authentication, content
negotiation and the OpenAPI document all read this one declaration, so none can drift.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from types import UnionType
from typing import Any, Final, cast

import attrs
import msgspec
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from haitech_domain.access import Action, Resource
from haitech_domain.errors import Kind
from haitech_domain.ports import Rate, RequestRates
from haitech_domain.use_cases import Lock

JSON: Final = "application/json"


@attrs.frozen(kw_only=True)
class Endpoint:
    """One route's declaration.

    `parts` has the types of those parameters of its path that are no ids, as its fields.
    `access` names what the caller must be allowed to do; without it any authenticated caller
    passes, and with `open` everybody. `result` is what stands in `data` (a list of it where
    `paged`); `raw` answers have no envelope and are one of `produces`. What others `produces` beside
    JSON are files with the same in it.
    What can be had `in_parts` answers `Range`.
    `headers` are those of its own that a request must have, by the document's names for them. `errors` and `conflicts`
    (reasons) are what the route can refuse beyond what its shape implies. `entity` is whose rules
    hold for the fields of the body and the result that have its fields' names; reading the body
    applies them, and the document states them. A `probe` is asked by load balancers, often, in
    clear and by address, so none of that is held against it. `lock` keeps what the route writes
    from change, by the last id of its address, while If-Match is judged. What is `also_limited` has
    a rate of its own for each caller, beside everybody's. The description is taken
    from the use case's docstring where none is given.
    """

    summary: str
    description: str = ""
    use_case: type | None = None
    parts: type[msgspec.Struct] | None = None
    access: tuple[Action, Resource] | None = None
    open: bool = False
    probe: bool = False
    query: type[msgspec.Struct] | None = None
    body: type[msgspec.Struct] | UnionType | None = None
    body_required: bool = True
    entity: type | None = None
    result: Any = None
    paged: bool = False
    headers: tuple[str, ...] = ()
    raw: bool = False
    in_parts: bool = False
    produces: tuple[str, ...] = (JSON,)
    errors: tuple[Kind, ...] = ()
    conflicts: tuple[str, ...] = ()
    example: Any = None
    result_example: Any = None
    lock: Lock | None = None
    also_limited: Callable[[RequestRates], Rate] | None = None

    def __attrs_post_init__(self) -> None:
        if self.open and self.access is not None:
            raise ValueError(f"{self.summary}: a route is either open or asks for access")

    @property
    def files(self) -> tuple[str, ...]:
        """The types of files in which the same can be had that stands in an envelope."""
        return () if self.raw else tuple(media for media in self.produces if media != JSON)

    @property
    def text(self) -> str:
        """The description for people."""
        if self.description or self.use_case is None:
            return self.description
        lines = inspect.cleandoc(self.use_case.__doc__ or "").splitlines()
        return "\n".join(line for line in lines if not line.startswith(":")).strip()


@attrs.frozen(kw_only=True)
class Declared:
    """A route as the app knows it, with its declaration, if it has one."""

    path: str
    method: str
    handler: HTTPRouteHandler
    endpoint: Endpoint | None

    @property
    def function(self) -> Callable[..., Any]:
        """The handler as it is written, also where Litestar runs it in a thread."""
        function = self.handler.fn
        wrapped = getattr(function, "func", function)
        return cast("Callable[..., Any]", getattr(wrapped, "func", wrapped))

    @property
    def operation(self) -> str:
        """Its stable name, `customers.create`: controller and handler.

        A handler of several methods or paths has one name for each: `customers.update_patch`,
        `health.live_health`.
        """
        controller = getattr(
            self.function, "__self__", None
        )  # Litestar binds it; owner is a router
        group = type(controller).__name__.removesuffix("Controller") if controller else ""
        name = self.handler.handler_name.rpartition(".")[2].strip("_")
        if len(self.handler.http_methods) > 1:
            name = f"{name}_{self.method.lower()}"
        if len(self.handler.paths) > 1:
            name = f"{name}_{self.path.rpartition('/')[2].strip('{}')}"
        return f"{group[:1].lower()}{group[1:]}.{name}" if group else name


def declared(app: Litestar) -> Iterator[Declared]:
    """Every HTTP route of the app, in order of path and method.

    The answers to OPTIONS that Litestar adds by itself are left out.
    """
    for route in sorted(app.routes, key=lambda one: one.path):
        if not isinstance(route, HTTPRoute):
            continue
        for method, (handler, _) in sorted(route.route_handler_map.items()):
            if method != "OPTIONS" or "endpoint" in handler.opt:
                yield Declared(
                    path=route.path_format,
                    method=method,
                    handler=handler,
                    endpoint=endpoint_of(handler),
                )


def endpoint_of(handler: object) -> Endpoint | None:
    """The declaration that a handler carries."""
    found = getattr(handler, "opt", {}).get("endpoint")
    return found if isinstance(found, Endpoint) else None
