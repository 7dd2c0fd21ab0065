"""The application: Litestar with everything that is the same for all routes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from litestar import Litestar
from litestar.di import Provide
from litestar.middleware import DefineMiddleware
from litestar.routes import HTTPRoute
from litestar.types import ControllerRouterHandler, Middleware

from haitech_adapters.http import failures
from haitech_adapters.http.authentication import ApiKeys, Authentication, Authorization, Recognised
from haitech_adapters.http.edge import Edge
from haitech_adapters.http.endpoint import endpoint_of
from haitech_adapters.http.metrics import Meter
from haitech_adapters.http.negotiation import Negotiation
from haitech_adapters.http.openapi import will_be_documented
from haitech_adapters.http.rate_limiting import Limiter, RateLimiting, StrangerLimiting
from haitech_adapters.http.request_scope import RequestScope
from haitech_adapters.http.singles import find_singles
from haitech_domain.ports import Tokens

LARGEST_BODY: Final = 1024 * 1024
"""In bytes; a route that takes more says so by `request_max_body_size`."""


def build_app(
    *,
    controllers: Sequence[ControllerRouterHandler],
    tokens: Tokens,
    keys: ApiKeys | None = None,
    users: Recognised | None = None,
    lifespan: Sequence[Any] = (),
    middleware: Sequence[Middleware] = (),
    dependencies: Mapping[str, Provide] | None = None,
    edge: Edge | None = None,
    limiter: Limiter | None = None,
    meter: Meter | None = None,
    debug: bool = False,
    title: str,
    version: str,
) -> Litestar:
    """The app over these controllers.

    `middleware` runs after authentication, in the order given, so it knows the actor. Without a
    `limiter` nobody is counted, and without a `meter` no request. Errors are
    answered in the envelope also while `debug` is on. The OpenAPI document is made when it is first
    asked for: `document_of`.
    """
    app = Litestar(
        route_handlers=list(controllers),
        middleware=[
            *([] if limiter is None else [DefineMiddleware(StrangerLimiting, limiter=limiter)]),
            DefineMiddleware(Authentication, tokens=tokens, keys=keys, users=users),
            *([] if limiter is None else [DefineMiddleware(RateLimiting, limiter=limiter)]),
            DefineMiddleware(Authorization),
            DefineMiddleware(Negotiation),
            *middleware,
        ],
        exception_handlers=failures.handlers(),
        lifespan=list(lifespan),
        dependencies=dict(dependencies or {}),
        request_max_body_size=LARGEST_BODY,
        openapi_config=None,
        logging_config=None,
        debug=debug,
    )
    find_singles(app)
    methods = {
        route.path_format: ",".join(route.route_handler_map)
        for route in app.routes
        if isinstance(route, HTTPRoute)
    }
    probes = frozenset(
        route.path_format
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if (endpoint := endpoint_of(handler)) is not None and endpoint.probe
    )
    app.asgi_handler = RequestScope(
        app.asgi_handler, methods, edge=edge, probes=probes, meter=meter
    )
    app.state.title, app.state.version = title, version
    will_be_documented(app, title=title, version=version)
    return app
