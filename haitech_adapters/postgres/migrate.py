"""Migrations: bringing a database to the newest schema, or back, from Python alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from haitech_adapters.postgres.revisions import MIGRATIONS
from haitech_domain.ports import Unavailable

_LOCK: Final = 4_851_172_025
"""The advisory lock that one migration at a time holds; any number of our own."""


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database to a revision, creating what is missing. Safe to run twice at once.

    :raises Unavailable: the database cannot be reached
    """
    with _locked(url) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(url: str, revision: str = "base") -> None:
    """Take the database back to a revision, with whatever later ones added.

    :raises Unavailable: the database cannot be reached
    """
    with _locked(url) as connection:
        command.downgrade(_config(connection), revision)


def _config(connection: sa.Connection | None = None) -> Config:
    config = Config()
    # ConfigParser reads % as the start of a name
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
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
    with _connected(url) as connection:
        connection.execute(sa.select(sa.func.pg_advisory_lock(_LOCK)))
        connection.commit()  # the lock is the session's; Alembic begins its own transaction
        try:
            yield connection
        finally:
            connection.rollback()
            connection.execute(sa.select(sa.func.pg_advisory_unlock(_LOCK)))
            connection.commit()
