"""A real n8n: installed by npm, with a folder, a database and settings of its own.

Its packages' scripts are not run, so nothing is compiled or fetched from anywhere but the
registry: PostgreSQL stands in for SQLite, and expressions run in n8n's older engine.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import httpx
from psycopg.conninfo import conninfo_to_dict

from tests.journeys.program import ASKING, free_port, until

VERSION: Final = "1.123"
PACKAGE: Final = {"private": True, "overrides": {"xlsx": "0.18.5"}}
"""n8n names xlsx by an address outside of the registry; the registry's own is older, and unused."""
INSTALL: Final = (
    *("npm", "install", "--no-audit", "--no-fund", "--loglevel=error", "--omit=dev"),
    *("--ignore-scripts", f"n8n@{VERSION}"),
)
ROOM: Final = 4 * 2**30
"""Bytes that an installed n8n, npm's cache and the two schools need, with some to spare."""
PATIENCE: Final = 300
BROWSER: Final = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101"}
"""The form shuts out what says it is a program."""


def installed(folder: Path) -> Path:
    """n8n in a folder, by npm; the command. It takes some minutes, and about 2 GB."""
    folder.mkdir(parents=True, exist_ok=True)
    command = folder / "node_modules" / ".bin" / "n8n"
    if command.exists():
        return command
    if shutil.which("npm") is None:
        raise SystemExit("the program npm is not here: n8n comes by it")
    if shutil.disk_usage(folder).free < ROOM:
        raise SystemExit(f"{folder} has less than {ROOM // 2**30} GB free")
    (folder / "package.json").write_text(json.dumps(PACKAGE), encoding="utf-8")
    print(f"installing n8n@{VERSION}: some minutes, about 2 GB", flush=True)
    done = subprocess.run(INSTALL, cwd=folder, check=False)
    if done.returncode or not command.exists():
        raise SystemExit(f"npm could not install n8n@{VERSION}; above it says why")
    return command


class N8n:
    """One with its own folder and database."""

    def __init__(self, command: Path, folder: Path, database: str, **settings: str) -> None:
        self.port, self._command, self._folder = free_port(), command, folder
        where = conninfo_to_dict(database)
        self._environment = {
            **os.environ,
            "DB_TYPE": "postgresdb",
            "DB_POSTGRESDB_DATABASE": str(where["dbname"]),
            "DB_POSTGRESDB_HOST": str(where["host"]),
            "DB_POSTGRESDB_PORT": str(where.get("port", 5432)),
            "DB_POSTGRESDB_USER": str(where["user"]),
            "DB_POSTGRESDB_PASSWORD": str(where.get("password", "")),
            "N8N_USER_FOLDER": str(folder),
            "N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS": "true",
            "N8N_LISTEN_ADDRESS": "127.0.0.1",
            "N8N_PORT": str(self.port),
            "N8N_RUNNERS_BROKER_PORT": str(free_port()),
            "N8N_EXPRESSION_ENGINE": "legacy",
            "N8N_DIAGNOSTICS_ENABLED": "false",
            "N8N_VERSION_NOTIFICATIONS_ENABLED": "false",
            "N8N_TEMPLATES_ENABLED": "false",
            "N8N_PERSONALIZATION_ENABLED": "false",
            "N8N_BLOCK_ENV_ACCESS_IN_NODE": "false",
        }
        self.knows(**settings)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def knows(self, **settings: str) -> None:
        """Put something into its environment."""
        self._environment |= settings

    def run(self, *arguments: str) -> str:
        """A command of its, to the end; what it said."""
        done = subprocess.run(
            [str(self._command), *arguments],
            cwd=self._folder,
            env={**self._environment, "N8N_RUNNERS_BROKER_PORT": str(free_port())},
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"n8n {arguments[0]} failed: {(done.stdout + done.stderr)[-4000:]}")
        return done.stdout

    @contextmanager
    def serving(self) -> Iterator[None]:
        """It runs, and has taken up its active workflows."""
        said = self._folder / "n8n.out"
        with (
            said.open("w") as out,
            subprocess.Popen(
                [str(self._command), "start"],
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            ) as process,
        ):
            try:
                until(lambda: self._answers(process, said), why="n8n serves", patience=PATIENCE)
                yield
            finally:
                self._end(process)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """It, and whatever it started."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, number)
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)

    def _answers(self, process: subprocess.Popen[bytes], said: Path) -> bool:
        if process.poll() is not None:
            raise SystemExit(f"n8n ended early: {said.read_text('utf-8')[-4000:]}")
        try:
            page = httpx.get(f"{self.url}/form/haitech-enquiry", headers=BROWSER, **ASKING)
        except httpx.TransportError:
            return False
        return "Courses for children" in page.text  # it says «not found» with a 200
