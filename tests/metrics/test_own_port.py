"""The port for those who watch, and several processes that answer for each other: real sockets."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from haitech_adapters.metrics import Counted, MetricsPage, Together, own_port
from haitech_domain.ports import Unavailable
from tests.journeys.program import ASKING, free_port

pytestmark = pytest.mark.anyio

TOKEN = "a token of the tests"
HERE = "127.0.0.1"


@pytest.fixture
def folder():
    """A short path: that of a Unix socket may have no more than 107 bytes."""
    made = tempfile.mkdtemp(prefix="haitech-")
    yield Path(made)
    shutil.rmtree(made)


async def away():
    raise Unavailable("the database")


async def well():
    return None


async def unwell():
    return "the queue cannot be reached"


def a_page(counted, token=None, **more):
    together = Together(registry=counted.registry, **more)
    return MetricsPage(together=together, watch=away, token=token)


async def ask(port, path, method="GET", **headers):
    async with httpx.AsyncClient(base_url=f"http://{HERE}:{port}", **ASKING) as client:
        return await client.request(method, path, headers=headers)


def figures(text):
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def open_files():
    return len(os.listdir("/dev/fd"))  # noqa: PTH208  # numbers, not paths


async def test_without_a_port_nobody_listens():
    before = open_files()
    async with own_port(a_page(Counted()), {}, host=HERE, port=None):
        assert open_files() == before
    async with own_port(a_page(Counted()), {}, host=HERE, port=free_port()):
        assert open_files() > before


async def test_it_serves_the_page_and_what_probes_ask():
    port = free_port()
    async with own_port(a_page(Counted()), {"queue": well}, host=HERE, port=port):
        page = await ask(port, "/metrics")
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/plain; version=0.0.4")
        assert figures(page.text)["haitech_database_up",] == 0
        for path in ("/health", "/health/ready"):
            answer = await ask(port, path)
            assert answer.status_code == 200
            assert answer.json() == {"status": "ok", "checks": {"queue": "ok"}}
        assert (await ask(port, "/health/live?x=1")).status_code == 200
        assert (await ask(port, "/metrics", "HEAD")).content == b""
        assert (await ask(port, "/elsewhere")).status_code == 404
        assert (await ask(port, "/metrics", "POST")).status_code == 405


async def test_what_is_not_well_is_named_and_the_process_is_alive_all_the_same():
    port = free_port()
    checks = {"database": well, "queue": unwell}
    async with own_port(a_page(Counted()), checks, host=HERE, port=port):
        answer = await ask(port, "/health")
        assert answer.status_code == 503
        assert answer.json()["checks"] == {
            "database": "ok",
            "queue": "the queue cannot be reached",
        }
        assert (await ask(port, "/health/live")).status_code == 200


async def test_where_a_token_is_set_it_is_wanted_here_too():
    port = free_port()
    async with own_port(a_page(Counted(), TOKEN), {}, host=HERE, port=port):
        refused = await ask(port, "/metrics")
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == "Bearer"
        assert "haitech_" not in refused.text
        assert (await ask(port, "/metrics", authorization=f"Bearer {TOKEN}")).status_code == 200
        assert (await ask(port, "/health")).status_code == 200


@pytest.mark.parametrize("sent", [b"", b"GET", b"\r\n\r\n", b"x" * 40_000, b"\xff\r\n\r\n"])
async def test_what_is_no_request_harms_nobody(sent):
    port = free_port()
    async with own_port(a_page(Counted()), {}, host=HERE, port=port):
        _, writer = await asyncio.open_connection(HERE, port)
        writer.write(sent)
        writer.close()
        assert (await ask(port, "/health")).status_code == 200


async def test_every_process_answers_for_all(folder):
    one, two = Counted(), Counted()
    one.answered(method="GET", route="/x", status=200, seconds=0.1)
    for _ in range(2):
        two.answered(method="GET", route="/x", status=200, seconds=0.1)
    pages = [a_page(c, folder=folder, name=n) for c, n in ((one, "1"), (two, "2"))]
    async with AsyncExitStack() as both:
        for page in pages:
            await both.enter_async_context(page.together.telling())
        for page in pages:
            found = figures((await page.text()).decode())
            counts = {
                dict(labels)["process"]: value
                for (name, *labels), value in found.items()
                if name == "http_server_request_duration_seconds_count"
            }
            assert counts == {"1": 1, "2": 2}
            assert [key for key in found if key[0] == "haitech_database_up"] == [
                ("haitech_database_up",)
            ]
    assert not list(folder.iterdir())


async def test_one_that_is_gone_is_left_out(folder):
    """Also one that was killed, whose socket is still there, and one that says nonsense."""
    counted = Counted()
    page = a_page(counted, folder=folder, name="1")
    (folder / "2").write_text("")

    async def nonsense(_, writer):
        writer.write(b"\xc1")
        writer.close()

    async with page.together.telling():
        server = await asyncio.start_unix_server(nonsense, path=str(folder / "3"))
        found = figures((await page.text()).decode())
        server.close()
        await server.wait_closed()
    processes = {dict(labels).get("process") for _, *labels in found}
    assert processes == {"1", None}
