"""Migrations: bringing a database to the newest schema, or back, from Python alone.

Programs of the version before go on working meanwhile (docs/how-to/upgrade.md): a migration that has to
wait for a lock gives up soon and tries again, because whoever comes after it would wait with it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import attrs
import psycopg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_fixed

from haitech_adapters.postgres.revisions import MIGRATIONS, covers, current, head
from haitech_domain.ports import Unavailable

_LOCK: Final = 4_851_172_025
"""The advisory lock that one migration at a time holds; any number of our own."""
_LOOKS: Final = 0.2
"""Seconds between two looks whether another migration is over."""


@attrs.frozen(kw_only=True)
class Patience:
    """How long each attempt waits for a lock (milliseconds), how often, with which pause (seconds)."""

    lock_ms: int = 5_000
    attempts: int = 20
    pause: float = 3.0


def upgrade(
    url: str,
    revision: str = "head",
    *,
    scripts: Path = MIGRATIONS,
    patience: Patience = Patience(),
) -> None:
    """Bring the database to a revision, creating what is missing. Safe to run twice at once.

    One that a newer program has migrated is left as it is.

    :raises Unavailable: the database cannot be reached, or a table is held by others all the time
    """
    if revision == "head" and scripts == MIGRATIONS and covers(current(url), head()):
        return
    _run(command.upgrade, url, revision, scripts, patience)


def downgrade(
    url: str, revision: str = "base", *, scripts: Path = MIGRATIONS, patience: Patience = Patience()
) -> None:
    """Take the database back to a revision, with whatever later ones added.

    :raises Unavailable: the database cannot be reached, or a table is held by others all the time
    """
    _run(command.downgrade, url, revision, scripts, patience)


def _run(
    what: Callable[[Config, str], None], url: str, revision: str, scripts: Path, patience: Patience
) -> None:
    again = Retrying(
        stop=stop_after_attempt(patience.attempts),
        wait=wait_fixed(patience.pause),
        retry=retry_if_exception(_waited_for_a_lock),
        reraise=True,
    )
    with _locked(url) as connection:
        connection.execute(sa.text(f"SET lock_timeout = {patience.lock_ms}"))
        connection.commit()
        try:
            again(what, _config(connection, scripts), revision)
        except sa.exc.OperationalError as error:
            if not _waited_for_a_lock(error):
                raise
            raise Unavailable("a table that is to be changed") from error


def _waited_for_a_lock(error: BaseException) -> bool:
    return isinstance(getattr(error, "orig", None), psycopg.errors.LockNotAvailable)


def _config(connection: sa.Connection, scripts: Path) -> Config:
    config = Config()
    # ConfigParser reads % as the start of a name
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    return config


@contextmanager
def _connected(url: str) -> Iterator[sa.Connection]:
    # libpq reads the URL itself, so every form that it knows works here as in the pool
    engine = sa.create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=sa.NullPool
    )
    try:
        connection = engine.connect()
    except sa.exc.OperationalError as error:
        raise Unavailable("the database") from error
    with connection:
        yield connection


@contextmanager
def _locked(url: str) -> Iterator[sa.Connection]:
    """A connection that holds the lock of migrations, which is the session's.

    It is asked for again and again, in no transaction: whoever waits within one holds up
    `CREATE INDEX CONCURRENTLY`, for which the other may be waiting.
    """
    with _connected(url) as connection:
        ours = sa.select(sa.func.pg_try_advisory_lock(_LOCK))
        while not connection.execute(ours).scalar_one():
            connection.rollback()
            time.sleep(_LOOKS)
        connection.commit()  # Alembic begins its own transactions
        try:
            yield connection
        finally:
            connection.rollback()
            connection.execute(sa.select(sa.func.pg_advisory_unlock(_LOCK)))
            connection.commit()
