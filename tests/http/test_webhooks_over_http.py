"""`/webhooks` over HTTP: the secret told once, what is refused, deliveries with their tries."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import jsonschema_rs
import pytest

from haitech_app.testing.doors import worked
from haitech_domain.change import CATALOGUE
from haitech_domain.ports import Receipt
from tests.http.school_world import (
    NOBODY,
    a_free_phone,
    a_school_behind_its_api,
    fields_of,
    ids_of,
)

URL = "https://hooks.example/one?token=known-to-us"


@pytest.fixture(scope="module")
def school():
    with a_school_behind_its_api() as world:
        yield world


@pytest.fixture
def world(school):
    """The school without webhooks of others, and a target that is content."""
    for one in school.admin.everything("/webhooks"):
        school.admin.drop(f"/webhooks/{one['id']}")
    work(school)
    courier(school).carried.clear()
    answering(school, Receipt(took_ms=3, response_status=204, answer=""))
    return school


def courier(world):
    return world.verbs.webhooks.deliver.carry.courier


def answering(world, receipt):
    courier(world).answers = lambda _: receipt


def made(world, **fields):
    return world.admin.make("/webhooks", {"url": URL, "events": ["customer.*"], **fields})


def happen(world):
    return world.admin.make("/customers", {"name": "Noa", "phone": a_free_phone()})


def work(world):
    return world.run(worked, world)


class TestMaking:
    def test_a_webhook_has_its_defaults_and_tells_its_secret_once_in_both_writings(self, world):
        hook = made(world)
        assert (hook["status"], hook["headers"], hook["name"]) == ("active", {}, None)
        assert (hook["failingSince"], hook["statusReason"], hook["rotatedAt"]) == (None,) * 3
        secret, whsec = hook.pop("secret"), hook.pop("whsec")
        assert len(secret) == 40
        assert secret.isalnum()
        assert secret.isascii()
        assert base64.b64decode(whsec.removeprefix("whsec_")).decode() == secret
        assert world.admin.get(f"/webhooks/{hook['id']}") == hook
        listed = world.admin.everything("/webhooks")
        assert listed == [hook]
        assert secret not in json.dumps(listed)

    def test_nothing_secret_is_in_the_audit_log(self, world):
        hook = made(world, headers={"Authorization": "Bearer hidden"})
        world.admin.put(f"/webhooks/{hook['id']}", {"url": URL + "2", "headers": {}})
        rotated = world.admin.act(f"/webhooks/{hook['id']}/rotate-secret")
        entries = world.admin.everything(f"/audit-logs/entity/webhook/{hook['id']}")
        assert [entry["action"] for entry in entries] == ["rotate", "update", "create"]
        told = json.dumps(entries)
        for secret in (hook["secret"], rotated["secret"], "hidden", "known-to-us"):
            assert secret not in told
        assert entries[-1]["new"]["sealedSecret"] == "***"
        assert entries[-1]["new"]["url"] == "***"

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"url": "https://private.example/"}, "url"),
            ({"url": "ftp://hooks.example/"}, "url"),
            ({"url": 7}, "url"),
            ({"events": []}, "events"),
            ({"events": ["meeting.exploded"]}, "events"),
            ({"events": "*"}, "events"),
            ({"headers": {"X-Webhook-Signature": "mine"}}, "headers"),
            ({"headers": {"X-A": "a\r\nX-B: b"}}, "headers"),
            ({"headers": {"X A": "a"}}, "headers"),
            ({"headers": {"X-A": 7}}, "headers"),
            ({"headers": ["X-A"]}, "headers"),
            ({"status": "asleep"}, "status"),
            ({"name": ""}, "name"),
            ({"secret": "my own"}, "secret"),
            ({"sealedSecret": "x"}, "sealedSecret"),
        ],
    )
    def test_what_breaks_a_rule_is_refused_by_its_field(self, world, body, field):
        given = {"url": URL, "events": ["*"], **body}
        error = world.admin.refused(400, "POST", "/webhooks", given)
        assert {name.partition("[")[0] for name in fields_of(error)} == {field}
        hook = made(world)
        error = world.admin.refused(400, "PATCH", f"/webhooks/{hook['id']}", body)
        assert {name.partition("[")[0] for name in fields_of(error)} == {field}

    def test_where_and_what_are_required(self, world):
        error = world.admin.refused(400, "POST", "/webhooks", {"name": "x"})
        assert fields_of(error) == {"url", "events"}

    def test_a_target_nothing_is_sent_to_is_told_why(self, world):
        body = {"url": "https://private.example/", "events": ["*"]}
        error = world.admin.refused(400, "POST", "/webhooks", body)
        assert error["reason"] == "url.private"


class TestChanging:
    def test_given_fields_only_and_null_clears(self, world):
        hook = made(world, name="One", headers={"X-A": "1"})
        path = f"/webhooks/{hook['id']}"
        after = world.admin.put(path, {"events": ["*", "meeting.*", "*"]})
        assert (after["events"], after["name"]) == (["*", "meeting.*"], "One")
        assert "secret" not in after
        assert world.admin.put(path, {"name": None})["name"] is None

    def test_a_stale_etag_changes_nothing(self, world):
        path = f"/webhooks/{made(world)['id']}"
        shown = world.admin.send("GET", path)
        tag = {"If-Match": shown.headers["etag"]}
        fresh = world.admin.send("GET", path, headers={"If-None-Match": shown.headers["etag"]})
        assert fresh.status_code == 304
        assert world.admin.send("PUT", path, {"name": "A"}, headers=tag).status_code == 200
        for method, body in (("PUT", {"name": "B"}), ("PATCH", {"name": "B"}), ("DELETE", None)):
            assert world.admin.send(method, path, body, headers=tag).status_code == 412
        assert world.admin.get(path)["name"] == "A"

    def test_rotating_tells_the_new_secret_once_and_both_sign(self, world):
        hook = made(world)
        rotated = world.admin.act(f"/webhooks/{hook['id']}/rotate-secret")
        assert rotated["secret"] != hook["secret"]
        assert rotated["rotatedAt"] is not None
        assert "secret" not in world.admin.get(f"/webhooks/{hook['id']}")
        happen(world)
        work(world)
        (parcel,) = courier(world).carried
        assert (parcel.secret, parcel.previous_secret) == (rotated["secret"], hook["secret"])

    def test_a_secret_is_told_again_to_whoever_repeats_with_the_same_key(self, world):
        body = {"url": URL, "events": ["*"]}
        key = {"Idempotency-Key": "the same webhook"}
        first = world.admin.send("POST", "/webhooks", body, headers=key)
        again = world.admin.send("POST", "/webhooks", body, headers=key)
        assert again.headers["idempotency-replayed"] == "true"
        assert again.json()["data"] == first.json()["data"]
        assert first.json()["data"]["secret"] not in repr(vars(world.uow._state)["answers"])

    def test_deleting_ends_it_and_restoring_brings_it_back(self, world):
        hook = made(world)
        path = f"/webhooks/{hook['id']}"
        world.admin.drop(path)
        world.admin.refused(404, "GET", path)
        world.admin.refused(404, "GET", f"{path}/deliveries")
        happen(world)
        assert work(world) == 0
        back = world.admin.act(f"{path}/restore")
        assert (back["url"], back["status"]) == (URL, "active")
        assert "secret" not in back
        happen(world)
        assert work(world) == 1

    @pytest.mark.parametrize("verb", ["test", "rotate-secret"])
    def test_what_is_not_there_is_not_found(self, world, verb):
        world.admin.refused(404, "POST", f"/webhooks/{NOBODY}/{verb}")
        error = world.admin.refused(400, "POST", f"/webhooks/{made(world)['id']}/{verb}", {"a": 1})
        assert fields_of(error) == {"a"}


class TestListing:
    def test_by_status_and_name(self, world):
        one = made(world, name="The accountant")
        two = made(world, name="The website", status="paused")
        listed = world.admin.page("/webhooks", status="paused")[0]
        assert ids_of(listed) == [two["id"]]
        assert ids_of(world.admin.page("/webhooks", search="ACCOUNT")[0]) == [one["id"]]
        by_name = world.admin.page("/webhooks", sortBy="name", sortOrder="asc")[0]
        assert ids_of(by_name) == [one["id"], two["id"]]

    def test_the_types_of_events_each_with_the_schema_of_what_is_sent(self, world):
        found = world.admin.get("/webhooks/events")
        assert [one["type"] for one in found] == sorted(CATALOGUE)
        for one in found:
            assert one["description"]
            assert one["version"] == 1
            jsonschema_rs.validator_for(one["schema"])


class TestDeliveries:
    def test_each_has_its_tries(self, world):
        answering(world, Receipt(took_ms=12, response_status=503, answer="busy"))
        hook = made(world)
        customer = happen(world)
        work(world)
        (found,), about = world.admin.page(f"/webhooks/{hook['id']}/deliveries")
        assert about["total"] == 1
        assert (found["status"], found["attempts"]) == ("pending", 1)
        assert found["eventType"] == "customer.created"
        assert found["eventId"] == courier(world).carried[0].event_name
        (attempt,) = found["tries"]
        assert attempt["at"] == found["createdAt"]
        assert {k: v for k, v in attempt.items() if k != "at"} == {
            "number": 1,
            "tookMs": 12,
            "responseStatus": 503,
            "answer": "busy",
            "error": None,
        }
        assert found["nextAt"] > found["createdAt"]
        sent = courier(world).carried[0].content
        assert sent["data"] == {"customerId": customer["id"], "name": "Noa"}

    def test_by_webhook_status_type_and_day(self, world):
        one, two = made(world), made(world, events=["customer.deleted"])
        gone = happen(world)
        work(world)
        world.admin.drop(f"/customers/{gone['id']}")
        today = world.clock.civil().date()
        day = timedelta(days=1)
        of = lambda **asked: {  # noqa: E731  # one line, asked eight times
            (d["webhookId"], d["eventType"]) for d in world.admin.page("/webhooks/deliveries", **asked)[0]
        }  # fmt: skip
        created = (one["id"], "customer.created")
        deleted = (one["id"], "customer.deleted")
        other = (two["id"], "customer.deleted")
        assert of() >= {created, deleted, other}
        assert of(webhookId=two["id"]) == {other}
        assert of(webhookId=one["id"], eventType="customer.deleted") == {deleted}
        assert of(webhookId=one["id"], status="delivered") == {created}
        assert of(webhookId=one["id"], status="pending") == {deleted}
        assert of(webhookId=one["id"], **{"from": today.isoformat()}) == {created, deleted}
        assert of(**{"from": (today + day).isoformat()}) == set()
        assert of(to=(today - day).isoformat()) == set()
        mine, _ = world.admin.page(f"/webhooks/{two['id']}/deliveries", status="pending")
        assert [d["webhookId"] for d in mine] == [two["id"]]

    @pytest.mark.parametrize(
        ("asked", "field"),
        [({"status": "lost"}, "status"), ({"from": "then"}, "from"), ({"sortBy": "url"}, "sortBy")],
    )
    def test_what_cannot_be_asked_is_refused_by_its_name(self, world, asked, field):
        error = world.admin.refused(400, "GET", "/webhooks/deliveries", params=asked)
        assert fields_of(error) == {field}

    def test_a_page_goes_on_by_its_cursor(self, world):
        hook = made(world)
        for _ in range(3):
            happen(world)
        path = f"/webhooks/{hook['id']}/deliveries"
        first, about = world.admin.page(path, limit=2)
        rest, end = world.admin.page(path, limit=2, cursor=about["nextCursor"])
        assert len({*ids_of(first), *ids_of(rest)}) == 3
        assert not end["hasMore"]

    def test_the_list_of_a_webhook_is_its_own(self, world):
        world.admin.refused(404, "GET", f"/webhooks/{NOBODY}/deliveries")
        asked = {"webhookId": str(NOBODY)}
        path = f"/webhooks/{made(world)['id']}/deliveries"
        assert fields_of(world.admin.refused(400, "GET", path, params=asked)) == {"webhookId"}


class TestByHand:
    def test_a_trial_is_told_at_once_with_what_came_of_it(self, world):
        hook = made(world, events=["meeting.*"], status="paused")
        told = world.admin.act(f"/webhooks/{hook['id']}/test")
        assert (told["status"], told["eventType"]) == ("delivered", "webhook.test")
        assert told["tries"][0]["responseStatus"] == 204
        answering(world, Receipt(took_ms=15_000, error="no whole answer within 15 s"))
        told = world.admin.act(f"/webhooks/{hook['id']}/test")
        assert (told["status"], told["error"]) == ("dead", "no whole answer within 15 s")
        assert world.admin.get(f"/webhooks/{hook['id']}")["failingSince"] is None
        assert work(world) == 0

    def test_sending_once_more(self, world):
        answering(world, Receipt(took_ms=1, response_status=410))
        hook = made(world)
        happen(world)
        work(world)
        path = f"/webhooks/{hook['id']}/deliveries"
        (dead,), _ = world.admin.page(path)
        assert dead["status"] == "dead"
        retry = f"{path}/{dead['id']}/retry"
        error = world.admin.refused(409, "POST", retry)
        assert error["reason"] == "webhook.not_active"
        now = world.admin.get(f"/webhooks/{hook['id']}")
        assert (now["status"], "410" in now["statusReason"]) == ("disabled", True)
        answering(world, Receipt(took_ms=1, response_status=200, answer="ok"))
        world.admin.put(f"/webhooks/{hook['id']}", {"status": "active"})
        told = world.admin.act(retry)
        assert (told["status"], len(told["tries"])) == ("pending", 1)
        assert world.admin.refused(409, "POST", retry)["reason"] == "delivery.pending"
        work(world)
        (sent,), _ = world.admin.page(path)
        assert [one["responseStatus"] for one in sent["tries"]] == [410, 200]
        assert len({parcel.event_name for parcel in courier(world).carried}) == 1
        assert world.admin.act(retry)["status"] == "pending", "what arrived can be sent again"

    def test_only_under_its_own_webhook(self, world):
        hook, other = made(world), made(world, events=["meeting.*"])
        happen(world)
        (delivery,), _ = world.admin.page(f"/webhooks/{hook['id']}/deliveries")
        for webhook, id in ((other["id"], delivery["id"]), (hook["id"], NOBODY), (NOBODY, NOBODY)):
            world.admin.refused(404, "POST", f"/webhooks/{webhook}/deliveries/{id}/retry")
        error = world.admin.refused(400, "POST", f"/webhooks/{hook['id']}/deliveries/x/retry")
        assert fields_of(error) == {"deliveryId"}


def test_a_key_has_nothing_to_do_with_webhooks_whatever_its_scopes(world):
    path = f"/webhooks/{made(world)['id']}"
    for caller in (world.key("*"), world.manager, world.as_yael):
        caller.refused(403, "GET", "/webhooks")
        caller.refused(403, "GET", path)
        caller.refused(403, "GET", "/webhooks/events")
        caller.refused(403, "GET", "/webhooks/deliveries")
        caller.refused(403, "POST", f"{path}/test")
        caller.refused(403, "POST", "/webhooks", {"url": URL, "events": ["*"]})
