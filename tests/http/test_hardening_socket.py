"""Hostile requests to a hardened app behind the real server: refused, in the envelope, never 500."""

from __future__ import annotations

import contextlib
import json
import re
import socket

import pytest

from tests.http.served import ask, served

pytest.importorskip("granian")
HOST = {"Host": "school.example"}
JSON = HOST | {"Content-Type": "application/json"}
SMUGGLED = (
    b"POST /pupils/act HTTP/1.1\r\nHost: school.example\r\nContent-Length: 1\r\n"
    b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n"
)
ADMIN = HOST | {"Authorization": "Bearer admin"}


@pytest.fixture(scope="module")
def port():
    with served("tests.http.kernel_school:hardened") as number:
        yield number


def error_of(body):
    found = json.loads(body)
    assert set(found) == {"error", "meta"}
    return found["error"]


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [(("PATCH", "/pupils", ADMIN, None), 405, "METHOD_NOT_ALLOWED"),
     (("GET", "/pupils", ADMIN | {"Accept": "text/html"}, None), 406, "NOT_ACCEPTABLE"),
     (("POST", "/pupils/act", JSON, b" " * 10_000_000), 413, "PAYLOAD_TOO_LARGE"),
     (("POST", "/pupils/act", HOST | {"Content-Type": "text/plain"}, b"{}"), 415, "UNSUPPORTED_MEDIA_TYPE"),
     (("GET", "/nothing", HOST, None), 404, "NOT_FOUND"),
     (("GET", "/pupils", {"Host": "evil.example"}, None), 400, "VALIDATION_ERROR"),
     (("POST", "/pupils/act", JSON, b"[" * 100_000), 400, "VALIDATION_ERROR"),
     (("POST", "/pupils/act", JSON, b'{"dryRun":' * 20_000), 400, "VALIDATION_ERROR"),
     (("PUT", "/pupils/x/raw", JSON, b'{"filters":{"a":' * 9_000), 400, "VALIDATION_ERROR"),
     (("PUT", "/pupils/x/raw", JSON, rb'{"name":"a\u0000b","phone":"1"}'), 400, "VALIDATION_ERROR"),
     (("PUT", "/pupils/x/raw", JSON, b'{"name":"a\0b","phone":"1"}'), 400, "VALIDATION_ERROR"),
     (("PUT", "/pupils/x/raw", JSON, b'{"name":"\xff","phone":"1"}'), 400, "VALIDATION_ERROR"),
     (("GET", "/pupils/asked?city=%00", HOST, None), 400, "VALIDATION_ERROR"),
     (("GET", "/pupils/%00", ADMIN, None), 400, "VALIDATION_ERROR")],
)  # fmt: skip
def test_what_cannot_be_answered_is_refused_in_the_envelope(port, request_, status, code):
    method, path, headers, body = request_
    got, sent, answered = ask(port, method, path, body, headers)
    assert (got, error_of(answered)["code"]) == (status, code)
    assert "x-request-id" in sent
    assert b"Traceback" not in answered


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Origin",
                                  "X-Request-ID", "Authorization", "X-API-Key", "Accept", "User-Agent"])  # fmt: skip
@pytest.mark.parametrize("value", [b"", b",", b"\xff\xfe", b"x" * 8_000, b"[::1", b"1.2.3.4:", b"a b;c",
                                   b'"', b"%00", b"../..", b"http://x:y@z:1/"])  # fmt: skip
def test_garbage_in_a_header_never_fails(port, name, value):
    head = f"GET /pupils/sheet HTTP/1.1\r\nHost: school.example\r\n{name}: ".encode() + value
    status = raw(port, head + b"\r\nConnection: close\r\n\r\n")
    assert 200 <= status < 500


def raw(port, request):
    """The status of whatever is answered to these bytes."""
    with contextlib.closing(socket.create_connection(("127.0.0.1", port), 20)) as line:
        line.sendall(request)
        answer = b""
        while part := line.recv(65_536):
            answer += part
    assert b"Traceback" not in answer
    return int(answer.split()[1])


@pytest.mark.parametrize(
    ("request_", "statuses"),
    [(b"GARBAGE\r\n\r\n", {400}),
     (b"GET / HTTP/1.1\r\nHost: school.example\r\nX: " + b"a" * 900_000 + b"\r\n\r\n", {431}),
     (b"POST /pupils/act HTTP/1.1\r\nHost: school.example\r\nContent-Length: -5\r\n\r\n", {400}),
     (SMUGGLED, {200, 400}),
     (b"GET /pupils HTTP/1.1\r\nConnection: close\r\n\r\n", {400}),
     (b"GET /pupils HTTP/1.1\r\nHost: school.example\r\nHost: evil.example\r\nConnection: close\r\n\r\n", {400})],
)  # fmt: skip
def test_what_is_not_even_http_is_refused_by_the_server_itself(port, request_, statuses):
    """Without an envelope: the program never sees it."""
    with contextlib.suppress(ConnectionError):  # ended before all of it was sent
        assert raw(port, request_) in statuses
    assert ask(port, "GET", "/pupils/sheet", headers=HOST)[0] == 200


def test_no_header_names_a_version_of_the_server(port):
    for method, path in (("GET", "/pupils/sheet"), ("GET", "/nothing"), ("OPTIONS", "/pupils")):
        _, headers, _ = ask(port, method, path, headers=HOST)
        lower = {name.lower(): value for name, value in headers.items()}
        assert "x-powered-by" not in lower
        assert not re.search(r"\d", lower.get("server", ""))


def test_a_proxys_word_over_the_wire(port):
    forwarded = {"X-Forwarded-Proto": "http", "X-Forwarded-Host": "school.example"}
    status, headers, _ = ask(port, "GET", "/pupils/sheet?a=1", headers=forwarded)
    assert (status, headers["location"]) == (308, "https://school.example/pupils/sheet?a=1")
    secure = forwarded | {"X-Forwarded-Proto": "https", "Origin": "https://app.example"}
    status, headers, _ = ask(port, "GET", "/pupils/sheet", headers=secure)
    assert status == 200
    assert headers["strict-transport-security"].startswith("max-age")
    assert headers["access-control-allow-origin"] == "https://app.example"
    assert headers["x-ratelimit-limit"] == "1000"
