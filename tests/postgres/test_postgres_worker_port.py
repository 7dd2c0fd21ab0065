"""`haitech worker` with a port for those who watch."""

from __future__ import annotations

import asyncio
import os
import signal

import attrs
import httpx
import pytest

from haitech_app.address import AddressTaken
from haitech_app.settings import Settings
from haitech_app.work import until_stopped, work
from tests.journeys.program import ASKING, as_url, free_port

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(url):
    return attrs.evolve(
        Settings(),
        database_url=as_url(url),
        secret_key="a secret key of the tests",
        metrics_port=free_port(),
    )


async def healthy(client):
    for _ in range(600):
        try:
            answer = await client.get("/health")
        except httpx.TransportError:
            await asyncio.sleep(0.05)
            continue
        if answer.status_code == 200:
            return answer.json()
        await asyncio.sleep(0.05)
    raise AssertionError("waited in vain until the worker is healthy")


async def test_a_worker_tells_what_it_does_and_that_it_can(settings):
    working = asyncio.create_task(until_stopped(settings))
    base = f"http://127.0.0.1:{settings.metrics_port}"
    async with httpx.AsyncClient(base_url=base, **ASKING) as client:
        found = await healthy(client)
        page = (await client.get("/metrics")).text
    os.kill(os.getpid(), signal.SIGTERM)
    await working
    assert found == {"status": "ok", "checks": {"database": "ok", "queue": "ok"}}
    assert "haitech_database_up 1.0" in page
    assert 'haitech_queue_jobs{state="buried"} 0.0' in page
    assert "haitech_pool_connections_max 8.0" in page


async def test_a_port_that_is_taken_is_said_at_the_start(settings):
    async def silent(_, writer):
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", settings.metrics_port)
    with pytest.raises(AddressTaken, match=str(settings.metrics_port)):
        work(settings)
    server.close()
    await server.wait_closed()
