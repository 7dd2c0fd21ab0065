"""Two servers in production behind the nginx that we ship, as clients see them.

Requests take turns between the servers, so what one has to know of the other is asked for several times.
A worker of its own does what waits. What they share of limits is seen in `test_limits_redis`, of keys and sessions in
`test_program_processes`, of the queue in `test_telling_in_a_storm`.
"""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from haitech_app.testing import databases
from tests.certificates import certified
from tests.deployment.proxy import program, proxied
from tests.journeys.command import call
from tests.journeys.program import EMAIL, PASSWORD, as_url, until

pytestmark = pytest.mark.postgres

HOST = "crm.school.example"
SOMEBODY = "127.0.0.2"
"""Where the client comes from, to tell it from the proxy, which is 127.0.0.1."""
TURNS = 4
"""Requests after which each server was asked twice."""
MADE_UP = "203.0.113.9"
MIB = 1024 * 1024
HSTS = "max-age=31536000; includeSubDomains"
PROD: dict[str, Any] = {
    "env": "prod",
    "jwt_secret": "kX9v-2mQ7rT4wZ1pL8sN5bC3hJ6dF0gA",
    "secret_key": "Zt3n-8cR5yU1xW6qH9aV2eB7kM4jG0fD",
    "trusted_proxies": "127.0.0.1",
    "trusted_hosts": HOST,
    "metrics_token": "a token of the tests",
    "worker_inside": "false",
    "rate_limit_per_minute": 10_000,
    "rate_limit_per_hour": 10_000,
}


def what_is_sent_in_clear_is_shown_the_way(client, proxy):
    answer = client.get(f"http://127.0.0.1:{proxy.clear}/api/v1/courses?limit=2")
    assert answer.status_code == 308
    assert answer.headers["location"] == f"https://{HOST}/api/v1/courses?limit=2"


def clients_are_known_by_their_own_address_whatever_they_say(client):
    """What the audit log says of where a change came from."""
    answer = client.post(
        "/auth/login",
        json={"email": EMAIL, "password": PASSWORD},
        headers={"X-Forwarded-For": MADE_UP, "X-Forwarded-Proto": "http"},
    )
    assert answer.status_code == 200, answer.text
    client.headers["authorization"] = f"Bearer {answer.json()['data']['accessToken']}"
    made = client.post(
        "/courses",
        json={"name": "פייתון", "category": "programming"},
        headers={"X-Forwarded-For": MADE_UP},
    )
    assert made.status_code == 201, made.text
    [row] = client.get("/audit-logs", params={"entity": "course"}).json()["data"]
    assert row["address"] == SOMEBODY


def every_answer_says_hsts_once_and_other_names_are_refused(client):
    assert client.get("/health").headers.get_list("strict-transport-security") == [HSTS]
    refused = client.get("/courses", headers={"host": "elsewhere.example"})
    assert refused.status_code == 400, refused.text


def the_largest_body_passes_and_a_larger_one_is_refused_in_the_apis_words(client):
    def sent(size):
        body = b'{"name": "' + b"x" * (size - 12) + b'"}'
        return client.post("/courses", content=body, headers={"content-type": "application/json"})

    assert sent(MIB).status_code == 400, "the API itself finds the name too long"
    refused = sent(MIB + 1)
    assert refused.status_code == 413
    assert refused.json()["error"]["code"] == "PAYLOAD_TOO_LARGE"
    assert refused.headers.get_list("strict-transport-security") == [HSTS]


def both_servers_are_asked_and_metrics_of_neither_are_shown(client, proxy, ports):
    for _ in range(8):
        assert client.get("/courses").status_code == 200
    lines = [json.loads(line) for line in proxy.logged().splitlines()]
    asked = {line["server"] for line in lines if line["path"] == "/api/v1/courses"}
    assert {f"127.0.0.1:{port}" for port in ports} <= asked
    assert all(line["id"] for line in lines if line["path"] == "/api/v1/courses" and line["server"])
    hidden = client.get(f"https://127.0.0.1:{proxy.tls}/metrics")
    assert hidden.status_code == 404


