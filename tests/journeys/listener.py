"""Somebody on this machine who takes whatever is sent: traces, failures, webhooks."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import attrs
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span


@attrs.frozen
class Letter:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


@attrs.frozen
class Listener:
    """What came, in order."""

    port: int
    letters: list[Letter]

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def sent_to(self, path: str) -> list[Letter]:
        return [letter for letter in self.letters if letter.path.startswith(path)]

    def spans(self) -> list[Span]:
        """Every span, of every export."""
        found = []
        for letter in self.sent_to("/v1/traces"):
            request = ExportTraceServiceRequest.FromString(letter.body)
            for resource in request.resource_spans:
                for scope in resource.scope_spans:
                    found += scope.spans
        return found

    def failures(self) -> list[dict[str, Any]]:
        """Every event that Sentry would have."""
        items = []
        for letter in self.sent_to("/api/"):
            lines = letter.body.split(b"\n")
            items += [json.loads(line) for line in lines[2::2] if line.startswith(b"{")]
        return items


@contextmanager
def listening() -> Iterator[Listener]:
    letters: list[Letter] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            if headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            letters.append(Letter(self.path, headers, body))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Listener(server.server_port, letters)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
