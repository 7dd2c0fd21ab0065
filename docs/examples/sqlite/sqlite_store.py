"""Institutional orders, and the branches that they are of, in a SQLite file.

One connection serves one piece of work after another.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlite_repository import SqliteRepository, Table

from haitech_domain import Actor, Branch, InstitutionalOrder, Money
from haitech_domain.ports import listings

R = TypeVar("R")

JOURNAL: Final = """
CREATE TABLE IF NOT EXISTS audit (
    action TEXT, entity TEXT, entity_id TEXT, old TEXT, new TEXT, actor_kind TEXT
);
CREATE TABLE IF NOT EXISTS outbox (type TEXT, facts TEXT);
"""
ROW: Final[Mapping[str, Callable[[Any], Any]]] = dict.fromkeys(
    ("created_at", "updated_at", "deleted_at"), datetime.fromisoformat
)
"""How columns are read whose text no rule of the domain reads."""
BRANCHES: Final = Table(
    what="branch",
    cls=Branch,
    listing=listings.BRANCHES,
    filters={"type": "type = ?", "city": "city = ?", "is_active": "is_active = ?"},
    reads={**ROW, "is_active": bool},
)
ORDERS: Final = Table(
    what="institutional_order",
    cls=InstitutionalOrder,
    listing=listings.ORDERS,
    filters={
        "branch_id": "branch_id = ?",
        "status": "status = ?",
        "from": "end_date >= ?",
        "to": "start_date <= ?",
    },
    reads={**ROW, "price_per_meeting": Money},
    references={"branch_id": "branch"},
)


class SqliteTransaction:
    """The two repositories within one piece of work."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        actor: Actor | None,
        orders: type[SqliteRepository[InstitutionalOrder]],
    ) -> None:
        self.branches: SqliteRepository[Branch] = SqliteRepository(BRANCHES, connection, actor)
        self.orders = orders(ORDERS, connection, actor)


class SqliteUnitOfWork:
    """Pieces of work over one file, one after another."""

    def __init__(
        self, file: str, orders: type[SqliteRepository[InstitutionalOrder]] = SqliteRepository
    ) -> None:
        self.connection = sqlite3.connect(file, isolation_level=None)
        self.connection.executescript(BRANCHES.schema() + ORDERS.schema() + JOURNAL)
        self._orders = orders
        self._turn = asyncio.Lock()

    async def run(self, actor: Actor, work: Callable[[Any], Awaitable[R]]) -> R:
        """Do the work and keep everything, or, when it raises, nothing."""
        return await self._within(actor, work)

    async def read(self, work: Callable[[Any], Awaitable[R]]) -> R:
        """Do work that only reads; SQLite itself refuses to write in it."""
        return await self._within(None, work)

    async def _within(self, actor: Actor | None, work: Callable[[Any], Awaitable[R]]) -> R:
        async with self._turn:
            self.connection.execute(f"PRAGMA query_only = {actor is None}")
            self.connection.execute("BEGIN")
            try:
                result = await work(SqliteTransaction(self.connection, actor, self._orders))
            except BaseException:
                self.connection.execute("ROLLBACK")
                raise
            self.connection.execute("COMMIT")
            return result
