"""Requests are limited by who sends them, and every answer says how its caller stands."""

from __future__ import annotations

import time
from ipaddress import ip_network

import attrs
import pytest
from litestar.di import Provide
from litestar.testing import TestClient

from haitech_adapters.http import Edge, Limiter, TrustedProxies, build_app
from haitech_adapters.http.health import HealthController
from haitech_adapters.limits import MemoryWindows, SlidingRates, Windows
from haitech_domain.ports import RequestRates
from tests.http.kernel_school import KEY as THE_KEY
from tests.http.kernel_school import PupilsController, Tokens, school
from tests.http.peers import nothing_to_check, reached_from

ADMIN = {"Authorization": "Bearer admin"}
INSTRUCTOR = {"Authorization": "Bearer instructor"}
KEY = {"X-API-Key": "haitech_live_1"}
LEGACY = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")
DRAFT = ("ratelimit", "ratelimit-policy")


class Seconds:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


class Limited:
    """The pupils' app, 8 requests an hour and 5 a minute."""

    def __init__(self, **more):
        self.clock = Seconds()
        rates = SlidingRates(Windows(MemoryWindows(self.clock)), secret=b"for tests")
        limiter = Limiter(limits=rates, rates=RequestRates(per_hour=8, per_minute=5))
        self.app = school(limiter=limiter, **more)


@pytest.fixture
def limited():
    return Limited(edge=Edge(proxies=TrustedProxies((ip_network("192.0.2.0/24"),))))


@pytest.fixture
def client(limited):
    app = reached_from(limited.app, "192.0.2.1")
    with TestClient(app, raise_server_exceptions=False) as running:
        yield running


def test_every_answer_says_how_its_caller_stands_in_both_families_of_headers(client):
    first = client.get("/pupils", headers=ADMIN)
    assert first.status_code == 200
    assert [first.headers[name] for name in LEGACY[:2]] == ["5", "4"]
    assert 50 <= int(first.headers["x-ratelimit-reset"]) - time.time() <= 61
    assert first.headers["ratelimit"] == '"minute";r=4;t=60, "hour";r=7;t=3600'
    assert first.headers["ratelimit-policy"] == '"minute";q=5;w=60, "hour";q=8;w=3600'
    assert "retry-after" not in first.headers


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [("GET", "/pupils", ADMIN, 200), ("HEAD", "/pupils", ADMIN, 200), ("POST", "/pupils", ADMIN, 400),
     ("GET", "/pupils", INSTRUCTOR, 403), ("GET", "/pupils", {}, 401), ("GET", "/pupils/me", KEY, 200),
     ("GET", "/pupils", ADMIN | {"Accept": "text/html"}, 406), ("GET", "/pupils/fails/x", {}, 500),
     ("GET", "/pupils/00000000-0000-0000-0000-000000000007", ADMIN, 404)],
)  # fmt: skip
def test_refusals_and_failures_say_it_too(client, method, path, headers, status):
    got = client.request(method, path, headers=headers)
    assert got.status_code == status
    for name in (*LEGACY, *DRAFT):
        assert len(got.headers.get_list(name)) == 1, name
    assert got.headers["x-ratelimit-remaining"] == "4"


def test_one_too_many_is_refused_in_the_envelope_with_the_seconds_to_wait(client, limited):
    for _ in range(5):
        assert client.get("/pupils", headers=ADMIN).status_code == 200
    refused = client.get("/pupils", headers=ADMIN)
    assert refused.status_code == 429
    error = refused.json()["error"]
    assert (error["code"], error["reason"]) == ("RATE_LIMITED", "rate.limited")
    wait = int(refused.headers["retry-after"])
    assert wait == 61
    assert error["message"] == f"too many requests; try again in {wait} s"
    assert refused.headers["x-ratelimit-remaining"] == "0"
    problem = client.get("/pupils", headers=ADMIN | {"Accept": "application/problem+json"})
    assert (problem.status_code, problem.json()["code"]) == (429, "RATE_LIMITED")
    limited.clock.now += wait
    assert client.get("/pupils", headers=ADMIN).status_code == 200


