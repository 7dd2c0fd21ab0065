"""What every answer has in common, whatever went well or wrong."""

import re
import uuid

import pytest
import structlog
from litestar import get
from litestar.response.base import ASGIResponse
from litestar.testing import TestClient

from haitech_adapters import context
from haitech_adapters.http import Endpoint, HttpRequest, answer, build_app
from haitech_adapters.http.request_scope import RequestScope
from haitech_adapters.http.security_headers import SECURITY_HEADERS
from haitech_domain.access import Action, Resource
from tests.http.kernel_school import Keys, PupilsController, Tokens, school

ADMIN = {"Authorization": "Bearer admin"}
INSTRUCTOR = {"Authorization": "Bearer instructor"}
ONE = "/pupils/00000000-0000-0000-0000-000000000007"


@pytest.fixture(scope="module")
def client():
    with TestClient(school(), raise_server_exceptions=False) as running:
        yield running


def test_a_list_stands_in_its_envelope(client):
    body = client.get("/pupils", headers=ADMIN).json()
    assert body["data"] == [
        {
            "id": "00000000-0000-0000-0000-000000000007",
            "fullName": "דנה",
            "price": 300,
            "startTime": None,
        }
    ]
    assert body["pagination"] == {"total": 3, "limit": 20, "offset": 0, "hasMore": True}
    assert set(body["meta"]) == {"requestId", "timestamp"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", body["meta"]["timestamp"])


def test_an_amount_is_a_number_with_two_decimals(client):
    assert '"price":300.00,' in client.get("/pupils", headers=ADMIN).text


def test_creating_answers_with_the_declared_status_and_a_place(client):
    made = client.post("/pupils", json={"name": "a", "phone": "0501234567"}, headers=ADMIN)
    assert made.status_code == 201
    assert made.headers["location"] == "/pupils/7"
    assert '"price":282.49' in made.text


def test_deleting_answers_nothing(client):
    gone = client.delete(ONE, headers=ADMIN)
    assert gone.status_code == 204
    assert gone.content == b""


@pytest.mark.parametrize(
    ("how", "status", "code", "reason"),
    [
        ("stale", 412, "PRECONDITION_FAILED", "version.stale"),
        ("duplicate", 409, "CONFLICT", "duplicate"),
        ("unavailable", 503, "UNAVAILABLE", "unavailable"),
        ("invalid", 400, "VALIDATION_ERROR", "date.late"),
        ("other", 500, "INTERNAL_ERROR", "internal"),
    ],
)
def test_a_refusal_has_its_status_code_and_reason(client, how, status, code, reason):
    refused = client.get(f"/pupils/fails/{how}")
    assert refused.status_code == status
    error = refused.json()["error"]
    assert (error["code"], error["reason"]) == (code, reason)
    assert set(refused.json()) == {"error", "meta"}


def test_paths_of_the_domain_are_told_in_the_words_of_the_wire(client):
    details = client.get("/pupils/fails/invalid").json()["error"]["details"]
    assert details == [
        {"field": "records[2].startDate", "message": "is late", "reason": "date.late"}
    ]
    assert (
        client.get("/pupils/fails/duplicate").json()["error"]["details"][0]["field"]
        == "contactPhone"
    )


def test_says_when_to_try_again(client):
    assert client.get("/pupils/fails/unavailable").headers["retry-after"] == "3"


def test_a_failure_says_nothing_of_the_inside_and_the_log_has_it_under_the_request_id(client):
    with structlog.testing.capture_logs(
        processors=[structlog.contextvars.merge_contextvars]
    ) as lines:
        failed = client.get("/pupils/fails/x", headers={"X-Request-ID": "abc"})
    assert "secret" not in failed.text
    (line,) = [line for line in lines if line["event"] == "unexpected failure"]
    assert line["request_id"] == "abc"
    assert str(line["exc_info"]) == "secret of the inside"


def test_a_refusal_can_be_had_as_rfc_9457(client):
    refused = client.get(
        "/pupils/fails/invalid",
        headers={"Accept": "application/json, application/problem+json", "X-Request-ID": "r1"},
    )
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json() == {
        "type": "urn:haitech:problem:date.late",
        "title": "Bad Request",
        "status": 400,
        "detail": "Invalid input",
        "instance": "urn:haitech:request:r1",
        "code": "VALIDATION_ERROR",
        "reason": "date.late",
        "errors": [{"field": "records[2].startDate", "message": "is late", "reason": "date.late"}],
        "requestId": "r1",
    }


@pytest.mark.parametrize(
    "accept",
    ["application/xml", "text/html", "image/*", "x", "*/*;q=0", "application/json; Q=0.0, text/a"],
)
def test_refuses_what_it_cannot_write(client, accept):
    refused = client.get("/pupils", headers=ADMIN | {"Accept": accept})
    assert refused.status_code == 406
    assert refused.json()["error"]["code"] == "NOT_ACCEPTABLE"


@pytest.mark.parametrize(
    "accept", ["*/*", "application/*", "application/json;q=0.5, text/html", "text/html, */*;q=0.1",
               "application/problem+json", "", " ", "text/html;q=0, */*"],
)  # fmt: skip
def test_writes_what_is_wanted(client, accept):
    assert client.get("/pupils", headers=ADMIN | {"Accept": accept}).status_code == 200


@pytest.mark.parametrize(
    ("accept", "problem"),
    [
        ("application/json, application/problem+json", True),
        ("application/problem+json;q=0.5, application/json", False),
        ("application/problem+json, application/json;q=0.5", True),
        ("application/problem+json;q=0, */*", False),
    ],
)
def test_a_refusal_is_written_in_the_form_that_is_preferred(client, accept, problem):
    refused = client.get("/pupils", params={"nothing": "known"}, headers=ADMIN | {"Accept": accept})
    assert refused.status_code == 400
    assert (refused.headers["content-type"] == "application/problem+json") is problem


def test_a_route_that_writes_something_else_says_so(client):
    sheet = client.get("/pupils/sheet", headers={"Accept": "text/csv"})
    assert sheet.text == "a,b\n"
    assert client.get("/pupils/sheet", headers={"Accept": "application/xml"}).status_code == 406


EVERY = [
    ("GET", "/pupils", {}, 401),
    ("GET", "/pupils", INSTRUCTOR, 403),
    ("GET", "/pupils", ADMIN, 200),
    ("HEAD", "/pupils", ADMIN, 200),
    ("GET", "/nothing", {}, 404),
    ("PATCH", "/pupils", ADMIN, 405),
    ("BREW", "/pupils", ADMIN, 405),
    ("OPTIONS", "/pupils", {}, 204),
    ("POST", "/pupils", ADMIN, 400),
    ("GET", "/pupils", ADMIN | {"Accept": "text/html"}, 406),
    ("GET", "/pupils/fails/x", {}, 500),
    ("GET", "/pupils", {"Host": "a b"}, 400),
]


@pytest.mark.parametrize(("method", "path", "headers", "status"), EVERY)
def test_every_answer_has_its_request_id_and_the_security_headers(
    client, method, path, headers, status
):
    got = client.request(method, path, headers=headers | {"X-Request-ID": "me.1_2-3"})
    assert got.status_code == status
    assert got.headers.get_list("x-request-id") == ["me.1_2-3"]
    assert SECURITY_HEADERS.items() <= got.headers.items()
    if method not in {"HEAD", "OPTIONS"}:
        assert got.json()["meta"]["requestId"] == "me.1_2-3"


@pytest.mark.parametrize("unsafe", ["a b", "x" * 65, "<script>", "", "é"])
def test_an_unsafe_request_id_is_replaced(client, unsafe):
    got = client.get("/nothing", headers={"X-Request-ID": unsafe.encode()})
    assert uuid.UUID(got.headers["x-request-id"]).version == 4


def test_every_request_has_one_line_in_the_log_without_what_is_secret(client):
    with structlog.testing.capture_logs() as lines:
        client.get(f"{ONE}?phone=0501234567", headers=ADMIN | {"X-Request-ID": "r2"})
    (line,) = lines
    assert line.pop("ms") >= 0
    assert line == {
        "event": "request",
        "log_level": "info",
        "request_id": "r2",
        "method": "GET",
        "route": "/pupils/{id}",
        "status": 404,
        "actor": "user:00000000-0000-0000-0000-000000000001",
    }


def test_head_is_get_without_its_body(client):
    head = client.head("/pupils", headers=ADMIN)
    assert head.content == b""
    assert int(head.headers["content-length"]) > 100


def test_options_names_every_method(client):
    assert client.options("/pupils").headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert client.patch("/pupils").headers["allow"] == "GET, HEAD, OPTIONS, POST"


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer"}, {"Authorization": "Bearer no"},
     {"Authorization": "Bearer " + "x" * 9000}, {"Authorization": "Bearer é".encode()},
     {"X-API-Key": "haitech_live_2"}, {"X-API-Key": "admin"}],
)  # fmt: skip
def test_no_or_bad_credentials_are_refused(client, headers):
    refused = client.get("/pupils/me", headers=headers)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Bearer")
    assert refused.json()["error"]["code"] == "UNAUTHORIZED"


