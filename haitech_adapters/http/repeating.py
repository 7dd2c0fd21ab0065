"""Writing once and on what was seen: `Idempotency-Key` and `If-Match`, for every route alike."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any, ClassVar, Final, Protocol
from uuid import UUID

import attrs
import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from haitech_adapters import context
from haitech_adapters.http.captured import Captured, captured, read_back
from haitech_adapters.http.endpoint import Endpoint, endpoint_of
from haitech_adapters.http.etags import is_same, named
from haitech_adapters.http.reading import Unreadable, identifier, raw_body
from haitech_adapters.http.shapes import HttpRequest
from haitech_adapters.http.singles import CONDITIONAL, SHOWN_AT, SHOWN_BY, WRITING
from haitech_domain.access import Actor
from haitech_domain.errors import DomainError, Kind, NotFound
from haitech_domain.ports import AnswerUnreadable, KeyReused, Transaction
from haitech_domain.use_cases import Lock, Verbs

LONGEST_KEY: Final = 255
_KEY: Final = b"idempotency-key"
_MATCH: Final = b"if-match"
_CONDITIONS: Final = (b"if-match", b"if-none-match")
_REPLAYED: Final = (b"idempotency-replayed", b"true")
_QUOTED: Final = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
_ESCAPED: Final = re.compile(r"\\(.)")
_BARE: Final = re.compile(r"[\x20\x21\x23-\x7e]+")
_KEYLESS: Final = re.compile(r"(?:^|/)auth/")
_AFTER_MATCH: Final = frozenset({Kind.CONFLICT, Kind.STALE})
"""What is refused only after If-Match has held (409), or for the same reason (412)."""

_NO_ID: Final = UUID(int=0)

Tags = tuple[str, ...]


class Sealing(Protocol):
    """How a kept answer is encrypted."""

    def seal(self, text: bytes, *, about: bytes) -> bytes:
        """The text, encrypted."""
        ...

    def open(self, sealed: bytes, *, about: bytes) -> bytes:
        """The text. :raises ValueError: it cannot be read"""
        ...


@attrs.frozen
class Outdated(DomainError):
    """If-Match names no current representation."""

    kind: ClassVar[Kind] = Kind.STALE
    reason: ClassVar[str] = "version.stale"
    says: ClassVar[str] = "this was changed since the version that If-Match names; read it again"


class Repeating:
    """Middleware, the innermost: a handler's work in one transaction with what guards it.

    Without either header a request passes untouched. Handlers then do nothing but what goes
    through the transaction, for their work may be undone and repeated.
    """

    def __init__(self, app: ASGIApp, *, verbs: Verbs, sealing: Sealing) -> None:
        self._app = app
        self._verbs = verbs
        self._sealing = sealing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on.

        :raises Invalid: a header that cannot be read
        :raises KeyInProgress: the first request with this key is still running
        :raises KeyReused: the key was used for another request
        :raises Outdated: If-Match names another version
        """
        if scope["type"] == ScopeType.HTTP and scope["method"] in WRITING:
            endpoint, actor = endpoint_of(scope.get("route_handler")), scope.get("user")
            if endpoint is not None and isinstance(actor, Actor):
                key = None if _KEYLESS.search(scope["path"]) else key_of(scope)
                wanted = named(scope, _MATCH) if scope["method"] in CONDITIONAL else None
                if key is not None or wanted is not None:
                    asked = Asked(scope, receive, endpoint, actor)
                    await (await self._answer(asked, key, wanted)).sent(send)
                    return
        await self._app(scope, receive, send)

    async def _answer(self, asked: Asked, key: str | None, wanted: Tags | None) -> Captured:
        body = await raw_body(HttpRequest(asked.scope, receive=asked.receive))

        async def work() -> Captured:
            if wanted is None:
                return await asked.of(self._app)
            return await self._matched(asked, wanted)

        if key is None:
            return await work()
        return await self._once(asked, key, body, work)

    async def _once(
        self, asked: Asked, key: str, body: bytes, work: Callable[[], Awaitable[Captured]]
    ) -> Captured:
        """The answer of the work, or the one that it had before."""
        whose, request = asked.digest(key), asked.fingerprint(body)
        done: list[Captured] = []

        async def answered() -> bytes | None:
            answer = await work()
            done[:] = [answer]
            if not answer.is_success:
                return None
            return self._sealing.seal(answer.written(request), about=whose)

        kept = await self._verbs.answer_once(actor=asked.actor, key=whose, work=answered)
        if kept is None:
            return done[0]
        try:
            first, answer = read_back(self._sealing.open(kept, about=whose))
        except ValueError:
            raise AnswerUnreadable from None
        if first != request:
            raise KeyReused
        answer.headers.append(_REPLAYED)
        facts = context.current()
        if facts is not None:
            facts.replayed = True
        return answer

    async def _matched(self, asked: Asked, wanted: Tags) -> Captured:
        """The answer of the handler, if what it writes still has a wanted tag."""

        async def work() -> Captured:
            refusal = await self._refusal(asked, wanted)
            if refusal is None:
                return await asked.of(self._app)
            # what comes before in the order of checks (400, 403, 404) is said instead; whatever
            # the handler does is undone
            try:
                await asked.of(self._app)
            except DomainError as error:
                if error.kind not in _AFTER_MATCH:
                    raise
            raise refusal

        lock, id = asked.lock()
        return await self._verbs.under_lock(actor=asked.actor, lock=lock, id=id, work=work)

    async def _refusal(self, asked: Asked, wanted: Tags) -> DomainError | None:
        """Why not, as the very route finds that shows what is to be written."""
        writes = asked.scope["route_handler"].opt
        shown_by = writes.get(SHOWN_BY)
        if shown_by is None:
            return Outdated()
        headers = [header for header in asked.scope["headers"] if header[0] not in _CONDITIONS]
        # what is written may be asked back with the query by which it is read
        query = asked.scope["query_string"] if asked.endpoint.query is not None else b""
        read = {
            "method": "GET",
            "route_handler": shown_by,
            "headers": headers,
            "query_string": query,
        }
        try:
            answer = await asked.of(writes.get(SHOWN_AT, self._app), **read)
        except NotFound as missing:
            return missing
        return None if is_same(answer.header(b"etag"), wanted) else Outdated()


