"""Which migrations there are, and which a database has had: told without loading Alembic.

A server asks it at every start, and hardly ever has to migrate.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Final

import psycopg

from haitech_domain.ports import Unavailable

MIGRATIONS: Final = Path(__file__).parent / "migrations"


@functools.cache
def head() -> str:
    """The newest revision that this program knows: the number of the last file."""
    newest = max(path.name for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    return newest.partition("_")[0]


def covers(applied: str | None, wanted: str) -> bool:
    """Whether a database at a revision has what a program of another needs.

    It has if it is newer, too: migrations leave what the program before them uses.
    """
    return applied is not None and applied >= wanted


def current(url: str) -> str | None:
    """The revision that the database is at; None before the first.

    :raises Unavailable: the database cannot be reached
    """
    try:
        with psycopg.connect(url) as connection:
            known = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except psycopg.errors.UndefinedTable:
        return None
    except psycopg.OperationalError as error:
        raise Unavailable("the database") from error
    return None if known is None else str(known[0])
