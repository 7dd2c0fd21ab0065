"""What is known of the request being answered, for adapters that do not know each other.

The HTTP adapter binds it; whoever writes audit rows or logs reads it. Outside a request there is
none.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import attrs

from haitech_domain.access import Actor


@attrs.define(kw_only=True)
class RequestFacts:
    """One request. `route` and `actor` are filled in as the request is understood.

    `headers` are said by its answer, whatever that turns out to be; `replayed` says that this is the
    one that was given before.

    `path` may hold a secret (a signed link), so logs name `route`, the template, instead.
    """

    request_id: str
    method: str
    path: str
    address: str | None = None
    user_agent: str | None = None
    route: str | None = None
    actor: Actor | None = None
    headers: dict[str, str] = attrs.field(factory=dict)
    replayed: bool = False

    @property
    def who(self) -> str | None:
        """The actor as logs name it, `user:0190…`; None while nobody is known."""
        if self.actor is None:
            return None
        return f"{self.actor.kind.value}:{self.actor.id or self.actor.name}"


_current: ContextVar[RequestFacts | None] = ContextVar("haitech_request", default=None)


def current() -> RequestFacts | None:
    """The facts of the request being answered here, or None outside of one."""
    return _current.get()


@contextmanager
def bind(facts: RequestFacts) -> Iterator[RequestFacts]:
    """Make `facts` the current ones for the code within."""
    token = _current.set(facts)
    try:
        yield facts
    finally:
        _current.reset(token)
