"""Servers over one PostgreSQL: processes of their own, all of which can be killed."""

from __future__ import annotations

import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import attrs
import psycopg

from haitech_adapters.postgres import embedded
from tests.drills.recounting import wrong_in, wrong_in_the_log
from tests.journeys.program import EmbeddedServer, Program, free_port, programs, until

SECRET: Final = "a secret of the drills alone, which is long enough"
SETTINGS: Final[dict[str, Any]] = {
    "jwt_secret": SECRET,
    "secret_key": SECRET[::-1],
    "rate_limit_per_minute": 10_000_000,
    "rate_limit_per_hour": 10_000_000,
    "log_level": "WARNING",
}


@attrs.define(kw_only=True)
class Site:
    """Servers that share a database, by their places."""

    folder: Path
    start: Callable[..., Program]
    settings: dict[str, Any]
    ports: list[int]
    servers: list[Program]
    url: str | None
    """None where the servers bring their own PostgreSQL."""
    apart: Mapping[int, Mapping[str, Any]]
    """What else is set for the server of a place."""
    everybody: list[Program] = attrs.field(factory=list)

    @property
    def files(self) -> Path:
        """Where PostgreSQL has its own."""
        return self.folder / ("data/postgres" if self.url is None else "postgres")

    def connect(self) -> psycopg.Connection[Any]:
        """A connection that the program does not know of."""
        if self.url is None:
            return EmbeddedServer(self.files).connect()
        return psycopg.connect(self.url, autocommit=True)

    def begin(self, place: int) -> None:
        """Start the server of a place, on the port that it always has."""
        own = {"port": self.ports[place], "database_url": self.url}
        told = {**self.settings, **own, **self.apart.get(place, {})}
        server = self.start("serve", **told)
        self.everybody.append(server)
        self.servers[place : place + 1] = [server]

    def kill(self, place: int) -> None:
        """Kill every process of a server at once, with -9."""
        with suppress(ProcessLookupError):
            os.killpg(self.servers[place].process.pid, signal.SIGKILL)
        self.servers[place].process.wait()

    def kill_parent(self, place: int) -> None:
        """Kill the one process that was started, with -9; those that it started find out."""
        self.servers[place].process.kill()
        self.servers[place].process.wait()

    def kill_postgres(self) -> None:
        """Kill PostgreSQL with -9: its first process, and so all others."""
        pid = EmbeddedServer(self.files).pid()
        if pid is not None:
            os.kill(pid, signal.SIGKILL)

    def supervise(self, place: int) -> float:
        """Start a server again and again until it is ready, as systemd does; seconds that it took."""
        began = time.monotonic()
        self.begin(place)

        def ready() -> bool:
            server = self.servers[place]
            if server.process.poll() is not None:  # the address is taken still
                time.sleep(0.2)
                self.begin(place)
                return False
            # until it serves, those that its killed predecessor started may answer for it
            return "serving on" in server.said() and server.answers()

        until(ready, why="the server is ready again")
        return time.monotonic() - began

    def complaints(self) -> list[str]:
        """What is wrong in the database, in the audit log, and in what the servers logged."""
        with self.connect() as connection:
            wrong = wrong_in(connection)
        told = {**self.settings, "database_url": self.url}
        wrong += wrong_in_the_log(self.folder, **told)
        unforeseen = [
            line
            for server in self.everybody
            for line in server.err.read_text("utf-8", "replace").splitlines()
            if "unexpected failure" in line or line.startswith("Traceback")
        ]
        if unforeseen:
            wrong.append(f"logged {len(unforeseen)} times: {unforeseen[0][:400]}")
        return wrong


@contextmanager
def site(
    *,
    servers: int = 2,
    own_postgres: bool = False,
    apart: Mapping[int, Mapping[str, Any]] = MappingProxyType({}),
    **settings: Any,
) -> Iterator[Site]:
    """So many servers that are ready; with `own_postgres` in a folder of their own."""
    with tempfile.TemporaryDirectory(prefix="haitech-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        files = folder / "postgres"
        url = None if own_postgres else embedded.start(files)
        try:
            with programs(folder) as start:
                one = Site(
                    folder=folder,
                    start=start,
                    settings={**SETTINGS, **settings},
                    ports=[free_port() for _ in range(servers)],
                    servers=[],
                    url=url,
                    apart=apart,
                )
                for place in range(servers):
                    one.begin(place)
                    one.servers[place].ready()
                yield one
        finally:
            if url is not None:
                embedded.stop(files)