def test_the_hour_counts_as_well_as_the_minute(client, limited):
    answers = []
    for _ in range(12):
        answers.append(client.get("/pupils", headers=ADMIN).status_code)
        limited.clock.now += 30
    assert answers == [200] * 8 + [429] * 4
    refused = client.get("/pupils", headers=ADMIN)
    assert refused.headers["x-ratelimit-limit"] == "8", "the rate that leaves fewest is told"
    assert int(refused.headers["retry-after"]) > 3_000


def test_users_keys_and_addresses_are_counted_apart(client):
    for _ in range(5):
        client.get("/pupils", headers=ADMIN)
    assert client.get("/pupils", headers=ADMIN).status_code == 429
    assert client.get("/pupils/me", headers=INSTRUCTOR).status_code == 200
    assert client.get("/pupils/me", headers=KEY).status_code == 200
    assert client.get("/pupils/sheet").status_code == 200


def test_a_key_has_the_limit_that_was_given_to_it(client, monkeypatch):
    monkeypatch.setattr("tests.http.kernel_school.KEY", attrs.evolve(THE_KEY, rate_limit=2))
    answers = [client.get("/pupils/me", headers=KEY) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0].headers["ratelimit-policy"] == '"minute";q=5;w=60, "hour";q=2;w=3600'


def test_open_routes_are_counted_by_the_address_that_a_trusted_proxy_names(client):
    def ask(address):
        return client.get("/pupils/sheet", headers={"X-Forwarded-For": address}).status_code

    assert [ask("198.51.100.1") for _ in range(6)] == [200] * 5 + [429]
    assert ask("198.51.100.2") == 200
    assert [ask(f"2001:db8:1:2::{n}") for n in range(1, 7)] == [200] * 5 + [429], "one line's"
    assert ask("2001:db8:1:3::1") == 200


def test_bad_credentials_are_counted_by_address_apart_from_logging_in(client):
    """Guessing keys ends; whoever sits at the same address can still log in and work."""
    statuses = [
        client.get("/pupils/me", headers={"X-API-Key": f"haitech_live_{n}x"}).status_code
        for n in range(6)
    ]
    assert statuses == [401] * 5 + [429]
    assert client.get("/pupils/sheet").status_code == 200
    assert client.get("/pupils/me", headers=ADMIN).status_code == 200


@pytest.mark.parametrize("peer", [None, "a socket without a name"])
def test_whoever_has_no_address_is_counted_too(peer):
    with TestClient(reached_from(Limited().app, peer)) as client:
        statuses = [client.get("/pupils/sheet").status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]


def test_a_refused_request_changes_nothing(client):
    for _ in range(5):
        client.get("/pupils", headers=ADMIN)
    made = client.post("/pupils", json={"name": "a", "phone": "0501234567"}, headers=ADMIN)
    assert made.status_code == 429


def test_health_and_options_are_never_limited():
    limiter = Limiter(
        limits=SlidingRates(Windows(), secret=b"for tests"),
        rates=RequestRates(per_hour=3, per_minute=3),
    )
    app = build_app(
        controllers=[PupilsController, HealthController],
        dependencies={"checks": Provide(nothing_to_check, sync_to_thread=False)},
        tokens=Tokens(),
        limiter=limiter,
        title="School",
        version="1",
    )
    with TestClient(app) as client:
        for _ in range(20):
            assert client.get("/health/live").status_code == 200
            assert client.options("/pupils").status_code == 204
        assert not {*LEGACY, *DRAFT} & set(client.get("/health").headers)


def test_without_a_limiter_nothing_is_counted():
    with TestClient(school()) as client:
        assert not {*LEGACY, *DRAFT} & set(client.get("/pupils", headers=ADMIN).headers)