@attrs.frozen
class Asked:
    """A request to write something, by somebody known."""

    scope: HTTPScope
    receive: Receive
    endpoint: Endpoint
    actor: Actor

    async def of(self, app: ASGIApp, **instead: Any) -> Captured:
        """What the handler answers. :raises Exception: whatever it raised"""
        return await captured(app, self.scope, self.receive, **instead)

    def digest(self, key: str) -> bytes:
        """What a key stands for: with this actor, method and path."""
        who = [self.actor.kind.value, str(self.actor.id or self.actor.name)]
        return _digest([*who, self.scope["method"], self.scope["path"], key])

    def fingerprint(self, body: bytes) -> bytes:
        """What is asked besides, so that another request is told from a retry."""
        return _digest([self.scope["query_string"], body])

    def lock(self) -> tuple[Lock, UUID]:
        """How what is written is kept from change, and its id: the last one of the address.

        :raises Invalid: it is no UUID
        """
        parameters = self.scope["path_params"]
        if self.endpoint.lock is None or not parameters:
            return _nothing, _NO_ID
        name = list(parameters)[-1]
        return self.endpoint.lock, identifier(str(parameters[name]), name)


def _digest(parts: list[Any]) -> bytes:
    return sha256(msgspec.json.encode(parts)).digest()


async def _nothing(_tx: Transaction, _id: UUID) -> None:
    """What nobody shows has no version to be kept."""


def takes_key(method: str, path: str, endpoint: Endpoint) -> bool:
    """Whether a route, called by somebody known, honours Idempotency-Key."""
    return method in WRITING and not endpoint.open and not _KEYLESS.search(path)


def key_of(scope: Scope) -> str | None:
    """The request's Idempotency-Key, bare or quoted.

    :raises Invalid: it is not 1–255 printable characters, or there are two
    """
    given = [value for name, value in scope["headers"] if name == _KEY]
    if not given:
        return None
    text = given[0].decode("latin-1").strip(" \t")
    quoted = _QUOTED.fullmatch(text)
    if quoted is not None:
        text = _ESCAPED.sub(r"\1", quoted[1])
    elif not _BARE.fullmatch(text):
        text = ""
    if len(given) > 1 or not 1 <= len(text) <= LONGEST_KEY:
        raise Unreadable.whole(
            f"Idempotency-Key must be one text of 1 to {LONGEST_KEY} printable ASCII characters",
            "idempotency.malformed",
        )
    return text
