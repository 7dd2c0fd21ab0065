"""`/metrics`: for whoever has the token, without an envelope, and also while the database is away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from haitech_adapters.http.metrics import NoPage
from haitech_adapters.metrics import Counted, MetricsPage, Together
from haitech_adapters.metrics.counting import METHODS as KNOWN_METHODS
from haitech_app.handlers import worker_of
from haitech_domain.errors import NotFound
from haitech_domain.ports import Receipt, Unavailable
from tests.http.school_world import NOBODY, a_free_phone, a_school_behind_its_api

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
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
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
    for said in (None, "Bearer ", "Bearer None", f"Bearer {TOKEN}"):
        with pytest.raises(NotFound):
            NoPage().must_open(said)
        with pytest.raises(NotFound):
            a_page(Counted(), token=None).must_open(said)


def test_it_says_how_queue_and_deliveries_stand(world):
    courier = world.verbs.webhooks.deliver.carry.courier
    courier.answers = lambda parcel: Receipt(
        took_ms=1, response_status=200 if "good" in parcel.url else 500
    )
    for where in ("good", "bad"):
        body = {"url": f"https://{where}.example/", "events": ["customer.created"]}
        world.admin.make("/webhooks", body)
    counted = Counted()
    worker = worker_of(world.verbs, world.uow, world.clock, counted.job_ended)
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
    jobs = figures(generate_latest(counted.registry).decode())
    assert jobs["haitech_jobs_total", "webhook.deliver", "done"] == 2
    assert jobs["haitech_jobs_total", "webhook.deliver", "put_off"] == 2
    world.clock.advance(timedelta(hours=25))
    later = figures(read(world).text)
    assert later["haitech_webhook_deliveries_recent", "delivered"] == 0


async def away():
    raise Unavailable("the database")


def a_page(counted, watch=away, token=TOKEN):
    return MetricsPage(together=Together(registry=counted.registry), watch=watch, token=token)


@pytest.mark.anyio
async def test_a_database_that_is_away_is_told_and_the_rest_as_well():
    counted = Counted()
    counted.job_ended("mail.send", "buried")
    found = figures((await a_page(counted).text()).decode())
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


DURATIONS = "http_server_request_duration_seconds_count"
LABELS = ("http_route", "http_request_method", "http_response_status_code")


def requests(world):
    """How many requests each route, method and status had."""
    return {
        tuple(sample.labels[name] for name in LABELS): sample.value
        for family in text_string_to_metric_families(read(world).text)
        for sample in family.samples
        if sample.name == DURATIONS
    }


def since(world, before):
    """What came since; the looking itself left out."""
    now = {labels: count - before.get(labels, 0) for labels, count in requests(world).items()}
    return {labels: count for labels, count in now.items() if count and labels[0] != "/metrics"}


def test_requests_are_counted_by_the_template_of_their_route(world):
    before = requests(world)
    made = world.admin.make("/customers", {"name": "Dana", "phone": a_free_phone()})
    for _ in range(3):
        world.admin.get(f"/customers/{made['id']}")
    world.admin.refused(404, "GET", f"/customers/{NOBODY}")
    world.client.head("/api/v1/health")
    world.client.delete("/api/v1/health")
    one = "/api/v1/customers/{id}"
    assert since(world, before) == {
        ("/api/v1/customers", "POST", "201"): 1,
        (one, "GET", "200"): 3,
        (one, "GET", "404"): 1,
        ("/api/v1/health", "HEAD", "200"): 1,
        ("unmatched", "DELETE", "405"): 1,
    }


def test_the_answer_that_is_being_given_is_the_one_in_flight(world):
    for _ in range(2):
        assert figures(read(world).text)["http_server_active_requests",] == 1


def test_failed_logins_can_be_told_from_others(world):
    before = requests(world)
    world.client.post("/api/v1/auth/login", json={"email": "a@b.example", "password": "x" * 12})
    assert since(world, before) == {("/api/v1/auth/login", "POST", "401"): 1}


def test_an_answer_given_again_is_counted_as_such(world):
    before = figures(read(world).text)["haitech_idempotent_replays_total",]
    body = {"name": "Dana", "phone": a_free_phone()}
    for _ in range(3):
        answer = world.admin.send("POST", "/customers", body, headers={"Idempotency-Key": "k"})
        assert answer.status_code == 201
    assert figures(read(world).text)["haitech_idempotent_replays_total",] == before + 2


SEGMENTS = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_.~%+:@", min_size=1, max_size=12)
PATHS = st.lists(SEGMENTS, max_size=4).map("/".join)
METHODS = st.one_of(
    st.sampled_from(["GET", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND"]),
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=9),
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(method=METHODS, path=PATHS, within=st.booleans())
def test_for_all_paths_and_methods_no_label_is_made_of_what_a_caller_sent(
    world, method, path, within
):
    routes = {route.path_format for route in world.client.app.routes} | {"unmatched"}
    address = f"/api/v1/customers/{path}" if within else f"/{path}"
    world.client.request(method.upper(), address, headers={"X-HTTP-Method": method})
    for route, verb, status in requests(world):
        assert route in routes
        assert verb in {*KNOWN_METHODS, "_OTHER"}
        assert 100 <= int(status) < 600


def test_what_no_route_answers_has_one_label(world):
    before = requests(world)
    for path in ("/nothing", "/api/v1/nothing", "/api/v2/customers", "/nothing/either"):
        world.client.get(path)
    world.client.request("BREW", "/coffee")
    assert since(world, before) == {
        ("unmatched", "GET", "404"): 4,
        ("unmatched", "_OTHER", "404"): 1,
    }
