"""Two processes of one program: what ends in one is felt in the other within five seconds."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from tests.journeys.program import PATIENCE, programs, until

pytestmark = pytest.mark.postgres
BOUND = 5.0
"""Seconds within which a change is felt everywhere (issue, first bullet)."""
TURNS = 12
"""Connections of their own, so that both processes are asked."""


@pytest.fixture
def start(tmp_path):
    with programs(tmp_path) as starts:
        yield starts


def statuses(program, token):
    """What each of several fresh connections is answered."""
    found = []
    for _ in range(TURNS):
        headers = {"authorization": f"Bearer {token}"}
        answer = httpx.get(
            f"{program.base}/auth/me", headers=headers, trust_env=False, timeout=PATIENCE
        )
        found.append(answer.status_code)
    return found


def test_who_is_deactivated_is_out_on_every_process_within_five_seconds(start):
    program = start("serve", "--workers", "2").ready()
    person = {"email": "dana@school.example", "name": "Dana", "role": "manager"}
    with program.client() as admin:
        made = admin.post("/users", json={**person, "password": "a staple under the rug"})
        assert made.status_code == 201, made.text
        id = made.json()["data"]["id"]
        with program.client(person["email"], "a staple under the rug") as dana:
            token = dana.headers["authorization"].split()[1]
        assert statuses(program, token) == [200] * TURNS
        answer = admin.post(f"/users/{id}/deactivate")
        assert answer.status_code == 200, answer.text
        until(
            lambda: set(statuses(program, token)) == {401}, why="both say 401", patience=BOUND + 1
        )
        assert statuses(program, token) == [401] * TURNS
        # a role that changes is felt as well
        noa = {"email": "noa@school.example", "name": "Noa", "role": "manager"}
        id = admin.post("/users", json={**noa, "password": "a staple under the rug"}).json()[
            "data"
        ]["id"]
        with program.client(noa["email"], "a staple under the rug") as client:
            assert client.get("/customers").status_code == 200
            admin.put(f"/users/{id}", json={"role": "instructor"})
            until(
                lambda: client.get("/customers").status_code == 403,
                why="the role of now counts",
                patience=BOUND + 1,
            )
    assert program.stop() == 0


def test_a_forgotten_password_is_set_by_the_link_that_the_terminal_shows(start):
    """Development has no mail server: the letter is printed, and is in no log."""
    program = start(public_url="https://school.example").ready()
    email = "admin@school.example"
    post: dict[str, Any] = {"trust_env": False, "timeout": PATIENCE}
    for address in (email, "nobody@school.example"):
        answer = httpx.post(f"{program.base}/auth/forgot-password", json={"email": address}, **post)
        assert answer.status_code == 200
    [token] = until(
        lambda: re.findall(r"https://school\.example/reset-password#token=(\S+)", program.said()),
        why="the letter is shown",
    )
    body = {"token": token, "newPassword": "a staple under the rug"}
    assert httpx.post(f"{program.base}/auth/reset-password", json=body, **post).status_code == 200
    with program.client(email, "a staple under the rug") as client:
        assert client.get("/auth/me").status_code == 200
    assert program.stop() == 0
    logged = program.err.read_text()
    assert token not in logged
    assert email not in logged
