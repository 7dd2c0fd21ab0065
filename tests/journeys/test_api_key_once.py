"""The one answer that holds a secret can get lost: its retry tells it again, and makes no second key."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest

from haitech_app.testing import databases
from tests.journeys.command import call, let_in, served_here
from tests.journeys.program import EMAIL, PASSWORD, as_url

pytestmark = pytest.mark.postgres

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


def everything_stored(url):
    with psycopg.connect(url) as database:
        return "".join(
            str(database.execute(f"SELECT * FROM {table}").fetchall())  # noqa: S608  # the catalogue's own words
            for (table,) in database.execute(TABLES).fetchall()
        )


def test_a_retry_of_the_same_request_tells_the_same_key(folder):
    settings = {"database_url": as_url(databases.new_database()), "admin_password": PASSWORD}
    assert call(folder, "admin", "create", "--email", EMAIL, **settings).returncode == 0
    with served_here(folder, **settings) as client:
        admin = let_in(client)
        headers = {"Idempotency-Key": str(uuid4())}
        answers = [
            admin.post("/api-keys", json={"name": "Site"}, headers=headers) for _ in range(2)
        ]
        assert [a.status_code for a in answers] == [201, 201]
        (key,) = {a.json()["data"]["key"] for a in answers}
        assert answers[1].headers["idempotency-replayed"] == "true"
        assert admin.get("/api-keys").json()["pagination"]["total"] == 1
    stored = everything_stored(settings["database_url"])
    assert key[:20] in stored, "the prefix is kept"
    assert key[20:] not in stored, "the rest is nowhere"
