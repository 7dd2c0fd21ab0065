"""The pool of connections, how a connection is set up, and whether the database is ready."""

from __future__ import annotations

from typing import Any, Final

import attrs
import msgspec
import psycopg
from psycopg.types.json import set_json_dumps, set_json_loads
from psycopg_pool import AsyncConnectionPool

from haitech_adapters.postgres.revisions import covers
from haitech_adapters.postgres.session import Connection


@attrs.frozen(kw_only=True)
class PoolSettings:
    """Sizes and patience; seconds, and milliseconds or megabytes where the name says so.

    `timeout` is how long a request waits for a free connection before it is told to come again.
    """

    min_size: int = 2
    max_size: int = 8
    timeout: float = 5.0
    max_waiting: int = 500
    connect_timeout: int = 5
    statement_timeout_ms: int = 30_000
    lock_timeout_ms: int = 10_000
    idle_in_transaction_timeout_ms: int = 60_000
    work_mem_mb: int = 32
    application_name: str = "haitech"


RECONNECT_TIMEOUT: Final = 8.0
"""The pool's attempts at reconnecting grow apart until this is over, and then begin anew with the
next request; so a database that comes back is found within seconds, however long it was gone."""

_SET: Final = """
SELECT set_config('TimeZone', 'UTC', false),
       set_config('default_transaction_isolation', 'read committed', false),
       set_config('statement_timeout', %(statement_timeout)s, false),
       set_config('lock_timeout', %(lock_timeout)s, false),
       set_config('idle_in_transaction_session_timeout', %(idle)s, false),
       set_config('work_mem', %(work_mem)s, false),
       set_config('jit', 'off', false),
       set_config('random_page_cost', '1.1', false)
"""
"""Reports sum more groups than 4 MB hold; compiling a query takes longer than any of ours runs; on
the disks of today, a page out of turn costs little more than the next one."""

# module-level functions: psycopg keeps one adapter per function that it is given
_encode: Final = msgspec.json.encode
_decode: Final = msgspec.json.decode


async def set_up(connection: Connection, settings: PoolSettings) -> None:
    """Make a new connection one of ours: how it writes JSON, its time zone and its patience."""
    set_json_dumps(_encode, connection)
    set_json_loads(_decode, connection)
    limits = {
        "statement_timeout": str(settings.statement_timeout_ms),
        "lock_timeout": str(settings.lock_timeout_ms),
        "idle": str(settings.idle_in_transaction_timeout_ms),
        "work_mem": f"{settings.work_mem_mb}MB",
    }
    await connection.execute(_SET, limits, prepare=False)


def make_pool(url: str, settings: PoolSettings | None = None) -> AsyncConnectionPool[Connection]:
    """A pool that is still closed: `await pool.open()` at the start, `close()` at the end."""
    chosen = settings or PoolSettings()

    async def configure(connection: Connection) -> None:
        await set_up(connection, chosen)

    kwargs: dict[str, Any] = {
        "autocommit": True,  # reading needs no BEGIN; the unit of work says its own
        "connect_timeout": chosen.connect_timeout,
        "application_name": chosen.application_name,
    }
    return AsyncConnectionPool(
        url,
        kwargs=kwargs,
        configure=configure,
        open=False,
        min_size=min(chosen.min_size, chosen.max_size),
        max_size=chosen.max_size,
        timeout=chosen.timeout,
        max_waiting=chosen.max_waiting,
        reconnect_timeout=RECONNECT_TIMEOUT,
        name=chosen.application_name,
    )


async def ready(pool: AsyncConnectionPool[Connection], *, head: str) -> str | None:
    """Why the database cannot serve yet; None when it can.

    `head` is the newest migration that the program knows (`revisions.head()`). A database that is
    further serves as well: it was migrated for the next version, while this one still runs.
    """
    try:
        async with pool.connection(timeout=2.0) as connection:
            cursor = await connection.execute("SELECT version_num FROM alembic_version")
            rows = await cursor.fetchall()
    except psycopg.errors.UndefinedTable:
        return "no migration has been applied; run `haitech migrate`"
    except psycopg.Error:
        return "the database cannot be reached"
    applied = rows[0][0] if rows else None
    if not covers(applied, head):
        return f"the database is at migration {applied or 'nothing'}, not {head}; run `haitech migrate`"
    return None
