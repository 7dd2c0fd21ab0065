"""Traces and reports of failures: what arrives, and that nobody is in it. Off, nothing is loaded."""

from __future__ import annotations

import sys

import psycopg
import pytest
import structlog

from haitech_adapters.telemetry.tracing import Tracing
from haitech_app.settings import Settings, SettingsError
from haitech_app.telemetry import must_be_installed, traces_are_wanted
from haitech_app.testing import databases
from tests.journeys.command import call, let_in, served_here
from tests.journeys.listener import listening
from tests.journeys.program import EMAIL, PASSWORD, as_url, until

pytestmark = pytest.mark.postgres

SECRET = "a secret key of the tests, long enough"
NAME = "Zelophehad Unmistakable"
PHONE = "0501234567"
E164 = "+972501234567"
TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """Everything of one school that is watched: what its listener got, its log, its secrets."""
    folder, url = tmp_path_factory.mktemp("watched"), as_url(databases.new_database())
    shared = {"database_url": url, "secret_key": SECRET, "jwt_secret": SECRET[::-1]}
    made = call(folder, "admin", "create", "--email", EMAIL, "--password", PASSWORD, **shared)
    assert made.returncode == 0, made.stderr
    with pytest.MonkeyPatch.context() as patch, listening() as listener:
        patch.setenv("NO_PROXY", "127.0.0.1")
        watched = {
            **shared,
            "otlp_url": listener.base,
            "sentry_dsn": f"http://key@127.0.0.1:{listener.port}/1",
            "webhook_allow_hosts": f"127.0.0.1:{listener.port}",
        }
        with served_here(folder, **watched) as client:
            played = play(let_in(client), listener, url)
        yield {"listener": listener, **played}


def play(client, listener, url):
    body = {"url": f"{listener.base}/hook", "events": ["customer.*"]}
    hook = client.post("/webhooks", json=body)
    assert hook.status_code == 201, hook.text
    headers = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}
    made = client.post("/customers", json={"name": NAME, "phone": PHONE}, headers=headers)
    assert made.status_code == 201, made.text
    again = client.post("/customers", json={"name": NAME, "phone": PHONE})
    assert again.status_code == 409
    assert client.get(f"/customers?search={NAME}").status_code == 200
    until(lambda: listener.sent_to("/hook"), why="the webhook is told")
    with psycopg.connect(url) as connection:
        connection.execute("ALTER TABLE customers RENAME TO no_customers")
    broken = client.post("/customers", json={"name": NAME, "phone": "0527654321"})
    assert broken.status_code == 500
    with psycopg.connect(url) as connection:
        connection.execute("ALTER TABLE no_customers RENAME TO customers")
    return {
        "id": made.json()["data"]["id"],
        "made": made.headers["x-request-id"],
        "broken": broken.headers["x-request-id"],
        "secret": hook.json()["data"]["secret"],
        "token": client.headers["authorization"].removeprefix("Bearer "),
    }


def attributes(span):
    return {one.key: one.value.string_value or one.value.int_value for one in span.attributes}


def of_request(world, request_id):
    spans = world["listener"].spans()
    [root] = [s for s in spans if attributes(s).get("haitech.request_id") == request_id]
    return root, [s for s in spans if s.trace_id == root.trace_id]


def test_a_request_its_use_case_and_its_statements_are_one_trace(world):
    root, spans = of_request(world, world["made"])
    assert root.name == "POST /api/v1/customers"
    facts = attributes(root)
    assert facts["http.route"] == "/api/v1/customers"
    assert facts["http.response.status_code"] == 201
    work = [s for s in spans if s.name == "run"]
    assert work
    assert all(s.parent_span_id for s in spans if s is not root)
    assert any("haitech_domain.use_cases" in attributes(s)["code.function.name"] for s in work)
    texts = [attributes(s).get("db.query.text", "") for s in spans]
    assert any(text.startswith("INSERT INTO customers") for text in texts)
    assert all(s.start_time_unix_nano <= s.end_time_unix_nano for s in spans)


