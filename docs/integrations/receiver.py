"""Receives webhooks of HaiTech CRM, with the standard library alone: copy it and build on it.

    HAITECH_WEBHOOK_SECRET=… python receiver.py 8080

It believes a request only with a signature by your secret and a time of signing that is near, does
each event once, and answers 204. It listens on this machine; put your TLS proxy in front.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOLERANCE = 300
"""Seconds by which the time of signing may be away from now."""
LONGEST = 1024 * 1024


class Refused(Exception):
    """A request that is not believed."""


def key_of(secret: str) -> bytes:
    """The key of a secret in either writing: its text, or `whsec_` and base64."""
    if secret.startswith("whsec_"):
        return base64.b64decode(secret.removeprefix("whsec_"))
    return secret.encode("ascii")


def verified(headers: Mapping[str, str], body: bytes, key: bytes, now: float) -> dict[str, Any]:
    """The event of a request. The names of the headers are in lower case.

    Either family of signatures will do. That of the Standard Webhooks spec comes first, because it
    vouches for the time as well; the other vouches for the body, and so for the event's id.

    :raises Refused: no signature by this key, or one of another time
    """
    if "webhook-signature" in headers:
        moment = headers.get("webhook-timestamp", "")
        said = f"{headers.get('webhook-id', '')}.{moment}.".encode() + body
        expected = "v1," + base64.b64encode(hmac.digest(key, said, "sha256")).decode()
        given = headers["webhook-signature"].split(" ")
    else:
        moment = headers.get("x-webhook-timestamp", "")
        expected = "sha256=" + hmac.digest(key, body, "sha256").hex()
        given = [
            headers.get("x-webhook-signature", ""),
            headers.get("x-webhook-signature-next", ""),
        ]
    # for a day after a rotation there are two signatures; yours is one of them
    if not any(hmac.compare_digest(one.encode(), expected.encode()) for one in given):
        raise Refused("no signature by our secret")
    if not (moment.isascii() and moment.isdigit()) or abs(now - int(moment)) > TOLERANCE:
        raise Refused("signed at another time")
    event: dict[str, Any] = json.loads(body)
    return event


def handle(event: dict[str, Any]) -> None:
    """Your work goes here. If it raises, the event comes again: in a minute, in five, in thirty …"""
    print(event["id"], event["type"], event["data"], flush=True)


class Once:
    """Remembers what was done. In earnest: a unique column, in the transaction of your work."""

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._done: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def do(self, event: dict[str, Any]) -> None:
        """Handle an event, unless it has been; its id is the same each time it is sent."""
        with self._lock:
            if event["id"] not in self._done:
                handle(event)
                self._done[event["id"]] = None
                if len(self._done) > self._most:
                    self._done.popitem(last=False)


class Receiver(BaseHTTPRequestHandler):
    """Answers 204 for what is done, 401 for what is not believed, 500 where your work fails."""

    protocol_version = "HTTP/1.1"
    key: bytes
    once: Once

    def do_POST(self) -> None:
        """Take a delivery."""
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()) or int(length) > LONGEST:
            self.close_connection = True
            self._answer(413, "say how long it is, and not more than a mebibyte")
            return
        body = self.rfile.read(int(length))  # the very bytes that were signed
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            self.once.do(verified(headers, body, self.key, time.time()))
        except Refused as why:
            self._answer(401, str(why))
        except Exception as error:  # noqa: BLE001  # whatever your work raises: it is asked for again
            self._answer(500, type(error).__name__)
        else:
            self._answer(204)

    def _answer(self, status: int, text: str = "") -> None:
        self.send_response(status)
        if text:
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())


def main() -> None:
    """Serve until Ctrl-C."""
    Receiver.key = key_of(os.environ["HAITECH_WEBHOOK_SECRET"])
    Receiver.once = Once()
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8080
    with ThreadingHTTPServer(("127.0.0.1", port), Receiver) as server:
        print(f"listening on http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
