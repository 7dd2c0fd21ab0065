"""`python -m tests.drills.growing [ROWS]`: what more servers bring on one machine, and what months apart bring.

Servers: one, two and three of them, each with its own pool, asked by as many connections as ever; what
asks, what answers and PostgreSQL share this machine. Months: a log of so many rows in one table, and the same rows
in a partition for each month. Pages read and write-ahead log are counts, the same on every machine; seconds are not.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import psycopg
import uvloop

from haitech_adapters.postgres import embedded, migrate
from tests.journeys.program import EMAIL, PASSWORD, Program, programs
from tests.load.driving import Caller, Driven, drive
from tests.load.school import Size, fill

ROWS: Final = 1_000_000
MONTHS: Final = 36
CONNECTIONS: Final = 24
SECONDS: Final = 6.0
MOST_SERVERS: Final = 3
SETTINGS: Final[Mapping[str, Any]] = {
    "env": "staging",
    "jwt_secret": "a secret for this drill alone, long enough",
    "secret_key": "another secret for it, which is long enough",
    "admin_email": EMAIL,
    "admin_password": PASSWORD,
    "rate_limit_per_hour": 10_000_000,
    "rate_limit_per_minute": 10_000_000,
    "log_level": "WARNING",
    "worker_inside": "false",
}
OPEN: Final = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'haitech%'"
COLUMNS: Final = (
    "id uuid NOT NULL, created_at timestamptz NOT NULL, entity_id uuid NOT NULL, new text"
)
FILLING: Final = """
INSERT INTO {} SELECT gen_random_uuid(),
       timestamptz '2024-01-01' + (n * interval '1095 days' / {}),
       ('00000000-0000-4000-8000-' || lpad((n % 20000)::text, 12, '0'))::uuid, repeat('x', 300)
FROM generate_series(0, {} - 1) AS n
"""
NEWEST: Final = """
EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, SUMMARY OFF) SELECT id FROM {}
WHERE entity_id = '00000000-0000-4000-8000-000000000007' {} ORDER BY created_at DESC, id DESC LIMIT 20
"""


def main(rows: int) -> None:
    """Both, with what was found."""
    with tempfile.TemporaryDirectory(prefix="haitech-growing-") as made:
        folder = Path(made)
        with embedded.embedded(folder / "postgres") as url:
            migrate.upgrade(url)
            fill(url, Size())
            more_servers(folder, url)
            months_apart(embedded.start(folder / "postgres", database="months"), rows)


def more_servers(folder: Path, url: str) -> None:
    """Lists of customers, by one server and by more."""
    print(f"{'servers':<9}{'requests/s':>12}{'p99 in ms':>11}{'of the database: connections':>31}")
    with programs(folder) as start, psycopg.connect(url, autocommit=True) as watching:
        servers: list[Program] = []
        for _ in range(MOST_SERVERS):
            servers.append(start("serve", database_url=url, **SETTINGS).ready())
            with servers[0].client() as client:
                token = client.headers["authorization"]
            driven = uvloop.run(_driven(servers, token))
            [held] = watching.execute(OPEN).fetchone() or [0]
            p99 = driven.delay(0.99) * 1000
            print(f"{len(servers):<9}{driven.rate:>12.0f}{p99:>11.0f}{held:>31}", flush=True)
            assert driven.errors == 0


async def _driven(servers: list[Program], token: str) -> Driven:
    said = f"authorization: {token}\r\n".encode()
    callers = [
        Caller(host="127.0.0.1", port=servers[number % len(servers)].port, headers=said)
        for number in range(CONNECTIONS)
    ]

    async def act(caller: Caller, number: int) -> tuple[int, bytes]:
        return await caller.ask("GET", f"/api/v1/customers?limit=20&offset={number % 200}")

    await drive(callers, act, seconds=1.0)
    driven = await drive(callers, act, seconds=SECONDS)
    for caller in callers:
        caller.close()
    return driven


def months_apart(url: str, rows: int) -> None:
    """The same rows in one table and in a partition for each month."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE TABLE whole ({COLUMNS}, PRIMARY KEY (id))")
        connection.execute(
            f"CREATE TABLE apart ({COLUMNS}, PRIMARY KEY (id, created_at)) PARTITION BY RANGE (created_at)"
        )
        for month in range(MONTHS):
            connection.execute(_partition(month))
        for table in ("whole", "apart"):
            connection.execute(FILLING.format(table, rows, rows))
            connection.execute(f"CREATE INDEX ON {table} (entity_id, created_at, id)")
            connection.execute(f"VACUUM ANALYZE {table}")
        print(f"\n{rows} rows in {MONTHS} months{'one table':>24}{'months apart':>14}")
        for what, within in (("of one thing", ""), ("and in one month", _WITHIN)):
            pages = [_pages(connection, table, within) for table in ("whole", "apart")]
            print(f"{'pages for the newest 20 ' + what:<42}{pages[0]:>9}{pages[1]:>14}")
        gone = [
            _cost(connection, "DELETE FROM whole WHERE created_at < timestamptz '2024-02-01'"),
            _cost(connection, "DROP TABLE apart_0"),
        ]
        print(f"{'kB of log to remove the oldest month':<42}{gone[0][0]:>9}{gone[1][0]:>14}")
        print(f"{'ms for it':<42}{gone[0][1]:>9}{gone[1][1]:>14}")


_WITHIN: Final = "AND created_at >= '2026-11-01' AND created_at < '2026-12-01'"


def _partition(month: int) -> str:
    first, last = (f"{2024 + at // 12}-{at % 12 + 1:02d}-01" for at in (month, month + 1))
    return (
        f"CREATE TABLE apart_{month} PARTITION OF apart FOR VALUES FROM ('{first}') TO ('{last}')"
    )


def _pages(connection: psycopg.Connection[Any], table: str, within: str) -> int:
    plan = connection.execute(NEWEST.format(table, within)).fetchall()
    hits = re.search(r"Buffers: shared hit=(\d+)(?: read=(\d+))?", str(plan))
    assert hits is not None, plan
    return int(hits[1]) + int(hits[2] or 0)


def _cost(connection: psycopg.Connection[Any], statement: str) -> tuple[int, int]:
    """Kilobytes of write-ahead log, and milliseconds."""
    here = "SELECT pg_current_wal_insert_lsn()"
    [before] = connection.execute(here).fetchone() or [None]
    began = time.perf_counter()
    connection.execute(statement)
    took = time.perf_counter() - began
    [written] = connection.execute(
        "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), %s)", [before]
    ).fetchone() or [0]
    return int(written) // 1024, int(took * 1000)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