@pytest.mark.parametrize(
    ("headers", "kind"),
    [({"Authorization": "bearer admin"}, "user"), ({"X-API-Key": "haitech_live_1"}, "api_key"),
     ({"Authorization": "Bearer haitech_live_1"}, "api_key")],
)  # fmt: skip
def test_good_credentials_tell_who_is_calling(client, headers, kind):
    assert client.get("/pupils/me", headers=headers).json()["data"] == kind


def test_the_route_is_refused_before_the_body_is_read(client):
    assert client.post("/pupils", content=b"{", headers=INSTRUCTOR).status_code == 403
    assert client.post("/pupils", content=b"{").status_code == 401


def test_keys_are_refused_where_there_are_none():
    with TestClient(
        build_app(controllers=[PupilsController], tokens=Tokens(), title="School", version="1")
    ) as client:
        assert client.get("/pupils/me", headers={"X-API-Key": "haitech_live_1"}).status_code == 401


def test_a_route_without_a_declaration_needs_somebody():
    @get("/bare")
    async def bare(request: HttpRequest) -> ASGIResponse:
        facts = context.current()
        assert facts is not None
        return answer(request, [facts.method, facts.path, facts.who, facts.user_agent])

    app = build_app(controllers=[bare], tokens=Tokens(), keys=Keys(), title="School", version="1")
    with TestClient(app) as client:
        assert client.get("/bare").status_code == 401
        agent = [(b"authorization", b"Bearer admin"), (b"user-agent", "a\x9fב".encode())]
        said = client.get("/bare", headers=agent).json()["data"]
        assert said == ["GET", "/bare", "user:00000000-0000-0000-0000-000000000001", "a?ב"]
    assert context.current() is None


def test_an_error_outside_of_every_route_is_answered_in_the_envelope_too():
    app = school()

    async def broken(scope, receive, send):
        raise RuntimeError("secret")

    app.asgi_handler = RequestScope(broken, {})
    with TestClient(app, raise_server_exceptions=False) as client:
        failed = client.get("/pupils", headers={"X-Request-ID": "r3"})
    assert failed.status_code == 500
    assert failed.json()["meta"]["requestId"] == "r3"
    assert "secret" not in failed.text


def test_a_route_is_not_both_open_and_guarded():
    with pytest.raises(ValueError, match="either open"):
        Endpoint(summary="Both", open=True, access=(Action.READ, Resource.LEADS))
