"""API keys of the real program: two processes, one end, and uses that survive a stop."""

from __future__ import annotations

import time
from uuid import uuid4

import httpx
import pytest

from tests.journeys.program import programs

pytestmark = pytest.mark.postgres
BOUND = 5
"""Seconds within which every process knows that a key has ended."""


@pytest.fixture
def start(tmp_path):
    with programs(tmp_path) as starts:
        yield starts


def asked(program, key, times=24):
    """Statuses over connections of their own, so that every process is asked."""
    headers = {"X-API-Key": key}
    url = f"{program.base}/courses"
    found = [httpx.get(url, headers=headers, trust_env=False).status_code for _ in range(times)]
    return set(found)


def test_a_key_ends_on_every_process_within_five_seconds_and_is_never_logged(start):
    program = start(workers=2).ready()
    with program.client() as admin:
        revoked, off, kept = (
            admin.post("/api-keys", json={"name": name}).json()["data"]
            for name in ("revoked", "off", "kept")
        )
        for made in (revoked, off, kept):
            assert asked(program, made["key"]) == {200}
        assert admin.delete(f"/api-keys/{revoked['id']}").status_code == 204
        changed = admin.patch(f"/api-keys/{off['id']}", json={"isActive": False})
        assert changed.json()["data"]["isActive"] is False
        time.sleep(BOUND)
        assert asked(program, revoked["key"]) == asked(program, off["key"]) == {401}
        assert asked(program, kept["key"]) == {200}
    assert program.stop() == 0
    everything = program.said() + program.err.read_text()
    for made in (revoked, off, kept):
        assert made["key"][13:] not in everything

    again = start().ready()
    with again.client() as admin:
        row = admin.get(f"/api-keys/{kept['id']}").json()["data"]
        assert (row["lastUsedIp"], row["version"]) == ("127.0.0.1", 1)
        assert row["lastUsedAt"] > row["createdAt"]
    assert again.stop() == 0


def test_a_retry_of_the_same_request_tells_the_same_key(start):
    """The one answer that holds a secret can get lost; its retry makes no second key."""
    program = start().ready()
    with program.client() as admin:
        headers = {"Idempotency-Key": str(uuid4())}
        answers = [
            admin.post("/api-keys", json={"name": "Site"}, headers=headers) for _ in range(2)
        ]
        assert [a.status_code for a in answers] == [201, 201]
        keys = {a.json()["data"]["key"] for a in answers}
        assert len(keys) == 1
        assert answers[1].headers["idempotency-replayed"] == "true"
        assert admin.get("/api-keys").json()["pagination"]["total"] == 1
        with program.database.connect() as database:
            dump = str(database.execute("SELECT * FROM api_keys").fetchall())
            tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            for (table,) in database.execute(tables).fetchall():
                dump += str(database.execute(f"SELECT * FROM {table}").fetchall())  # noqa: S608
        (key,) = keys
        assert key[:20] in dump, "the prefix is kept"
        assert key[20:] not in dump, "the rest is nowhere"
    assert program.stop() == 0