def what_is_sent_again_with_its_key_is_done_once_whichever_server_it_comes_to(client):
    course = {"name": "רובוטיקה", "category": "robotics"}
    answers = [
        client.post("/courses", json=course, headers={"Idempotency-Key": "once-for-both"})
        for _ in range(TURNS)
    ]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["data"]["id"] for answer in answers}) == 1
    replayed = [answer.headers.get("idempotency-replayed") for answer in answers]
    assert replayed == [None] + ["true"] * (TURNS - 1)


def a_calendar_opens_on_every_server_and_closes_on_every_server(client):
    person = {"name": "יעל", "phone": "050-1234567", "rateFrontal": 150}
    made = client.post("/instructors", json=person)
    assert made.status_code == 201, made.text
    path = f"/instructors/{made.json()['data']['id']}"
    token = client.post(f"{path}/calendar-token").json()["data"]["token"]

    def feeds():
        asked = {"params": {"token": token}, "headers": {"authorization": ""}}
        return {client.get(f"{path}/calendar.ics", **asked).status_code for _ in range(TURNS)}

    assert feeds() == {200}
    assert client.delete(f"{path}/calendar-token").status_code == 204
    assert feeds() == {401}


def a_report_is_made_by_a_worker_and_fetched_from_any_server_whole_or_in_part(client):
    asked = client.post("/reports/export", json={"report": "revenue", "from": "2026-01-01"})
    assert asked.status_code == 202, asked.text
    path = f"/reports/exports/{asked.json()['data']['id']}"
    until(lambda: client.get(path).json()["data"]["status"] == "done", why="it is made")
    wholes = {client.get(f"{path}/download").content for _ in range(TURNS)}
    [whole] = wholes
    parts = [client.get(f"{path}/download", headers={"range": "bytes=3-9"}) for _ in range(TURNS)]
    assert {(part.status_code, part.content) for part in parts} == {(206, whole[3:10])}


def one_server_may_go_and_nobody_notices(client, server):
    assert server.stop() == 0
    assert {client.get("/courses").status_code for _ in range(10)} == {200}


def with_both_gone_the_answer_is_the_apis_own(client, server):
    assert server.stop() == 0
    answer = client.get("/courses")
    assert answer.status_code == 503
    assert answer.json()["error"]["code"] == "UNAVAILABLE"
    assert answer.headers["retry-after"] == "5"
    assert answer.headers.get_list("strict-transport-security") == [HSTS]


def test_a_school_behind_nginx_is_served_over_tls_by_whichever_server_lives(start, folder):
    program()
    url = as_url(databases.new_database())
    told = {**PROD, "database_url": url, "admin_email": EMAIL, "admin_password": PASSWORD}
    assert call(folder, "admin", "create", "--email", EMAIL, **told).returncode == 0
    first, second, _ = start(**told), start(**told), start("worker", **told)
    _, trusting = certified(folder, HOST)
    trusting.check_hostname = False
    ports = (first.ready().port, second.ready().port)
    with (
        proxied(folder, ports) as proxy,
        httpx.Client(
            base_url=f"https://127.0.0.1:{proxy.tls}/api/v1",
            headers={"host": HOST},
            transport=httpx.HTTPTransport(verify=trusting, local_address=SOMEBODY, http2=False),
            timeout=60,
        ) as client,
    ):
        what_is_sent_in_clear_is_shown_the_way(client, proxy)
        clients_are_known_by_their_own_address_whatever_they_say(client)
        every_answer_says_hsts_once_and_other_names_are_refused(client)
        the_largest_body_passes_and_a_larger_one_is_refused_in_the_apis_words(client)
        both_servers_are_asked_and_metrics_of_neither_are_shown(client, proxy, ports)
        what_is_sent_again_with_its_key_is_done_once_whichever_server_it_comes_to(client)
        a_calendar_opens_on_every_server_and_closes_on_every_server(client)
        a_report_is_made_by_a_worker_and_fetched_from_any_server_whole_or_in_part(client)
        one_server_may_go_and_nobody_notices(client, first)
        with_both_gone_the_answer_is_the_apis_own(client, second)
