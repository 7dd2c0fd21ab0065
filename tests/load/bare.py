"""The bare reference: the same SQL through psycopg, in a handler with no domain and no middleware.

`python -m tests.load.bare RECORDED URL PORT` serves what `recording` took down: each request runs
those statements, and answers their rows as JSON. It has the server, the event loop, the size of
the pool and the settings of a connection that the real program has.
"""

from __future__ import annotations

import gc
import itertools
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec
from granian.constants import Interfaces, Loops
from granian.server import MPServer
from litestar import Litestar, Response, get, post
from psycopg_pool import AsyncConnectionPool

from haitech_adapters.postgres import make_pool
from tests.load.recording import Statement, kept

RECORDED: Final = "HAITECH_LOAD_RECORDED"
URL: Final = "HAITECH_LOAD_URL"
_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_WRITTEN_PHONE: Final = re.compile(r"\+9725\d{8}")
_JSON: Final = msgspec.json.Encoder(decimal_format="number")
_OFFSET: Final = "offset"


def create() -> Litestar:
    """The app, by what the environment names."""
    found = kept(Path(os.environ[RECORDED]))
    pool: AsyncConnectionPool[Any] = make_pool(os.environ[URL])
    phones = itertools.count(60_000_000)

    @asynccontextmanager
    async def open_pool(_: Litestar) -> AsyncIterator[None]:
        await pool.open()
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 20)
        yield
        await pool.close()

    async def rows(connection: Any, statement: Statement, **changed: Any) -> list[dict[str, Any]]:
        cursor = await connection.execute(statement.sql, statement.params | changed)
        return [dict(zip(statement.columns, row, strict=True)) for row in await cursor.fetchall()]

    async def listed(name: str, offset: int) -> Response[bytes]:
        (statement,) = found[name]
        async with pool.connection() as connection:
            data = await rows(connection, statement, offset=offset)
        return _answer(data)

    @get("/customers")
    async def customers(offset: int = 0) -> Response[bytes]:
        return await listed("customers", offset)

    @get("/meetings")
    async def meetings(offset: int = 0) -> Response[bytes]:
        return await listed("meetings", offset)

    @get("/cycles/{id:uuid}")
    async def cycle(id: UUID) -> Response[bytes]:
        first, *others = found["cycle"]
        async with pool.connection() as connection:
            (data,) = await rows(connection, first, id=id)
            for statement, relation in zip(others, ("course", "branch", "instructor"), strict=True):
                (data[relation],) = await rows(connection, statement, ids=[data[f"{relation}_id"]])
        return _answer(data)

    @post("/customers")
    async def make() -> Response[bytes]:
        inserting, telling = (s for s in found["create"] if s.sql.lstrip()[:4] in {"INSE", "WITH"})
        phone = f"+9725{next(phones)}"
        old = inserting.params
        fresh = {str(old["id"]): str(uuid4())}
        customer = old | {"id": fresh[str(old["id"])], "phone": phone}
        told = dict(telling.params)
        for name in ("audited", "happened"):
            renamed = _ID.sub(lambda m: fresh.setdefault(m[0], str(uuid4())), told[name])
            told[name] = _WRITTEN_PHONE.sub(phone, renamed)
        async with pool.connection() as connection:
            await connection.execute("BEGIN")
            await connection.execute(inserting.sql, customer)
            async with connection.pipeline():
                await connection.execute(telling.sql, told)
                await connection.execute("COMMIT")
        return _answer(customer, status=201)

    return Litestar(
        [customers, meetings, cycle, make],
        lifespan=[open_pool],
        openapi_config=None,
        logging_config=None,
    )


def _answer(data: Any, status: int = 200) -> Response[bytes]:
    return Response(_JSON.encode({"data": data}), status_code=status, media_type="application/json")


def main() -> None:
    """Serve, until told to stop."""
    recorded, url, port = sys.argv[1:]
    os.environ |= {RECORDED: recorded, URL: url}
    MPServer(
        "tests.load.bare:create",
        address="127.0.0.1",
        port=int(port),
        interface=Interfaces.ASGI,
        factory=True,
        loop=Loops.uvloop,
        log_enabled=False,
    ).serve()


if __name__ == "__main__":
    main()
