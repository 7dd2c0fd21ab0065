"""A pool whose connections are all at work, and a PostgreSQL that gives no more: 503, then recovery.

A server with few connections is asked for far more than they can bear, while a table is locked that
all of it needs; and while strangers hold every connection that PostgreSQL has.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import psycopg

from tests.drills.desk import BOUND, Desk, data_of, desk
from tests.drills.outcome import Outcome, scaled
from tests.drills.site import Site, site

NAME: Final = "a full pool"
NO_MORE: Final = "PostgreSQL gives no more connections"
CONNECTIONS: Final = 4
LONGEST: Final = 20.0
"""Seconds within which every request is refused: five for a connection, ten for a lock, the rest for a busy machine."""
AT_ONCE: Final = 5.0
"""Seconds within which `/health` answers, whatever else is the matter."""
OURS: Final = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'haitech%'"
)
MOST: Final = "SELECT current_setting('max_connections')::int"


def run() -> Sequence[Outcome]:
    """Both, each with so many requests to each of two servers' connections."""
    return asyncio.run(filled(requests=scaled(400, 60)))


async def filled(*, requests: int) -> list[Outcome]:
    """Fill the pool with so many requests, half of which write."""
    outcomes = []
    with site(pool_size=CONNECTIONS) as servers:
        for name, full in ((NAME, _locked), (NO_MORE, _taken)):
            async with desk(servers.ports) as asking:
                outcomes.append(await _refused(name, servers, asking, full, requests))
    return outcomes


Full = Callable[[Site], Any]


async def _refused(name: str, servers: Site, asking: Desk, full: Full, requests: int) -> Outcome:
    """What is refused while there is no room, and what its repetition does once there is."""
    bodies = [{"name": f"{name} {n}", "category": "ai"} for n in range(requests // 2)]
    async with full(servers):
        calls = [asking.ask("POST", "/courses", b, key=f"{name} {b['name']}") for b in bodies]
        calls += [asking.ask("GET", "/courses") for _ in bodies]
        tasks = [asyncio.create_task(call) for call in calls]
        wrong = await _health(servers, asking)
        early = await asyncio.gather(*tasks)
    wrong += [f"{sum(map(bool, early))} answers"] * (None in early)
    refused = sum(answer is not None and answer.status_code == 503 for answer in early)
    if asking.slowest > LONGEST:
        wrong.append(f"an answer took {asking.slowest:.1f} s")
    asking.may_only_be("2xx", "503 unavailable", "503 not_ready")
    seen = f"{refused} refused, then all done; {asking.said}"
    sent_again = (asking.settled("POST", "/courses", b, key=f"{name} {b['name']}") for b in bodies)
    answers = await asyncio.gather(*sent_again)
    answered = [data_of(answer)["id"] for answer in answers]
    back = await _ready_again(servers, asking)
    if back > LONGEST:
        wrong.append(f"ready again only after {back:.1f} s")
    there = await asyncio.to_thread(_courses, servers, name)
    return Outcome.of(
        name,
        tried=requests,
        answered=answered,
        there=there,
        seen=f"{seen}; ready again after {back:.1f} s",
        wrong=[*wrong, *asking.complaints, *await asyncio.to_thread(servers.complaints)],
    )


async def _health(servers: Site, asking: Desk) -> list[str]:
    """`/health` says at once that the program lives, `/health/ready` that it cannot work."""
    await asyncio.sleep(0.5)  # until all requests have come in
    wrong = []
    for place in range(len(servers.servers)):
        began = time.monotonic()
        alive = await asking.asked("GET", "/health", server=place)
        took = time.monotonic() - began
        wrong += [f"/health took {took:.1f} s"] * (took > AT_ONCE)
        ready = await asking.asked("GET", "/health/ready", server=place)
        if (alive.status_code, ready.status_code) != (200, 503):
            wrong.append(f"health {alive.status_code}, ready {ready.status_code}")
    return wrong


async def _ready_again(servers: Site, asking: Desk) -> float:
    """Seconds until every server says that it can work."""
    began = time.monotonic()
    for place in range(len(servers.servers)):
        while not (await asking.asked("GET", "/health/ready", server=place)).is_success:
            assert time.monotonic() < began + BOUND, "a server is never ready again"
            await asyncio.sleep(0.2)
    return time.monotonic() - began


def _courses(servers: Site, name: str) -> list[str]:
    with servers.connect() as connection:
        found = connection.execute(
            "SELECT id::text FROM courses WHERE name LIKE %s", [f"{name} %"]
        ).fetchall()
    return [id for (id,) in found]


@asynccontextmanager
async def _locked(servers: Site) -> AsyncIterator[None]:
    """All that has to do with courses waits, and holds its connection."""
    with servers.connect() as stranger, stranger.transaction():
        stranger.execute("LOCK TABLE courses IN ACCESS EXCLUSIVE MODE")
        yield


@asynccontextmanager
async def _taken(servers: Site) -> AsyncIterator[None]:
    """Strangers hold every connection; the servers have none left."""
    with servers.connect() as first:
        [most] = first.execute(MOST).fetchone() or [0]
        strangers: list[psycopg.Connection[Any]] = []
        try:
            for _ in range(most):
                first.execute(OURS)
                with suppress(psycopg.OperationalError):
                    strangers.append(servers.connect())
            yield
        finally:
            for stranger in strangers:
                stranger.close()
