"""Whatever SQL the app sends for a list or a single read, it reads no big table whole.

The statements are the app's own, taken down while it answers questions of `tests.growth`: each list
of its own with each of its filters and orders, each list of something else, and each single read.
"""

from __future__ import annotations

import asyncio

import httpx
import psycopg
import pytest

from haitech_app.api_document import api_document
from haitech_app.asgi import app_of
from haitech_app.serving_container import ServingContainer
from haitech_app.settings import Settings
from tests.growth.questions import questions
from tests.journeys.program import EMAIL, PASSWORD, as_url
from tests.load.recording import Asked, recorded
from tests.postgres import filled
from tests.postgres.test_postgres_plans import SMALL, read_whole

NEVER_MANY = {"users", "login_sessions", "api_keys", "saved_views", "time_off"}
"""Tables that do not grow with a school's meetings."""


def settings():
    return Settings.load(
        {
            "HAITECH_ENV": "staging",
            "HAITECH_LOG_LEVEL": "WARNING",
            "HAITECH_DATABASE_URL": as_url(filled.database()),
            "HAITECH_JWT_SECRET": "a secret of the plans, long enough for one",
            "HAITECH_SECRET_KEY": "another secret of the plans, as long as it",
            "HAITECH_WORKER_INSIDE": "false",
            "HAITECH_RATE_LIMIT_PER_HOUR": "100000",
            "HAITECH_RATE_LIMIT_PER_MINUTE": "100000",
        }
    )


async def a_token(chosen):
    """Of an administrator, made where there is none."""
    container = ServingContainer(settings=chosen)
    app = app_of(chosen, container=container)
    transport = httpx.ASGITransport(app)  # type: ignore[arg-type]  # its own words
    async with (
        container.pool(),
        httpx.AsyncClient(transport=transport, base_url="http://localhost/api/v1") as client,
    ):
        await container.verbs().create_admin.if_none(email=EMAIL, password=PASSWORD)
        answer = await client.post("/auth/login", json={"email": EMAIL, "password": PASSWORD})
        answer.raise_for_status()
    return answer.json()["data"]["accessToken"]


async def taken_down():
    chosen = settings()
    asked = {
        f"{question.path}?{httpx.QueryParams(question.query)}"
        for question in questions(api_document())
        if question.path.count("/") == 1 or not question.query
    }
    token = await a_token(chosen)
    return await recorded(chosen, token, {p: Asked(method="GET", path=p) for p in sorted(asked)})


@pytest.fixture(scope="module")
def statements():
    """Each statement that reads, once, with its parameters and the request that sent it."""
    found = asyncio.run(taken_down())
    return {
        one.sql: (path, one.params)
        for path, sent in found.items()
        for one in sent
        if one.sql.lstrip().startswith(("SELECT", "WITH"))
    }


def test_no_request_reads_a_big_table_whole(statements):
    assert len(statements) > 80
    whole = {}
    with psycopg.connect(filled.database()) as connection:
        connection.execute("SET enable_seqscan = off")
        for sql, (path, params) in statements.items():
            [(plan,)] = connection.execute(f"EXPLAIN (FORMAT JSON) {sql}", params).fetchall()
            read = read_whole(plan[0]["Plan"]) - SMALL - NEVER_MANY
            if read:
                whole[path] = read
    assert whole == {}
