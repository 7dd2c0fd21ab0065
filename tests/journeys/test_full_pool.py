"""The API over a pool of connections that is full: bounded waiting, refusals at once, recovery."""

from __future__ import annotations

import asyncio

import httpx
import psycopg
import pytest
from dependency_injector import providers

from haitech_adapters.postgres import PoolSettings, make_pool
from haitech_app.container import Container
from haitech_app.http_app import app_over
from haitech_app.settings import Settings
from haitech_app.testing import databases

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
CONNECTIONS = 2
WAITING = 3
"""How many may stand in line for a connection."""
EMAIL, PASSWORD = "admin@school.example", "correct horse battery"


async def test_a_full_pool_refuses_at_once_what_cannot_even_wait_and_then_recovers():
    """Of 40 requests, 2 run and 3 wait for at most their time; all others get 503 at once."""
    url = databases.emptied()
    settings = Settings(
        database_url=url,
        jwt_secret="a secret of the tests " * 2,
        secret_key="another secret of the tests " * 2,
    )
    container = Container(settings=settings)
    sizes = PoolSettings(
        min_size=CONNECTIONS, max_size=CONNECTIONS, max_waiting=WAITING, timeout=60
    )
    async with make_pool(url, sizes) as pool:
        await pool.wait()
        container.pool.override(providers.Object(pool))
        verbs = container.verbs()
        await verbs.create_admin(email=EMAIL, name="Admin", password=PASSWORD)
        app = app_over(verbs, tokens=container.tokens(), checks={})
        transport = httpx.ASGITransport(app)  # type: ignore[arg-type]  # its own words for the same
        async with httpx.AsyncClient(
            transport=transport, base_url="http://school/api/v1"
        ) as client:
            who = await client.post("/auth/login", json={"email": EMAIL, "password": PASSWORD})
            client.headers["authorization"] = f"Bearer {who.json()['data']['accessToken']}"
            assert (await client.get("/courses")).status_code == 200  # who calls is known now
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
