"""The program called in this process: all of it but the start of an interpreter, which takes longest.

What only a process of its own shows (signals, ports, what the shell is told) is tested by `program`.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from pathlib import Path
from subprocess import CompletedProcess
from types import FrameType
from typing import Any

import structlog
from click.testing import CliRunner
from litestar.testing import TestClient

from haitech_app import logs
from haitech_app.asgi import app_of
from haitech_app.cli import main
from haitech_app.http_app import BASE
from haitech_app.secrets_file import with_secrets
from haitech_app.settings import Settings
from haitech_app.telemetry import failures_of
from tests.journeys.program import EMAIL, PASSWORD, PATIENCE, environment


def call(folder: Path, *arguments: str, stdin: str = "", **settings: Any) -> CompletedProcess[str]:
    """Run a command to its end, as `program.run` does."""
    own = environment(folder, **settings)
    others = {name: None for name in os.environ if name not in own}
    with _left_as_it_was(), chdir(folder):
        ended = CliRunner().invoke(
            main, arguments, input=stdin, env={**own, **others}, catch_exceptions=False
        )
    return CompletedProcess(arguments, ended.exit_code, ended.stdout, ended.stderr)


@contextmanager
def served_here(folder: Path, **settings: Any) -> Iterator[TestClient[Any]]:
    """A client of the app as the program makes it, with all that it does beside the requests."""
    given = with_secrets(Settings.load(environment(folder, **settings)))
    failures = failures_of(given)
    app = app_of(given, failures=failures)
    with _left_as_it_was(), TestClient(app, f"http://testserver.local{BASE}") as client:
        if failures is not None:
            logs.configure(hear=failures)
        yield client


def let_in(
    client: TestClient[Any], email: str = EMAIL, password: str = PASSWORD
) -> TestClient[Any]:
    """The client, logged in."""
    answer = client.post("/auth/login", json={"email": email, "password": password})
    assert answer.is_success, answer.text
    client.headers["authorization"] = f"Bearer {answer.json()['data']['accessToken']}"
    return client


@contextmanager
def _left_as_it_was() -> Iterator[None]:
    """What the program sets for its whole process is set back, and it does not go on for ever."""

    def too_long(_: int, __: FrameType | None) -> None:
        raise AssertionError("it went on where it should have ended")

    root, thresholds, configured = logging.getLogger(), gc.get_threshold(), structlog.get_config()
    handlers, level = root.handlers, root.level
    on_term, on_alarm = signal.getsignal(signal.SIGTERM), signal.signal(signal.SIGALRM, too_long)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, on_alarm)
        signal.signal(signal.SIGTERM, on_term)
        root.handlers, root.level = handlers, level
        structlog.configure(**configured)
        gc.set_threshold(*thresholds)
        gc.unfreeze()
