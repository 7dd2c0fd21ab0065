"""The real program as people start it: a process of its own, in a folder of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

EMAIL = "admin@school.example"
PASSWORD = "correct horse battery"
PATIENCE = 60
"""Seconds after which something that should happen never will."""
TEN_LINES = 10
ASKING: dict[str, Any] = {
    "trust_env": False,
    "timeout": PATIENCE,
    "verify": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
}
"""How to ask: plainly. httpx loads all certificates of the world for every client without one."""


def haitech() -> str:
    """The command, beside the Python that runs the tests."""
    found = shutil.which("haitech", path=str(Path(sys.executable).parent))
    if found is None:
        pytest.skip("the command haitech is not installed beside this Python")
    return found


def environment(folder: Path, **settings: Any) -> dict[str, str]:
    """What the program sees: this machine's environment, and of HaiTech only what is given."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("HAITECH_")}
    own = {"data_dir": folder / "data", "log_level": "INFO", **settings}
    return inherited | {f"HAITECH_{k.upper()}": str(v) for k, v in own.items() if v is not None}


def run(
    folder: Path, *arguments: str, stdin: str = "", **settings: Any
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [haitech(), *arguments],
        cwd=folder,
        env=environment(folder, **settings),
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )


def until(what: Callable[[], Any], *, why: str, patience: float = PATIENCE) -> Any:
    """Wait until something is true; what it was."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        found = what()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited in vain until {why}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_alive(pid: int) -> bool:
    """Whether the process runs (one that ended and was not waited for does not)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"


def as_url(conninfo: str) -> str:
    """What HAITECH_DATABASE_URL takes, of any writing that PostgreSQL knows."""
    return f"postgresql:///?{urlencode(conninfo_to_dict(conninfo))}"


class EmbeddedServer:
    """What can be seen from outside of the embedded PostgreSQL in a folder."""

    def __init__(self, folder: Path) -> None:
        self.lock_file = folder / "postmaster.pid"

    def pid(self) -> int | None:
        try:
            return int(self.lock_file.read_text().split()[0])
        except (FileNotFoundError, IndexError):
            return None

    def connect(self) -> psycopg.Connection[Any]:
        """A connection that the program does not know of."""
        _pid, _folder, _began, port, sockets, host, *_ = self.lock_file.read_text().split("\n")
        return psycopg.connect(
            host=sockets or host, port=port, user="postgres", dbname="haitech", autocommit=True
        )


class Program:
    """A server that was started."""

    def __init__(self, folder: Path, name: str, arguments: tuple[str, ...], settings: Any) -> None:
        self.port = free_port()
        self.data = folder / "data"
        self.out = folder / f"{name}.out"
        self.err = folder / f"{name}.err"
        settings = {"port": self.port, **settings}
        self.port = int(settings["port"])
        with self.out.open("w") as out, self.err.open("w") as err:
            self.process = subprocess.Popen(
                [haitech(), *arguments],
                cwd=folder,
                env=environment(folder, **settings),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/v1"

    @property
    def database(self) -> EmbeddedServer:
        folder = self.data / "demo" if (self.data / "demo").exists() else self.data
        return EmbeddedServer(folder / "postgres")

    def said(self) -> str:
        return self.out.read_text("utf-8")

    def logged(self) -> list[Any]:
        """Its log, each line read as JSON."""
        return [json.loads(line) for line in self.err.read_text("utf-8").splitlines()]

    def tail(self) -> str:
        lines = (self.said() + self.err.read_text("utf-8", "replace")).splitlines()
        return "\n".join(lines[-TEN_LINES:])

    def get(self, path: str, **headers: str) -> httpx.Response:
        """An answer over a connection of its own."""
        return httpx.get(f"{self.base}{path}", headers=headers, **ASKING)

    def answers(self) -> bool:
        assert self.process.poll() is None, f"it ended early: {self.tail()}"
        try:
            return self.get("/health/ready").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    def ready(self) -> Program:
        until(self.answers, why="the program is ready")
        return self

    @contextmanager
    def client(self, email: str = EMAIL, password: str = PASSWORD) -> Iterator[httpx.Client]:
        """A client that has logged in."""
        with httpx.Client(base_url=self.base, **ASKING) as client:
            answer = client.post("/auth/login", json={"email": email, "password": password})
            assert answer.status_code == httpx.codes.OK, answer.text
            client.headers["authorization"] = f"Bearer {answer.json()['data']['accessToken']}"
            yield client

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to stop; its exit status."""
        self.process.send_signal(number)
        return self.ended()

    def ended(self) -> int:
        return self.process.wait(PATIENCE)

    def sweep(self) -> None:
        """Leave nothing running, whatever became of the test."""
        postgres = self.database.pid()
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)
        if postgres is not None and is_alive(postgres):
            os.kill(postgres, signal.SIGQUIT)
            until(lambda: not is_alive(postgres), why="PostgreSQL is gone")


@contextmanager
def programs(folder: Path) -> Iterator[Callable[..., Program]]:
    """Start programs that share a folder; whatever still runs in the end is swept away."""
    started: list[Program] = []

    def start(*arguments: str, **settings: Any) -> Program:
        given: Mapping[str, Any] = {"admin_email": EMAIL, "admin_password": PASSWORD, **settings}
        name = f"program-{len(started)}"
        program = Program(folder, name, arguments or ("serve",), given)
        started.append(program)
        return program

    try:
        yield start
    finally:
        for program in started:
            program.sweep()


def everything(client: httpx.Client, path: str, **query: Any) -> list[dict[str, Any]]:
    """All things of a list, page by page."""
    found: list[dict[str, Any]] = []
    while True:
        answer = client.get(path, params={"limit": 100, "offset": len(found), **query})
        assert answer.status_code == httpx.codes.OK, answer.text
        body = answer.json()
        found += body["data"]
        if not body["data"] or len(found) >= body["pagination"]["total"]:
            return found


def takes_connections(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
