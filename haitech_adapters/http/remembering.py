"""Answers remembered for a few seconds: who a token or a key belongs to, asked at every request."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Final, Generic, TypeVar

import attrs

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

SECONDS: Final = 4.0
"""How long an answer stands: a deactivation must be felt within 5 s everywhere."""
MOST: Final = 10_000
"""How many answers are kept at most; the oldest go first."""


@attrs.define
class Remembered(Generic[K, V]):
    """`find`, asked at most once in `seconds` for the same key; what it raises is not kept.

    An answer's age counts from when it was asked for, so it is never older than it seems.
    Requests that come while the question is being asked wait for the same answer.
    """

    find: Callable[[K], Awaitable[V]]
    seconds: float = SECONDS
    most: int = MOST
    now: Callable[[], float] = time.monotonic
    _answers: OrderedDict[K, tuple[float, V]] = attrs.field(factory=OrderedDict, init=False)
    _asked: dict[K, asyncio.Task[V]] = attrs.field(factory=dict, init=False)

    async def __call__(self, key: K) -> V:
        """The answer for a key, at most `seconds` old."""
        known = self._answers.get(key)
        if known is not None and self.now() - known[0] < self.seconds:
            return known[1]
        task = self._asked.get(key)
        if task is None:
            task = self._asked[key] = asyncio.create_task(self._ask(key))
        return await asyncio.shield(task)

    async def _ask(self, key: K) -> V:
        began = self.now()
        try:
            answer = await self.find(key)
        finally:
            del self._asked[key]
        self._answers.pop(key, None)
        self._answers[key] = (began, answer)
        while len(self._answers) > self.most:
            self._answers.popitem(last=False)
        return answer
