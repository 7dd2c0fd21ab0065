"""The API over a pool of connections that is full: bounded waiting, refusals at once, recovery."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx
import psycopg
import pytest

from haitech_adapters.calendar import IsraeliSchoolCalendar
from haitech_adapters.memory import CountingIds, FixedClock
from haitech_adapters.postgres import PoolSettings, PostgresUnitOfWork, make_pool
from haitech_adapters.security import Argon2Passwords, JwtTokens, SystemRandomness
from haitech_app.container import audit_key
from haitech_app.http_app import app_over
from haitech_domain.access import Actor, ActorKind, Role
from haitech_domain.testing.builders import an_id
from haitech_domain.use_cases import School, Verbs
from tests.doors import doors
from tests.postgres import databases

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
CONNECTIONS = 2
WAITING = 3
"""How many may stand in line for a connection."""
SECRET = "a secret of the tests, and long enough"


async def test_a_full_pool_refuses_at_once_what_cannot_even_wait_and_then_recovers():
    """Of 40 requests, 2 run and 3 wait for at most their time; all others get 503 at once."""
    url = databases.emptied()
    clock, ids = FixedClock(), CountingIds()
    settings = PoolSettings(
        min_size=CONNECTIONS, max_size=CONNECTIONS, max_waiting=WAITING, timeout=60
    )
    tokens = JwtTokens(secret=SECRET, clock=clock, life=timedelta(days=36_500))
    admin = Actor(kind=ActorKind.USER, id=an_id(), name="admin", role=Role.ADMIN)
    async with make_pool(url, settings) as pool:
        await pool.wait()
        verbs = Verbs.over(
            uow=PostgresUnitOfWork(pool, ids, clock, audit_key=audit_key(SECRET)),
            clock=clock,
            ids=ids,
            passwords=Argon2Passwords(),
            tokens=tokens,
            randomness=SystemRandomness(),
            school=School(holidays=IsraeliSchoolCalendar()),
            **doors(clock),
        )
        app = app_over(verbs, tokens=tokens, checks={})
        headers = {"Authorization": f"Bearer {tokens.issue(admin)[0]}"}
        transport = httpx.ASGITransport(app)  # type: ignore[arg-type]  # its own words for the same
        async with httpx.AsyncClient(
            transport=transport, base_url="http://school/api/v1", headers=headers
        ) as client:
            with psycopg.connect(url) as other:
                other.execute("LOCK TABLE courses IN ACCESS EXCLUSIVE MODE")
                asked = [asyncio.create_task(client.get("/courses")) for _ in range(40)]
                done, pending = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
                while len(pending) > CONNECTIONS + WAITING:
                    more, pending = await asyncio.wait(
                        pending, timeout=30, return_when=asyncio.FIRST_COMPLETED
                    )
                    assert more, "what cannot wait is answered while the pool is still full"
                    done |= more
                health = await client.get("/health")
                refused = [task.result() for task in done]
            for answer in refused:
                assert answer.status_code == 503
                assert int(answer.headers["retry-after"]) >= 1
                error = answer.json()["error"]
                assert (error["code"], error["reason"]) == ("UNAVAILABLE", "unavailable")
            assert len(refused) == 40 - CONNECTIONS - WAITING
            assert health.status_code == 200
            assert {answer.status_code for answer in await asyncio.gather(*pending)} == {200}
            after = await asyncio.gather(*(client.get("/courses") for _ in range(CONNECTIONS)))
            assert {answer.status_code for answer in after} == {200}
