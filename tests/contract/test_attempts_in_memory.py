"""Failures that are counted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from haitech_adapters.memory import FixedClock
from haitech_adapters.memory.attempts import MemoryAttempts
from haitech_domain.ports import TooManyAttempts

pytestmark = pytest.mark.anyio


class TestAttemptsInMemory:
    @pytest.fixture
    def clock(self):
        return FixedClock()

    @pytest.fixture
    def attempts(self, clock):
        return MemoryAttempts(clock=clock, allowed=3, within=timedelta(minutes=15))

    async def refused(self, call, *subjects):
        with pytest.raises(TooManyAttempts) as refusal:
            await call(*subjects)
        return refusal.value.retry_after

    async def test_the_stretch_moves(self, clock, attempts):
        for _ in range(3):
            await attempts.check("a")
            await attempts.failed("a", "b")
            clock.advance(timedelta(minutes=5))
        assert await attempts.check("a") is None, "the first was a quarter of an hour ago"
        await attempts.failed("a")
        assert await self.refused(attempts.check, "x", "a") == 300
        clock.advance(timedelta(seconds=299))
        assert await self.refused(attempts.check, "a") == 1
        clock.advance(timedelta(seconds=1))
        await attempts.check("a")

    async def test_a_failure_beyond_what_is_allowed_is_told(self, attempts):
        for _ in range(3):
            await attempts.failed("a")
        assert await self.refused(attempts.failed, "a", "b") == 900
        await attempts.check("b")

    async def test_no_more_subjects_are_remembered_than_there_is_room_for(self, clock):
        attempts = MemoryAttempts(clock=clock, allowed=1, most=2)
        for subject in "abc":
            await attempts.failed(subject)
        await attempts.check("a")
        for subject in "bc":
            await self.refused(attempts.check, subject)
