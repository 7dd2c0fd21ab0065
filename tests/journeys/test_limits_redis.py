"""Limits that several processes share through a real Redis, also while it is gone."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest
import structlog

from haitech_adapters.limits import SlidingRates, Windows, shared_windows
from haitech_adapters.limits.redis import SharedWindows
from haitech_app.testing import databases
from haitech_domain.ports import Rate
from tests.journeys.command import call, let_in, served_here
from tests.journeys.program import EMAIL, PASSWORD, as_url
from tests.journeys.redis_server import a_redis

PROCESSES = 20
LIMIT = 1_000
RATE = Rate("hour", LIMIT, 3600)
HAMMER = f"""
import asyncio, os, sys
from haitech_adapters.limits import SlidingRates, Windows
from haitech_adapters.limits.redis import SharedWindows
from haitech_domain.ports import Rate

async def main(go):
    shared = SharedWindows(sys.argv[1], patience=60)  # the machine may be busy with the others
    windows = Windows(shared=shared, patience=60)
    rates = SlidingRates(windows, secret=b"for tests")
    go.readline()
    let_in = 0
    for _ in range(100):
        verdict = await rates.spend("user:1", [Rate("hour", {LIMIT}, 3600)])
        let_in += verdict.retry_after is None
    await windows.close()
    os.write(1, b"%d\\n" % let_in)  # a line at once: the others write as well

gate, opened = os.pipe()
for _ in range({PROCESSES}):
    if os.fork() == 0:  # before anything of asyncio or Redis has begun
        os.close(opened)
        with os.fdopen(gate) as go:
            asyncio.run(main(go))
        os._exit(0)
os.close(opened)  # what all of them wait for
failed = [code for _ in range({PROCESSES}) if (code := os.wait()[1])]
sys.exit(len(failed))
"""
"""Twenty processes, made of one that has loaded everything, which then go at once."""


@pytest.fixture
def redis(tmp_path):
    with a_redis(tmp_path) as server:
        yield server


def test_twenty_processes_at_one_limit_never_exceed_it_by_more_than_one_percent(redis):
    """2,000 requests of 20 processes at once against 1,000 an hour."""
    command = [sys.executable, "-c", HAMMER, redis.url]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stderr
    assert not ended.stderr, "none had to count by itself"
    counts = [int(line) for line in ended.stdout.splitlines()]
    assert len(counts) == PROCESSES
    assert LIMIT <= sum(counts) <= LIMIT * 1.01


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


def logging_in(client, password):
    return client.post("/auth/login", json={"email": EMAIL, "password": password})


@pytest.mark.postgres
def test_two_servers_share_one_count(redis, folder):
    """Whichever of them is asked, the same caller has the same requests left, and whoever guesses
    passwords has the same guesses left."""
    shared = {
        "database_url": as_url(databases.new_database()),
        "redis_url": redis.url,
        "rate_limit_per_minute": 8,
        "login_limit": 3,
        "jwt_secret": "one secret for both servers, long enough",
        "secret_key": "another secret for both, and long enough",
        "admin_password": PASSWORD,
    }
    assert call(folder, "admin", "create", "--email", EMAIL, **shared).returncode == 0
    with served_here(folder, **shared) as first, served_here(folder, **shared) as second:
        second.headers["authorization"] = let_in(first).headers["authorization"]
        left = []
        for number in range(10):
            answer = (first, second)[number % 2].get("/courses")
            left.append((answer.status_code, answer.headers["x-ratelimit-remaining"]))
        assert left == [(200, str(n)) for n in range(7, -1, -1)] + [(429, "0")] * 2
        guesses = [logging_in(one, "not the password") for one in (first, second, first)]
        assert [guess.status_code for guess in guesses] == [401] * 3
        too_late = logging_in(second, PASSWORD)
        assert too_late.status_code == 429
        assert 1 <= int(too_late.headers["retry-after"]) <= 901
