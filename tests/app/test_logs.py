"""Logs: a JSON object a line, with who asked for what; secrets and phones masked."""

from __future__ import annotations

import io
import json
import logging
import sys

import httpx
import pytest
import structlog
from litestar.testing import TestClient

from haitech_adapters.calendar import IsraeliSchoolCalendar
from haitech_adapters.memory import CountingIds, FixedClock, MemoryUnitOfWork
from haitech_adapters.security import Argon2Passwords, JwtTokens, SystemRandomness
from haitech_app import logs
from haitech_app.http_app import app_over
from haitech_app.testing.doors import doors
from haitech_domain.use_cases import School, Verbs


@pytest.fixture
def written(monkeypatch):
    """Reads what was logged, line by line."""
    root = logging.getLogger()
    before = (root.handlers, root.level)
    to = io.StringIO()
    monkeypatch.setattr(sys, "stderr", to)
    logs.configure("INFO")
    yield lambda: [json.loads(line) for line in to.getvalue().splitlines()]
    root.handlers, level = before[0], before[1]
    root.setLevel(level)
    structlog.reset_defaults()


def one(written):
    [line] = written()
    return line


def test_a_line_is_a_json_object_with_level_name_and_time(written):
    """Machines read logs; Hebrew stays readable for people."""
    structlog.get_logger("haitech.test").info("נשמר", cycle=7)
    line = one(written)
    assert (line["event"], line["cycle"], line["level"]) == ("נשמר", 7, "info")
    assert line["logger"] == "haitech.test"
    assert line["timestamp"].endswith("Z")


def test_the_standard_librarys_loggers_write_the_same_lines(written):
    """Libraries' warnings are not lost, and are no other format."""
    logging.getLogger("some.library").warning("%d left", 3)
    line = one(written)
    assert (line["event"], line["level"], line["logger"]) == ("3 left", "warning", "some.library")


def test_addresses_that_are_written_to_are_nobodys_business(written):
    """A webhook's address can hold a secret of its target's."""
    transport = httpx.MockTransport(lambda _: httpx.Response(200))
    with httpx.Client(transport=transport) as client:
        client.get("http://target.example/?token=hidden")
    assert written() == []


def test_what_is_below_the_level_is_not_written(written):
    """HAITECH_LOG_LEVEL."""
    structlog.get_logger("haitech.test").debug("sql")
    assert written() == []


def test_an_error_brings_its_traceback_in_its_own_line(written):
    """A traceback over many lines would break every reader."""
    try:
        raise ZeroDivisionError  # noqa: TRY301  # its traceback is the point
    except ZeroDivisionError:
        structlog.get_logger("haitech.test").exception("failed")
    line = one(written)
    assert line["level"] == "error"
    assert "ZeroDivisionError" in line["exception"]


@pytest.mark.parametrize(
    "name",
    [
        *("password", "token", "secret", "authorization", "phone", "email", "api_key"),
        *("access_token", "admin_password", "jwt_secret", "contact_phone", "contactPhone"),
        *("database_url", "password_hash", "Authorization", "account_number"),
    ],
)
def test_values_that_are_nobodys_business_are_masked_by_name(written, name):
    """Passwords, tokens, secrets, bank details and phones appear as ***."""
    structlog.get_logger("haitech.test").info("x", **{name: "050-1234567 hunter2"})
    assert one(written)[name] == "***"


def test_values_inside_of_others_are_masked_too(written):
    """Headers and bodies are logged as they come."""
    structlog.get_logger("haitech.test").info(
        "x", headers={"authorization": "Bearer hunter2"}, rows=[{"phone": "050-1234567"}]
    )
    assert "hunter2" not in str(one(written))
    assert "1234567" not in str(one(written))


@pytest.mark.parametrize(
    "phone", ["050-1234567", "0501234567", "+972501234567", "+972 50-123-4567"]
)
def test_phones_in_the_middle_of_a_text_are_masked(written, phone):
    """A message or a traceback quotes what was given."""
    structlog.get_logger("haitech.test").info(f"no customer with {phone} here")
    logging.getLogger("some.library").warning("called %s", phone)
    try:
        raise ValueError(phone)  # noqa: TRY301  # its traceback is the point
    except ValueError:
        structlog.get_logger("haitech.test").exception("failed")
    lines = written()
    assert len(lines) == 3
    assert not any(phone in json.dumps(line) for line in lines)


def test_a_request_is_logged_with_its_template_status_and_actor(written):
    """Request id, actor, route, status, ms; the path may hold a secret and is not logged."""
    clock, ids = FixedClock(), CountingIds()
    tokens = JwtTokens(secret="a secret of the tests " * 2, clock=clock)
    verbs = Verbs.over(
        uow=MemoryUnitOfWork(ids=ids, clock=clock),
        clock=clock,
        ids=ids,
        passwords=Argon2Passwords(),
        tokens=tokens,
        randomness=SystemRandomness(),
        school=School(holidays=IsraeliSchoolCalendar()),
        **doors(clock),
    )
    id = "0190aaaa-0000-7000-8000-000000000001"
    with TestClient(app_over(verbs, tokens=tokens, checks={})) as client:
        client.get(f"/api/v1/courses/{id}", headers={"x-request-id": "log-1"})
        client.get("/api/v1/health?secret=hunter2")
        client.get("/nowhere/hunter2")
    requests = [line for line in written() if line["event"] == "request"]
    [unknown] = [line for line in requests if line["request_id"] == "log-1"]
    assert (unknown["method"], unknown["status"], unknown["actor"]) == ("GET", 401, None)
    assert unknown["route"].startswith("/api/v1/courses/{id")
    assert unknown["ms"] >= 0
    assert "hunter2" not in json.dumps(requests)
    assert id not in json.dumps(requests)
