"""Limits that several processes share through a real Redis, also while it is gone."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import Any

import httpx
import pytest
import structlog

from haitech_adapters.limits import SlidingRates, Windows, shared_windows
from haitech_adapters.limits.redis import SharedWindows
from haitech_domain.ports import Rate
from tests.journeys.program import EMAIL, PASSWORD, as_url, programs
from tests.journeys.redis_server import a_redis

PROCESSES = 20
LIMIT = 1_000
RATE = Rate("hour", LIMIT, 3600)
HAMMER = f"""
import asyncio, sys
from haitech_adapters.limits import SlidingRates, Windows
from haitech_adapters.limits.redis import SharedWindows
from haitech_domain.ports import Rate

async def main():
    shared = SharedWindows(sys.argv[1], patience=60)  # the machine may be busy with the others
    windows = Windows(shared=shared, patience=60)
    rates = SlidingRates(windows, secret=b"for tests")
    print("ready", flush=True)
    sys.stdin.readline()
    let_in = 0
    for _ in range(100):
        verdict = await rates.spend("user:1", [Rate("hour", {LIMIT}, 3600)])
        let_in += verdict.retry_after is None
    await windows.close()
    print(let_in, flush=True)

asyncio.run(main())
"""


@pytest.fixture
def redis(tmp_path):
    with a_redis(tmp_path) as server:
        yield server


def test_twenty_processes_at_one_limit_never_exceed_it_by_more_than_one_percent(redis):
    """2,000 requests of 20 processes at once against 1,000 an hour."""
    command = [sys.executable, "-c", HAMMER, redis.url]
    pipes: Any = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    started: list[Any] = [subprocess.Popen(command, text=True, **pipes) for _ in range(PROCESSES)]
    try:
        for one in started:
            assert one.stdout.readline() == "ready\n"
        for one in started:
            one.stdin.write("go\n")
            one.stdin.flush()
        said = [one.communicate(timeout=120) for one in started]
    finally:
        for one in started:
            one.kill()
            one.wait()
    assert not any(errors for _, errors in said), "none had to count by itself"
    total = sum(int(out) for out, _ in said)
    assert LIMIT <= total <= LIMIT * 1.01


async def spend(rates, times=1):
    return [(await rates.spend("user:1", [RATE])).tightest.remaining for _ in range(times)]


@pytest.mark.anyio
async def test_while_redis_is_gone_requests_go_on_and_the_log_says_so_once(redis):
    """Gone and back; each is told once, and the shared count goes on where it was possible."""
    now = [0.0]
    windows = Windows(shared=SharedWindows(redis.url), now=lambda: now[0])
    rates = SlidingRates(windows, secret=b"for tests")
    with structlog.testing.capture_logs() as lines:
        assert await spend(rates, 3) == [999, 998, 997]
        redis.kill()
        assert await spend(rates, 3) == [999, 998, 997], "counted in this process"
        now[0] += 5
        assert await spend(rates, 2) == [996, 995], "asked again, still gone"
        redis.start()
        assert await spend(rates) == [994], "left alone for some seconds"
        now[0] += 5
        assert await spend(rates, 2) == [999, 998], "back; this Redis began anew"
    assert [line["log_level"] for line in lines] == ["warning", "info"]
    assert lines[0]["why"] == "ConnectionError"
    assert "redis://" not in str(lines)
    await windows.close()


@pytest.mark.anyio
async def test_a_redis_that_hangs_keeps_nobody_waiting(redis):
    """Whoever finds out waits half a second; after that nobody does."""
    windows = shared_windows(redis.url)
    rates = SlidingRates(windows, secret=b"for tests")
    await spend(rates)
    redis.freeze()
    try:
        async with asyncio.timeout(20):  # one after the other they would need longer
            found = await asyncio.gather(*(spend(rates) for _ in range(50)))
        assert min(found) == [950], "counted in this process"
        assert await spend(rates) == [949]
    finally:
        redis.thaw()
    await windows.close()


@pytest.mark.anyio
async def test_more_requests_at_once_than_connections_wait_their_turn(redis):
    """A burst is no failure of Redis."""
    windows = Windows(shared=SharedWindows(redis.url, patience=60), patience=60)
    rates = SlidingRates(windows, secret=b"for tests")
    await spend(rates)
    with structlog.testing.capture_logs() as lines:
        found = await asyncio.gather(*(spend(rates) for _ in range(60)))
    assert lines == []
    assert min(found) == [LIMIT - 61]
    await windows.close()


def logging_in(server, password):
    body = {"email": EMAIL, "password": password}
    return httpx.post(f"{server.base}/auth/login", json=body, trust_env=False, timeout=60)


@pytest.mark.postgres
def test_two_servers_share_one_count(redis, tmp_path):
    """Whichever of them is asked, the same caller has the same requests left, and whoever guesses
    passwords has the same guesses left."""
    shared = {
        "redis_url": redis.url,
        "rate_limit_per_minute": 8,
        "login_limit": 3,
        "jwt_secret": "one secret for both servers, long enough",
        "secret_key": "another secret for both, and long enough",
    }
    with programs(tmp_path) as start:
        first = start(**shared).ready()
        with first.database.connect() as connection:
            url = as_url(connection.info.dsn)
        second = start(**shared, database_url=url).ready()
        with first.client() as one:
            left = []
            for number in range(10):
                base = (first, second)[number % 2].base
                answer = one.get(f"{base}/courses")
                left.append((answer.status_code, answer.headers["x-ratelimit-remaining"]))
        assert left == [(200, str(n)) for n in range(7, -1, -1)] + [(429, "0")] * 2
        guesses = [logging_in(one, "not the password") for one in (first, second, first)]
        assert [guess.status_code for guess in guesses] == [401] * 3
        too_late = logging_in(second, PASSWORD)
        assert too_late.status_code == 429
        assert 1 <= int(too_late.headers["retry-after"]) <= 901
        assert second.stop() == 0
        assert first.stop() == 0
