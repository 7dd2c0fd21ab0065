"""A headless Chromium, spoken to over its own pipe: just enough to open a page and ask it things."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path
from typing import IO, Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 30
MOVED = """import os, sys
os.dup2(int(sys.argv[1]), 3)
os.dup2(int(sys.argv[2]), 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Becomes the browser, with the pipe where it looks for it."""


class Page:
    """An open page."""

    def __init__(self, write: IO[bytes], read: BufferedReader) -> None:
        self._write = write
        self._read = read
        self._numbers = itertools.count(1)
        self._rest = b""
        self._session: str | None = None
        self.complaints: list[str] = []
        """What the browser said of the page: errors, and what a policy forbade."""
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        attached = self._call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self._call(f"{domain}.enable")

    def open(self, url: str) -> None:
        """Go to an address."""
        self._call("Page.navigate", url=url)

    def value(self, script: str) -> Any:
        """What a script gives, once its promises are kept."""
        given = self._call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in given, given["exceptionDetails"]
        return given["result"].get("value")

    def until(self, script: str) -> Any:
        """What a script gives as soon as that is something."""
        return self.value(
            f"""new Promise((done, failed) => {{
              const end = Date.now() + {PATIENCE * 1000};
              const look = () => {{
                const found = ({script});
                if (found) done(typeof found === "object" ? true : found);
                else if (Date.now() > end) failed(new Error({json.dumps(script)}));
                else setTimeout(look, 50);
              }};
              look();
            }})"""
        )

    def _call(self, method: str, **params: Any) -> Any:
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        self._write.write(json.dumps(message).encode() + b"\0")
        while True:
            heard = self._next()
            if heard.get("id") == number:
                assert "error" not in heard, heard["error"]
                return heard["result"]
            if heard.get("method") in {"Log.entryAdded", "Runtime.exceptionThrown"}:
                self.complaints.append(json.dumps(heard["params"]))

    def _next(self) -> Any:
        while b"\0" not in self._rest:
            more = self._read.read1(65_536)
            assert more, "the browser is gone"
            self._rest += more
        first, self._rest = self._rest.split(b"\0", 1)
        return json.loads(first)


@contextmanager
def a_page(folder: Path) -> Iterator[Page]:
    """A page of a browser of its own; the test is skipped where none is installed."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip("Chromium is not installed")
    (in_read, in_write), (out_read, out_write) = os.pipe(), os.pipe()
    command = [
        *(sys.executable, "-c", MOVED, str(in_read), str(out_write), program),
        *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
        *("--remote-debugging-pipe", f"--user-data-dir={folder}"),
    ]
    browser = subprocess.Popen(
        command,
        pass_fds=(in_read, out_write),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(in_read)
    os.close(out_write)
    with os.fdopen(in_write, "wb", buffering=0) as write, os.fdopen(out_read, "rb") as read:
        try:
            yield Page(write, read)
        finally:
            browser.terminate()
            browser.wait(PATIENCE)
