"""Work that comes round by itself."""

from __future__ import annotations

import asyncio

import pytest
import structlog

from haitech_app.periodic import every


class NotTodayError(Exception):
    """What the work of these tests raises."""


@pytest.mark.anyio
async def test_work_comes_round_until_the_context_ends():
    rounds = []
    twice = asyncio.Event()

    async def work():
        rounds.append(1)
        if len(rounds) == 2:
            twice.set()

    async with every(0.001, work, name="rounds"):
        await asyncio.wait_for(twice.wait(), 10)
    done = len(rounds)
    await asyncio.sleep(0.01)
    assert len(rounds) == done


@pytest.mark.anyio
async def test_a_failure_is_logged_by_name_and_the_next_round_comes():
    rounds = []
    again = asyncio.Event()

    async def work():
        rounds.append(1)
        if len(rounds) == 1:
            raise NotTodayError
        again.set()

    with structlog.testing.capture_logs() as told:
        async with every(0.001, work, name="rounds"):
            await asyncio.wait_for(again.wait(), 10)
    assert [(line["event"], line["work"]) for line in told] == [("periodic work failed", "rounds")]


@pytest.mark.anyio
async def test_the_end_of_the_context_interrupts_the_work():
    begun = asyncio.Event()

    async def work():
        begun.set()
        await asyncio.Event().wait()

    async with every(0.001, work, name="endless"):
        await asyncio.wait_for(begun.wait(), 10)
    assert begun.is_set()


@pytest.mark.anyio
async def test_work_that_must_not_be_lost_is_done_once_more_in_the_end():
    rounds = []

    async def work():
        rounds.append(1)
        raise NotTodayError

    with structlog.testing.capture_logs() as told:
        async with every(3600, work, name="last words", also_at_the_end=True):
            assert rounds == []
    assert rounds == [1]
    assert [(line["event"], line["work"]) for line in told] == [
        ("periodic work failed", "last words")
    ]
