"""Counting against rates with the library's sliding window counter."""

from __future__ import annotations

import functools
import hashlib
import math
from collections.abc import Sequence

import attrs
from limits import RateLimitItemPerSecond

from haitech_adapters.limits.storage import Windows
from haitech_adapters.limits.windows import SlidingWindows
from haitech_domain.ports import Rate, Standing, Verdict


@attrs.frozen
class Count:
    """What a storage knows of one key: hits of the window before and of this one.

    `left` is the seconds until this window ends, and with it the weight of the one before.
    """

    previous: int
    current: int
    left: float

    @classmethod
    async def of(cls, windows: SlidingWindows, rate: Rate, key: str) -> Count:
        """Ask the storage."""
        previous, left, current, ends = await windows.get_sliding_window(key, rate.seconds)
        return cls(previous, current, max(0.0, ends - rate.seconds) if ends else left)

    def standing(self, rate: Rate) -> Standing:
        """What remains. Hits of the window before count by the part of it that is still near."""
        used = int(self.previous * self.left / rate.seconds) + self.current
        return Standing(
            rate=rate,
            remaining=max(0, rate.most - used),
            resets_in=self.left or float(rate.seconds),
        )

    def wait(self, rate: Rate) -> int:
        """Seconds after which one more is allowed, if nothing else happens; at least 1."""
        room = rate.most - self.current
        if room <= 0:
            return math.floor(self.left) + 1
        near = room * rate.seconds / self.previous if self.previous else rate.seconds
        return max(1, math.floor(self.left - near) + 1)


class SlidingRates:
    """The port `RateLimits`. Subjects are kept as keyed hashes."""

    def __init__(self, windows: Windows, *, secret: bytes) -> None:
        self._windows = windows
        self._secret = secret

    async def spend(self, subject: str, rates: Sequence[Rate]) -> Verdict:
        """Count one for the subject where every rate allows it.

        The shortest is asked first, so a caller who hammers against the minute does not use up
        the hour; what one rate refuses, longer ones never hear of.
        """
        keys = _keys(tuple(rates), self.hidden(subject))

        async def count(windows: SlidingWindows) -> Verdict:
            allowed = True
            for rate, key in keys:
                allowed = allowed and await windows.acquire_sliding_window_entry(
                    key, rate.most, rate.seconds
                )
            return await self._verdict(windows, keys, allowed=allowed)

        return await self._windows.ask(count)

    async def look(self, subject: str, rate: Rate) -> Verdict:
        """How the subject stands, without counting."""
        keys = _keys((rate,), self.hidden(subject))

        async def count(windows: SlidingWindows) -> Verdict:
            found = await self._verdict(windows, keys, allowed=True)
            if found.tightest.remaining:
                return found
            return await self._verdict(windows, keys, allowed=False)

        return await self._windows.ask(count)

    async def _verdict(
        self, windows: SlidingWindows, keys: Sequence[tuple[Rate, str]], *, allowed: bool
    ) -> Verdict:
        counts = [(rate, await Count.of(windows, rate, key)) for rate, key in keys]
        standings = tuple(count.standing(rate) for rate, count in counts)
        if allowed:
            return Verdict(standings=standings)
        waits = [
            count.wait(rate)
            for (rate, count), standing in zip(counts, standings, strict=True)
            if not standing.remaining
        ]
        return Verdict(standings=standings, retry_after=max(waits, default=1))

    def hidden(self, subject: str) -> str:
        """A subject as it is stored."""
        return _hidden(subject, self._secret)


@functools.lru_cache(maxsize=4_096)
def _hidden(subject: str, secret: bytes) -> str:
    return hashlib.blake2b(subject.encode(), key=secret, digest_size=16).hexdigest()


@functools.lru_cache(maxsize=4_096)
def _keys(rates: tuple[Rate, ...], name: str) -> tuple[tuple[Rate, str], ...]:
    """The rates, shortest first, each with the key under which it is counted."""
    return tuple(
        (rate, RateLimitItemPerSecond(rate.most, rate.seconds, rate.name).key_for(name))
        for rate in sorted(rates, key=lambda one: one.seconds)
    )
