"""The edge of the program: what is settled of a request before any route is looked for."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

import attrs
from litestar.response.base import ASGIResponse
from litestar.types import HTTPScope

from haitech_adapters.http import failures
from haitech_adapters.http.cors import Cors
from haitech_adapters.http.failures import Failure
from haitech_adapters.http.hosts import TrustedHosts
from haitech_adapters.http.negotiation import header, wants_problem
from haitech_adapters.http.proxies import Forwarded, TrustedProxies
from haitech_adapters.http.security_headers import Headers, security_headers

_UNKNOWN_HOST: Final = Failure(
    status=400,
    code="VALIDATION_ERROR",
    reason="host.untrusted",
    message="this program does not answer to the name in Host",
)
_IN_CLEAR: Final = Failure(
    status=403,
    code="FORBIDDEN",
    reason="https.required",
    message="send this over https; what was just sent went in clear, so change its secrets",
)


@attrs.frozen(kw_only=True)
class Edge:
    """Whom to believe, which names to answer to, which pages may call, and whether in production.

    Without settings: nobody, any, none, no.
    """

    proxies: TrustedProxies = TrustedProxies()
    hosts: TrustedHosts = TrustedHosts()
    cors: Cors = Cors()
    production: bool = False

    def answer(
        self, scope: HTTPScope, said: Forwarded, probes: Collection[str]
    ) -> ASGIResponse | None:
        """What is answered here already; None where a route is to be found.

        `probes` are the paths that load balancers ask by address and in clear.
        """
        if (scope["path"].rstrip("/") or "/") not in probes:
            named = [value for name, value in scope["headers"] if name == b"host"]
            host = named[0].decode("latin-1") if named else None
            if len(named) > 1 or (host is not None and not self.hosts.trusts(host)):
                return refused(scope, _UNKNOWN_HOST)
            if self.production and said.scheme == "http":
                return _to_https(scope, host)
        if self.cors.answers(scope):
            return ASGIResponse(status_code=204)
        return None

    def headers(self, scope: HTTPScope) -> Headers:
        """What every answer says besides, unless the route says it otherwise."""
        shown = security_headers(production=self.production, scheme=scope["scheme"])
        return [*shown, *self.cors.headers(scope)]


def refused(scope: HTTPScope, failure: Failure) -> ASGIResponse:
    """A refusal outside of every route."""
    return failures.outside(failure, problem=wants_problem(header(scope, b"accept") or ""))


def _to_https(scope: HTTPScope, host: str | None) -> ASGIResponse:
    """Show a reader the way; whoever sent more than a question is told off instead."""
    if scope["method"] not in {"GET", "HEAD"} or host is None:
        return refused(scope, _IN_CLEAR)
    path = scope.get("raw_path") or scope["path"].encode()
    query = scope.get("query_string", b"")
    target = path.partition(b"?")[0] + (b"?" + query if query else b"")
    place = f"https://{host}{target.decode('latin-1')}"
    return ASGIResponse(status_code=308, headers={"Location": place})
