"""`/api-keys` over HTTP: the key told once, what it opens, and how it ends (R-ACC-3)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from haitech_domain.access import SCOPES
from haitech_domain.api_key import hashed
from haitech_domain.testing.builders import a_key
from tests.http.school_world import (
    NOBODY,
    Caller,
    a_school_behind_its_api,
    fields_of,
    ids_of,
)


@pytest.fixture(scope="module")
def world():
    with a_school_behind_its_api() as world:
        yield world


def issued(world, **fields):
    return world.admin.make("/api-keys", {"name": "The website", **fields})


def caller(world, made):
    return Caller(world.client, made["key"])


def works(caller):
    return caller.send("GET", "/courses").status_code == 200


class TestIssuing:
    def test_a_key_has_its_defaults_and_is_told_once(self, world):
        made = issued(world)
        assert made["key"].startswith("haitech_test_")
        assert made["prefix"] == made["key"][:20]
        assert (made["scopes"], made["rateLimit"], made["isActive"]) == (["read:*"], 1000, True)
        again = world.admin.get(f"/api-keys/{made['id']}")
        assert again == {name: value for name, value in made.items() if name != "key"}
        assert made["key"] not in json.dumps(world.admin.everything("/api-keys"))

    def test_nothing_that_is_kept_holds_the_key(self, world):
        made = issued(world)
        kept = world.read(lambda tx: tx.api_keys.by_hash(hashed(made["key"])))
        assert str(kept.id) == made["id"]
        secret = made["key"][len("haitech_test_") :]
        told = [entry for one in world.uow.committed for entry in one.audit]
        assert secret not in repr((kept, told))
        (entry,) = [entry for entry in told if str(entry.entity_id) == made["id"]]
        assert (entry.action, entry.entity, entry.new["key_hash"]) == ("create", "api_key", "***")

    def test_no_two_keys_are_the_same(self, world):
        assert len({issued(world)["key"] for _ in range(20)}) == 20

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"scopes": ["read:everything"]}, "scopes"),
            ({"scopes": ["read:users"]}, "scopes"),
            ({"scopes": []}, "scopes"),
            ({"scopes": "*"}, "scopes"),
            ({"scopes": [1]}, "scopes[0]"),
            ({"rateLimit": 9}, "rateLimit"),
            ({"rateLimit": 100_001}, "rateLimit"),
            ({"expiresAt": "2026-10-18"}, "expiresAt"),
            ({"expiresAt": "2020-01-01T00:00:00Z"}, "expiresAt"),
            ({"name": "  "}, "name"),
            ({"name": None}, "name"),
            ({"key": "mine"}, "key"),
            ({"keyHash": "mine"}, "keyHash"),
            ({"lastUsedAt": "2026-01-01T00:00:00Z"}, "lastUsedAt"),
        ],
    )
    def test_bad_values_are_refused_by_name(self, world, body, field):
        asked = {"name": "Bad", **body}
        assert fields_of(world.admin.refused(400, "POST", "/api-keys", asked)) == {field}
        made = issued(world)
        error = world.admin.refused(400, "PUT", f"/api-keys/{made['id']}", body)
        assert fields_of(error) == {field}

    def test_a_list_is_filtered_searched_and_sorted(self, world):
        shop, blog = issued(world, name="Shop"), issued(world, name="Blog", isActive=False)
        mine = {shop["id"], blog["id"]}
        assert {r["id"] for r in world.admin.everything("/api-keys", search="shop")} == {shop["id"]}
        assert shop["id"] in ids_of(world.admin.everything("/api-keys", q=shop["prefix"]))
        off = world.admin.everything("/api-keys", isActive="false")
        assert mine & set(ids_of(off)) == {blog["id"]}
        rows = world.admin.everything("/api-keys", sortBy="name")
        assert [r["name"] for r in rows] == sorted(r["name"] for r in rows)

    def test_the_scopes_are_listed_with_what_they_open(self, world):
        found = world.admin.get("/api-keys/scopes")
        assert [scope["name"] for scope in found] == list(SCOPES)
        assert all(scope["description"] for scope in found)


class TestOpening:
    def test_by_its_own_header_and_as_bearer(self, world):
        made = issued(world)
        assert works(caller(world, made))
        own = world.nobody.send("GET", "/courses", headers={"X-API-Key": made["key"]})
        assert own.status_code == 200

    @pytest.mark.parametrize("key", [a_key(), "haitech_test_short", "haitech_live_" + "a" * 36])
    def test_what_is_no_key_is_unauthorized(self, world, key):
        for headers in ({"X-API-Key": key}, {"Authorization": f"Bearer {key}"}):
            answer = world.nobody.send("GET", "/courses", headers=headers)
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"]
            assert key not in answer.text

    def test_until_it_expires_and_clearing_the_expiry_opens_it_again(self, world):
        at = datetime.now(UTC).replace(year=2030, microsecond=0)
        made = issued(world, expiresAt=at.isoformat())
        key, start = caller(world, made), world.clock.now()
        try:
            world.clock.set(at - timedelta(seconds=1))
            assert works(key)
            world.clock.set(at)
            assert not works(key)
            renamed = world.admin.put(f"/api-keys/{made['id']}", {"name": "Late"})
            assert renamed["name"] == "Late"
            world.admin.put(f"/api-keys/{made['id']}", {"expiresAt": None})
            assert works(key)
        finally:
            world.clock.set(start)

    def test_while_it_is_active(self, world):
        made = issued(world)
        key = caller(world, made)
        world.admin.put(f"/api-keys/{made['id']}", {"isActive": False})
        assert not works(key)
        world.admin.put(f"/api-keys/{made['id']}", {"isActive": True})
        assert works(key)

    def test_what_its_scopes_say_now(self, world):
        made = issued(world, scopes=["read:branches"])
        key = caller(world, made)
        assert not works(key)
        world.admin.put(f"/api-keys/{made['id']}", {"scopes": ["read:courses", "read:branches"]})
        assert works(key)

    def test_never_keys(self, world):
        made = issued(world, scopes=["*"])
        key = caller(world, made)
        key.refused(403, "GET", "/api-keys")
        key.refused(403, "GET", f"/api-keys/{made['id']}")
        key.refused(403, "GET", "/api-keys/scopes")
        key.refused(403, "POST", "/api-keys", {"name": "A child"})
        key.refused(403, "POST", f"/api-keys/{made['id']}/rotate")
        key.refused(403, "DELETE", f"/api-keys/{made['id']}")
        assert works(key)


class TestRotating:
    def test_both_open_until_the_overlap_ends(self, world):
        made = issued(world)
        rotated = world.admin.act(f"/api-keys/{made['id']}/rotate")
        assert rotated["key"] != made["key"]
        assert rotated["prefix"] == rotated["key"][:20]
        old, new, start = caller(world, made), caller(world, rotated), world.clock.now()
        assert works(old)
        assert works(new)
        try:
            world.clock.advance(timedelta(hours=24))
            assert not works(old)
            assert works(new)
        finally:
            world.clock.set(start)

    def test_at_once_where_that_is_asked(self, world):
        made = issued(world)
        path = f"/api-keys/{made['id']}/rotate"
        rotated = world.admin.act(path, {"overlapMinutes": 0})
        assert rotated["previousUntil"] is None
        assert not works(caller(world, made))
        assert works(caller(world, rotated))
        assert rotated["key"] not in json.dumps(world.admin.get(f"/api-keys/{made['id']}"))

    @pytest.mark.parametrize("minutes", [-1, 10_081, 1.5, "1", None])
    def test_an_overlap_is_at_most_a_week(self, world, minutes):
        path = f"/api-keys/{issued(world)['id']}/rotate"
        error = world.admin.refused(400, "POST", path, {"overlapMinutes": minutes})
        assert fields_of(error) == {"overlapMinutes"}

    def test_what_does_not_exist_is_not_rotated(self, world):
        world.admin.refused(404, "POST", f"/api-keys/{NOBODY}/rotate")


class TestRevoking:
    def test_a_revoked_key_is_gone_and_stays_revoked_when_its_row_returns(self, world):
        made = issued(world)
        key, path = caller(world, made), f"/api-keys/{made['id']}"
        world.admin.drop(path)
        assert not works(key)
        world.admin.refused(404, "GET", path)
        world.admin.refused(404, "POST", f"{path}/rotate")
        assert made["id"] not in ids_of(world.admin.everything("/api-keys"))
        back = world.admin.act(f"{path}/restore")
        assert (back["name"], back["scopes"]) == (made["name"], made["scopes"])
        assert not works(key)
        assert works(caller(world, world.admin.act(f"{path}/rotate")))
        assert not works(key)


class TestBesideOthers:
    def test_a_stale_etag_does_not_change_a_key(self, world):
        path = f"/api-keys/{issued(world)['id']}"
        tag = world.admin.send("GET", path).headers["etag"]
        first = world.admin.send("PUT", path, {"name": "First"}, headers={"If-Match": tag})
        assert first.status_code == 200
        second = world.admin.send("PUT", path, {"name": "Second"}, headers={"If-Match": tag})
        assert second.status_code == 412
        gone = world.admin.send("DELETE", path, headers={"If-Match": tag})
        assert gone.status_code == 412
        assert world.admin.get(path)["name"] == "First"
