"""`/metrics`: for whoever has the token, without an envelope, and also while the database is away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from haitech_adapters.http.metrics import Metrics
from haitech_app.handlers import worker_of
from haitech_domain.errors import NotFound
from haitech_domain.ports import Receipt, Unavailable
from tests.http.school_world import a_free_phone, a_school_behind_its_api

TOKEN = "a token of the tests"


@pytest.fixture
def world():
    with a_school_behind_its_api() as world:
        yield world


def read(world, token=TOKEN, scheme="Bearer"):
    headers = {} if token is None else {"Authorization": f"{scheme} {token}"}
    return world.client.get("/metrics", headers=headers)


def figures(text):
    """Every sample by its name and labels."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_prometheus_reads_it_with_the_token(world):
    answer = read(world)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert answer.headers["cache-control"] == "no-store"
    found = figures(answer.text)
    assert found["haitech_database_up",] == 1
    assert found["haitech_queue_jobs", "waiting"] == 0
    assert found["haitech_webhook_deliveries", "dead"] == 0


@pytest.mark.parametrize(
    ("token", "scheme"),
    [(None, ""), ("", "Bearer"), ("another token", "Bearer"), (TOKEN, "Basic"), ("טוקן", "Bearer")],
)
def test_nobody_else_does(world, token, scheme):
    headers = {}
    if token is not None:
        headers["Authorization"] = f"{scheme} {token}".encode()
    answer = world.client.get("/metrics", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"]
    assert "haitech_" not in answer.text


def test_an_administrator_is_nobody_here(world):
    assert read(world, world.admin.token).status_code == 401
    assert world.client.get(f"/metrics?token={TOKEN}").status_code == 401
    assert world.client.get("/api/v1/metrics").status_code == 404


def test_without_a_token_set_there_is_no_such_page():
    for given in (None, "Bearer ", "Bearer None", f"Bearer {TOKEN}"):
        with pytest.raises(NotFound):
            Metrics().must_open(given)


def test_it_says_how_queue_and_deliveries_stand(world):
    courier = world.verbs.webhooks.deliver.carry.courier
    courier.answers = lambda parcel: Receipt(
        took_ms=1, response_status=200 if "good" in parcel.url else 500
    )
    for where in ("good", "bad"):
        body = {"url": f"https://{where}.example/", "events": ["customer.created"]}
        world.admin.make("/webhooks", body)
    metrics = Metrics(TOKEN)
    worker = worker_of(world.verbs, world.uow, world.clock, metrics.job_ended)
    for _ in range(2):
        world.admin.make("/customers", {"name": "Dana", "phone": a_free_phone()})
    world.clock.advance(timedelta(seconds=30))
    before = figures(read(world).text)
    assert before["haitech_queue_jobs", "waiting"] == 4
    assert before["haitech_queue_oldest_due_seconds",] == 30
    assert before["haitech_webhook_deliveries_recent", "pending"] == 4
    world.run(worker.drained)
    after = figures(read(world).text)
    assert after["haitech_webhook_deliveries", "pending"] == 2
    assert after["haitech_webhook_deliveries_recent", "delivered"] == 2
    assert after["haitech_webhook_oldest_pending_seconds",] == 30
    assert after["haitech_queue_oldest_due_seconds",] == 0
    counted = figures(metrics.exposed(None).decode())
    assert counted["haitech_jobs_total", "webhook.deliver", "done"] == 2
    assert counted["haitech_jobs_total", "webhook.deliver", "put_off"] == 2
    world.clock.advance(timedelta(hours=25))
    later = figures(read(world).text)
    assert later["haitech_webhook_deliveries_recent", "delivered"] == 0


def test_a_database_that_is_away_is_told_and_the_rest_as_well():
    metrics = Metrics(TOKEN)
    metrics.job_ended("mail.send", "buried")
    found = figures(metrics.exposed(None).decode())
    assert found["haitech_database_up",] == 0
    assert found["haitech_jobs_total", "mail.send", "buried"] == 1
    assert not [name for name, *_ in found if name.startswith("haitech_queue")]


def test_the_page_answers_while_the_database_is_away(world, monkeypatch):
    class Away:
        async def read(self, work):
            raise Unavailable("the database")

    monkeypatch.setattr(type(world.uow), "read", Away.read)
    answer = read(world)
    assert answer.status_code == 200
    assert figures(answer.text)["haitech_database_up",] == 0
