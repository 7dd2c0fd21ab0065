"""Two processes of one program: what ends in one is felt in the other within five seconds."""

from __future__ import annotations

import re

import httpx
import psycopg
import pytest

from haitech_app.testing import databases
from tests.journeys.command import call
from tests.journeys.program import ASKING, EMAIL, as_url, free_port, until

pytestmark = pytest.mark.postgres

BOUND = 5.0
"""Seconds within which a change is felt everywhere (issue, first bullet)."""
TURNS = 16
"""Connections of their own, so that both processes are asked."""
PROCESSES = 2
WATCHER = "a token for those who watch"
SECRET = "a secret key of the tests, long enough"
STAPLE = "a staple under the rug"


def statuses(program, path="/auth/me", **headers):
    """What several fresh connections are answered."""
    return {program.get(path, **headers).status_code for _ in range(TURNS)}


def by_key(program, key):
    return statuses(program, "/courses", **{"x-api-key": key})


def a_user(admin, name):
    """Their id, and an address to log in with."""
    person = {"email": f"{name}@school.example", "name": name, "role": "manager"}
    made = admin.post("/users", json={**person, "password": STAPLE})
    assert made.status_code == 201, made.text
    return made.json()["data"]["id"], person["email"]


def what_ends_is_felt_by_both_within_five_seconds(program):
    """Keys, people and roles: all end at once, and each is asked for until both know."""
    with program.client() as admin:
        names = ("revoked", "off", "kept")
        keys = {n: admin.post("/api-keys", json={"name": n}).json()["data"] for n in names}
        (dana_id, dana), (noa_id, noa) = a_user(admin, "dana"), a_user(admin, "noa")
        with program.client(dana, STAPLE) as client:
            bearer = client.headers["authorization"]
        with program.client(noa, STAPLE) as client:
            noas = client.headers["authorization"]
        assert all(by_key(program, made["key"]) == {200} for made in keys.values())
        assert statuses(program, authorization=bearer) == {200}
        assert statuses(program, "/customers", authorization=noas) == {200}

        assert admin.delete(f"/api-keys/{keys['revoked']['id']}").status_code == 204
        changed = admin.patch(f"/api-keys/{keys['off']['id']}", json={"isActive": False})
        assert changed.json()["data"]["isActive"] is False
        assert admin.post(f"/users/{dana_id}/deactivate").status_code == 200
        assert admin.put(f"/users/{noa_id}", json={"role": "instructor"}).status_code == 200

        def felt():
            return (
                by_key(program, keys["revoked"]["key"]) == {401}
                and by_key(program, keys["off"]["key"]) == {401}
                and statuses(program, authorization=bearer) == {401}
                and statuses(program, "/customers", authorization=noas) == {403}
            )

        until(felt, why="both processes know", patience=BOUND + 1)
        assert felt()
        assert by_key(program, keys["kept"]["key"]) == {200}
    return keys


def a_forgotten_password_is_set_by_the_link_that_the_terminal_shows(program):
    """Development has no mail server: the letter is printed, and is in no log."""
    for address in (EMAIL, "nobody@school.example"):
        body = {"email": address}
        answer = httpx.post(f"{program.base}/auth/forgot-password", json=body, **ASKING)
        assert answer.status_code == 200
    [token] = until(
        lambda: re.findall(r"https://school\.example/reset-password#token=(\S+)", program.said()),
        why="the letter is shown",
    )
    body = {"token": token, "newPassword": "another staple under it"}
    assert httpx.post(f"{program.base}/auth/reset-password", json=body, **ASKING).is_success
    with program.client(EMAIL, "another staple under it") as client:
        assert client.get("/auth/me").status_code == 200
    return token


def the_log_is_sealed_meanwhile(url):
    """Each process seals now and then; they do not get into each other's way."""

    def sealed():
        with psycopg.connect(url) as connection:
            return connection.execute("SELECT FROM audit_seals").fetchall()

    until(sealed, why="the first rows are sealed")


def what_is_counted_is_true_whichever_is_asked(program, port):
    """Beside the API and on the port for those who watch: requests of both processes, summed."""
    asked = {"authorization": f"Bearer {WATCHER}"}
    own = f"http://127.0.0.1:{port}/metrics"

    def processes():
        page = httpx.get(own, headers=asked, **ASKING).text
        return set(re.findall(r'http_server_active_requests{process="(\d+)"}', page))

    until(lambda: len(processes()) == PROCESSES, why="both processes are up")
    before = answered(httpx.get(own, headers=asked, **ASKING).text)
    for _ in range(TURNS):
        assert program.get("/meta/version").status_code == 200
    beside = f"{program.base.removesuffix('/api/v1')}/metrics"
    for address in (*[beside] * 4, *[own] * 4):
        page = httpx.get(address, headers=asked, **ASKING).text
        assert answered(page) - before == TURNS
    assert len(processes()) == PROCESSES
    assert httpx.get(own, **ASKING).status_code == 401
    assert httpx.get(f"http://127.0.0.1:{port}/health", **ASKING).json()["checks"] == {
        "database": "ok",
        "queue": "ok",
    }


def answered(page):
    """How many times the version was asked for, by all processes together."""
    counted = (
        r'http_server_request_duration_seconds_count{.*http_route="/api/v1/meta/version".*} (.*)'
    )
    return sum(float(count) for count in re.findall(counted, page))


def no_secret_was_logged(program, keys, token):
    logged = program.err.read_text()
    for made in keys.values():
        assert made["key"][13:] not in program.said() + logged
    assert token not in logged
    assert EMAIL not in logged


def a_head_was_logged_that_the_sealed_log_still_has(program, url, folder):
    heads = [line["head"] for line in program.logged() if line["event"] == "audit head"]
    assert heads
    checked = call(
        folder, "audit", "verify", "--expect", heads[0], database_url=url, secret_key=SECRET
    )
    assert checked.returncode == 0, checked.stdout


def uses_of_keys_are_kept_beside_the_row(url, id):
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT last_used_ip, version, last_used_at > created_at FROM api_keys WHERE id = %s",
            [id],
        ).fetchone()
    assert row == ("127.0.0.1", 1, True)


def test_what_ends_in_one_process_ends_in_the_other_and_nothing_is_lost_at_the_stop(start, folder):
    url = as_url(databases.new_database())
    program = start(
        *("serve", "--workers", "2"),
        database_url=url,
        secret_key=SECRET,
        public_url="https://school.example",
        metrics_token=WATCHER,
        metrics_port=(port := free_port()),
    ).ready()
    what_is_counted_is_true_whichever_is_asked(program, port)
    keys = what_ends_is_felt_by_both_within_five_seconds(program)
    token = a_forgotten_password_is_set_by_the_link_that_the_terminal_shows(program)
    the_log_is_sealed_meanwhile(url)
    assert program.stop() == 0
    no_secret_was_logged(program, keys, token)
    a_head_was_logged_that_the_sealed_log_still_has(program, url, folder)
    uses_of_keys_are_kept_beside_the_row(url, keys["kept"]["id"])
