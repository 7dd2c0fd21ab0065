"""Which routes show a single thing, and which write what another route shows.

Nothing of this is declared by hand: it follows from the declarations (`endpoint.py`). A GET that
answers neither a list nor a raw form shows a single thing, so it has an ETag; so has every answer
whose result is what such a GET shows. A PUT, PATCH or DELETE at the address of such a GET writes
what that shows, so `If-Match` is asked of it, under the lock that its declaration names; so does
one at that address with `/bulk` behind it (a sheet that is marked as a whole).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from haitech_adapters.http.endpoint import Endpoint, endpoint_of

TAGGED: Final = "tagged"
"""In a handler's `opt`: its answers have an ETag."""
SHOWN_BY: Final = "shown_by"
"""In a handler's `opt`: the handler that shows what it writes."""
SHOWN_AT: Final = "shown_at"
"""In a handler's `opt`: the address of that other handler, as an ASGI app, where it is another."""
CONDITIONAL: Final = ("PUT", "PATCH", "DELETE")
"""The methods that honour If-Match."""
WRITING: Final = ("POST", *CONDITIONAL)
"""The methods that a retry may repeat."""

_IN_BULK: Final = "/bulk"

HandlerMap = dict[str, HTTPRouteHandler]


def find_singles(app: Litestar) -> None:
    """Mark the handlers of an app."""
    routes = [route for route in app.routes if isinstance(route, HTTPRoute)]
    by_path = {route.path_format: route for route in routes}
    results = {e.result for route in routes for _, e in _shows(route) if "{" in route.path_format}
    for route in routes:
        by_method: HandlerMap = {m: h for m, (h, _) in route.route_handler_map.items()}
        whole = by_path.get(route.path_format.removesuffix(_IN_BULK), route)
        for shows, _ in _shows(whole):
            shows.opt[TAGGED] = True
            for method in CONDITIONAL:
                if method in by_method:
                    by_method[method].opt[SHOWN_BY] = shows
                    if whole is not route:
                        by_method[method].opt[SHOWN_AT] = whole.handle
        for method in WRITING:
            endpoint = endpoint_of(by_method.get(method))
            if endpoint is None or endpoint.raw or endpoint.paged or endpoint.result is None:
                continue
            if endpoint.result in results:
                by_method[method].opt[TAGGED] = True


def _shows(route: HTTPRoute) -> Iterator[tuple[HTTPRouteHandler, Endpoint]]:
    if "GET" in route.route_handler_map:
        handler, _ = route.route_handler_map["GET"]
        endpoint = endpoint_of(handler)
        if endpoint is not None and _is_single(endpoint):
            yield handler, endpoint


def _is_single(endpoint: Endpoint) -> bool:
    return not (endpoint.open or endpoint.paged or endpoint.raw) and endpoint.result is not None


def locks_are_named(app: Litestar) -> None:
    """Whether every route on which If-Match is honoured says how its row is locked.

    :raises ValueError: one does not; give its `Endpoint` a `lock` (docs/decisions/0016)
    """
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            continue
        for method, (handler, _) in route.route_handler_map.items():
            endpoint = endpoint_of(handler)
            if SHOWN_BY in handler.opt and endpoint is not None and endpoint.lock is None:
                message = f"{method} {route.path_format}: its Endpoint needs a `lock` for If-Match"
                raise ValueError(message)
