"""Work that nobody waits for, and failures that are counted."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from haitech_adapters.background import LoopBackground
from haitech_adapters.context import RequestFacts, bind, current
from haitech_adapters.memory import FixedClock
from haitech_adapters.memory.attempts import MemoryAttempts
from haitech_domain.ports import TooManyAttempts, Unavailable

pytestmark = pytest.mark.anyio
AROUND: ContextVar[str] = ContextVar("around", default="nothing")


class TestBackground:
    async def test_work_is_done_after_the_caller_went_on(self):
        background, done = LoopBackground(), []

        async def work():
            done.append(AROUND.get())

        AROUND.set("a transaction")
        background.start("work", work)
        assert done == []
        await background.settled()
        assert done == ["nothing"], "what goes on around the caller is not the work's"
        await background.settled()

    async def test_it_knows_the_request_that_it_came_from(self):
        background, seen = LoopBackground(), []

        async def work():
            seen.append(current())

        facts = RequestFacts(request_id="r-1", method="POST", path="/x")
        with bind(facts):
            background.start("work", work)
        background.start("work", work)
        await background.settled()
        assert seen == [facts, None]

    async def test_a_failure_is_logged_without_facts(self):
        background = LoopBackground()

        async def refused():
            raise Unavailable("the mailbox of dana@example.com")

        async def broken():
            raise RuntimeError("broken")

        with capture_logs() as lines:
            background.start("a letter", refused)
            background.start("another", broken)
            await background.settled()
        assert [(line["what"], line["log_level"]) for line in lines] == [
            ("a letter", "error"),
            ("another", "error"),
        ]
        assert lines[0]["reason"] == "unavailable"
        assert "dana" not in str(lines)

    async def test_what_takes_too_long_at_the_end_is_given_up_and_told(self):
        background = LoopBackground()
        background.start("for ever", asyncio.Event().wait)
        with capture_logs() as lines:
            await background.settled(patience=0.01)
        assert [line["count"] for line in lines] == [1]


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
