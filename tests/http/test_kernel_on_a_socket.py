"""The kernel behind the real server, where bodies come in chunks and clients go away."""

import contextlib
import json
import socket

import pytest

from tests.http.served import ask as asked
from tests.http.served import served

pytest.importorskip("granian")

JSON = {"Content-Type": "application/json", "X-Request-ID": "over.the-wire_1"}


@pytest.fixture(scope="module")
def port():
    with served("tests.http.kernel_school:app") as number:
        yield number


def ask(port, method, path, body=None, headers=None, *, chunked=False):
    return asked(port, method, path, body, headers or JSON, chunked=chunked)


def chunks(size):
    return (b" " * 65_536 for _ in range(size // 65_536))


def test_refuses_more_than_a_mebibyte_in_chunks(port):
    status, headers, body = ask(
        port,
        "POST",
        "/pupils/act",
        chunks(2 * 1024 * 1024),
        JSON | {"Transfer-Encoding": "chunked"},
        chunked=True,
    )
    assert status == 413
    assert json.loads(body)["error"]["code"] == "PAYLOAD_TOO_LARGE"
    assert headers["x-request-id"] == "over.the-wire_1"


def test_refuses_ten_announced_megabytes(port):
    status, _, body = ask(port, "POST", "/pupils/act", b" " * 10_000_000)
    assert status == 413
    assert json.loads(body)["meta"]["requestId"] == "over.the-wire_1"


def test_reads_a_small_body_in_chunks(port):
    status, _, body = ask(
        port,
        "POST",
        "/pupils/act",
        iter([b'{"dry', b'Run":true}']),
        JSON | {"Transfer-Encoding": "chunked"},
        chunked=True,
    )
    assert (status, json.loads(body)["data"]) == (200, {"dryRun": True})


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/pupils", 401), ("GET", "/nothing", 404), ("PATCH", "/pupils", 405), ("GET", "/%ff%00", 404),
     ("GET", "/pupils/fails/x", 500), ("POST", "/pupils/act", 200), ("HEAD", "/pupils/sheet", 200)],
)  # fmt: skip
def test_every_answer_has_its_request_id(port, method, path, status):
    got, headers, _ = ask(port, method, path)
    assert got == status
    assert headers["x-request-id"] == "over.the-wire_1"
    assert headers["x-content-type-options"] == "nosniff"


def test_goes_on_after_a_client_that_left_in_the_middle(port):
    with contextlib.closing(socket.create_connection(("127.0.0.1", port), 5)) as left:
        left.sendall(
            b"POST /pupils/act HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Content-Length: 100\r\n\r\n{"
        )
    assert ask(port, "POST", "/pupils/act")[0] == 200
