"""Failures counted in this process, within a moving stretch of time."""

from __future__ import annotations

import math
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

import attrs

from haitech_domain.ports import Clock, TooManyAttempts

MOST: Final = 100_000
"""How many subjects are remembered; those that failed longest ago go first."""


@attrs.define(kw_only=True)
class MemoryAttempts:
    """The `Attempts` port: at most `allowed` failures of a subject in any stretch of `within`."""

    clock: Clock
    allowed: int = 10
    within: timedelta = timedelta(minutes=15)
    most: int = MOST
    _failures: OrderedDict[str, list[datetime]] = attrs.field(factory=OrderedDict, init=False)

    async def check(self, *subjects: str) -> None:
        """:raises TooManyAttempts: one of the subjects has used up what it is allowed"""
        waits = [self._wait(subject) for subject in subjects]
        if any(waits):
            raise TooManyAttempts(max(waits))

    async def failed(self, *subjects: str) -> None:
        """Count one failure against each subject.

        :raises TooManyAttempts: one of them had used up what it is allowed before this one
        """
        waits = [self._wait(subject) for subject in subjects]
        for subject in subjects:
            self._failures.setdefault(subject, []).append(self.clock.now())
            del self._failures[subject][: -self.allowed]
            self._failures.move_to_end(subject)
        while len(self._failures) > self.most:
            self._failures.popitem(last=False)
        if any(waits):
            raise TooManyAttempts(max(waits))

    def _wait(self, subject: str) -> int:
        """Seconds until the subject may try again; 0 for now."""
        since = self.clock.now() - self.within
        recent = [at for at in self._failures.get(subject, ()) if at > since]
        if len(recent) < self.allowed:
            return 0
        return math.ceil((recent[-self.allowed] - since).total_seconds())