def test_the_trace_of_a_caller_is_linked_to_and_not_gone_on_with(world):
    root, _ = of_request(world, world["made"])
    assert root.trace_id.hex() != TRACE
    assert [link.trace_id.hex() for link in root.links] == [TRACE]


def test_a_delivery_is_a_span_of_its_job_and_its_target_is_told_which(world):
    [delivery] = [s for s in world["listener"].spans() if s.name == "POST webhook"]
    letter = world["listener"].sent_to("/hook")[0]
    told = f"00-{delivery.trace_id.hex()}-{delivery.span_id.hex()}-"
    assert letter.headers["traceparent"].startswith(told)
    [job] = [s for s in world["listener"].spans() if s.span_id == delivery.parent_span_id]
    assert job.name == "job webhook.deliver"


def test_a_failure_is_told_with_its_place_and_its_request(world):
    root, _ = of_request(world, world["broken"])
    assert root.status.code == 2
    [failure] = world["listener"].failures()
    assert failure["tags"]["request_id"] == world["broken"]
    assert failure["tags"]["trace_id"] == root.trace_id.hex()
    assert failure["tags"]["said"] == "unexpected failure"
    assert failure["tags"]["route"] == "/api/v1/customers"
    types = [one["type"] for one in failure["exception"]["values"]]
    assert "StatementRefused" in types
    frames = failure["exception"]["values"][-1]["stacktrace"]["frames"]
    assert any("haitech_adapters" in frame["filename"] for frame in frames)
    assert not any("vars" in frame for frame in frames)
    assert not any("value" in one for one in failure["exception"]["values"])


def test_nobody_and_no_secret_is_in_what_arrives(world):
    listener = world["listener"]
    arrived = [x for x in listener.letters if x.path != "/hook"]
    assert {letter.path.split("?")[0] for letter in arrived} == {
        "/v1/traces",
        "/api/1/envelope/",
    }
    private = [NAME, PHONE, E164, EMAIL, PASSWORD, SECRET, world["secret"], world["token"]]
    private += [NAME.split(maxsplit=1)[0], world["token"].split(".")[2], PHONE[1:], world["id"]]
    for letter in arrived:
        for word in private:
            assert word.encode() not in letter.body, (letter.path, word)


def test_every_log_line_within_names_the_trace():
    """What is bound here is on each line (`logs.py`), and is gone afterwards."""
    with listening() as listener:
        tracing = Tracing(url=listener.base, version="1", environment="dev")
        with tracing.span("x", {}) as span:
            bound = structlog.contextvars.get_contextvars()
        tracing.close()
        assert bound["trace_id"] == f"{span.get_span_context().trace_id:032x}"
        assert "trace_id" not in structlog.contextvars.get_contextvars()
        assert [span.name for span in listener.spans()] == ["x"]


def test_what_is_raised_is_told_by_its_type_alone():
    with listening() as listener:
        tracing = Tracing(url=listener.base, version="1", environment="dev")
        with pytest.raises(LookupError), tracing.span("x", {}):
            raise LookupError(NAME)
        tracing.close()
        [span] = listener.spans()
        assert attributes(span) == {"error.type": "LookupError"}
        assert NAME.encode() not in listener.letters[0].body


def test_opentelemetrys_own_variables_are_enough_and_can_switch_it_off():
    settings = Settings()
    assert not traces_are_wanted(settings, {})
    own = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}
    assert traces_are_wanted(settings, own)
    assert not traces_are_wanted(settings, {**own, "OTEL_SDK_DISABLED": "true"})


@pytest.mark.parametrize(
    ("setting", "module", "extra"),
    [
        ({"otlp_url": "http://c:4318"}, "opentelemetry.sdk", "telemetry"),
        ({"sentry_dsn": "https://key@sentry.example/1"}, "sentry_sdk", "sentry"),
    ],
)
def test_an_extra_that_is_missing_is_said_at_the_start(monkeypatch, setting, module, extra):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(SettingsError, match=rf"pip install 'haitech\[{extra}\]'"):
        must_be_installed(Settings(**setting))
