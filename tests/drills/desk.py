"""Somebody who asks servers by HTTP, notes every answer, and holds it to what api.md promises."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from itertools import count
from typing import Any, Final

import attrs
import httpx

from haitech_adapters.http.failures import BY_KIND
from haitech_domain.ports import KeyInProgress
from tests.journeys.program import EMAIL, PASSWORD

BOUND: Final = 30.0
"""Seconds after which an answer counts as one that never came."""
PATIENCE: Final = 180.0
"""Seconds within which a request that is sent again and again has to be answered."""
PAUSE: Final = 0.05
UNAVAILABLE: Final = 503
NO_CONNECTION: Final = "connection lost"
_CODES: Final = dict(BY_KIND.values())


def error_of(answer: httpx.Response) -> dict[str, Any]:
    """What is said of a refusal; nothing of a success."""
    if answer.is_success or not answer.content:
        return {}
    body: dict[str, Any] = answer.json()
    said: dict[str, Any] = body.get("error", {})
    return said


def data_of(answer: httpx.Response) -> Any:
    """What a success shows."""
    assert answer.is_success, answer.text
    return answer.json()["data"]


@attrs.define(kw_only=True)
class Desk:
    """Asks the servers in turn. `seen` counts the answers, `wrong` those that must not be."""

    ports: Sequence[int]
    client: httpx.AsyncClient
    seen: Counter[str] = attrs.field(factory=Counter)
    wrong: Counter[str] = attrs.field(factory=Counter)
    slowest: float = 0.0
    """Seconds."""
    sent: int = 0
    last_success: float = 0.0
    _turn: Any = attrs.field(factory=count, init=False)

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        server: int | None = None,
    ) -> httpx.Response | None:
        """The answer; None where the server went away before it gave one."""
        at = (next(self._turn) if server is None else server) % len(self.ports)
        url = f"http://127.0.0.1:{self.ports[at]}/api/v1{path}"
        headers = {} if key is None else {"idempotency-key": key}
        began = time.monotonic()
        self.sent += 1
        try:
            answer = await self.client.request(method, url, json=body, headers=headers)
        except httpx.TimeoutException:
            self.wrong[f"no answer within {BOUND:.0f} s"] += 1
            return None
        except httpx.TransportError:
            self.seen[NO_CONNECTION] += 1
            return None
        finally:
            self.slowest = max(self.slowest, time.monotonic() - began)
        self._note(answer)
        return answer

    async def asked(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        """The answer, which has to come at the first time."""
        answer = await self.ask(method, path, body, **more)
        assert answer is not None, "the server went away"
        return answer

    async def made(self, path: str, body: Any = None) -> Any:
        """What a POST shows that has to succeed."""
        return data_of(await self.asked("POST", path, body))

    async def settled(
        self, method: str, path: str, body: Any = None, *, key: str
    ) -> httpx.Response:
        """The answer in the end: what was not answered is sent again, with its key, elsewhere.

        :raises TimeoutError: it never was
        """
        async with asyncio.timeout(PATIENCE):
            while True:
                answer = await self.ask(method, path, body, key=key)
                if answer is not None and not is_to_be_sent_again(answer):
                    return answer
                await asyncio.sleep(PAUSE)

    def _note(self, answer: httpx.Response) -> None:
        status = answer.status_code
        if answer.is_success:
            self.seen["2xx"] += 1
            self.last_success = time.monotonic()
            return
        try:
            error = error_of(answer)
        except ValueError:
            self.wrong[f"{status} without our error"] += 1
            return
        self.seen[f"{status} {error.get('reason')}"] += 1
        if error.get("code") != _CODES.get(status):
            self.wrong[f"{status} {error.get('code')} {answer.text[:80]}"] += 1
        if status == UNAVAILABLE and not answer.headers.get("retry-after", "").isdigit():
            self.wrong["503 without Retry-After"] += 1

    @property
    def said(self) -> str:
        """What was answered, for people."""
        counts = ", ".join(f"{times} × {what}" for what, times in sorted(self.seen.items()))
        return f"{counts}; slowest {self.slowest:.1f} s"

    @property
    def complaints(self) -> list[str]:
        """What was answered that must not be."""
        return [f"{times} × {what}" for what, times in sorted(self.wrong.items())]

    def may_only_be(self, *wanted: str) -> None:
        """Whatever else was answered is wrong."""
        for what in self.seen.keys() - set(wanted):
            self.wrong[what] += self.seen[what]


def is_to_be_sent_again(answer: httpx.Response) -> bool:
    """Whether the answer is none yet: not available, or the first try is still running."""
    in_progress = error_of(answer).get("reason") == KeyInProgress.reason
    return answer.status_code == UNAVAILABLE or in_progress


async def at_once(*calls: Awaitable[httpx.Response]) -> list[httpx.Response]:
    """All answers, asked for beside each other."""
    return list(await asyncio.gather(*calls))


def reasons(answers: Sequence[httpx.Response]) -> Counter[str]:
    """How often each refusal was given."""
    return Counter(error_of(answer)["reason"] for answer in answers if not answer.is_success)


@asynccontextmanager
async def desk(ports: Sequence[int]) -> AsyncIterator[Desk]:
    """A desk that has logged in."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=200)
    timeout = httpx.Timeout(BOUND)
    async with httpx.AsyncClient(limits=limits, timeout=timeout, trust_env=False) as client:
        made = Desk(ports=ports, client=client)
        login = {"email": EMAIL, "password": PASSWORD}
        token = (await made.made("/auth/login", login))["accessToken"]
        client.headers["authorization"] = f"Bearer {token}"
        made.seen.clear()
        yield made
