"""The SQLite store keeps what the suites of the domain promise for it."""

from __future__ import annotations

import json

import attrs
import pytest
from sqlite_repository import SqliteRepository
from sqlite_store import SqliteUnitOfWork

from haitech_adapters.memory import CountingIds, FixedClock
from haitech_domain import InstitutionalOrder
from haitech_domain.testing import contracts
from haitech_domain.testing.contracts.kept import BRANCH, ORDER


@attrs.frozen(kw_only=True)
class SqliteWorld:
    """What the suites work with: the ports over an empty file, and a look at the journal."""

    uow: SqliteUnitOfWork
    ids: CountingIds = attrs.field(factory=CountingIds)
    clock: FixedClock = attrs.field(factory=FixedClock)

    @classmethod
    def of(
        cls, orders: type[SqliteRepository[InstitutionalOrder]] = SqliteRepository
    ) -> SqliteWorld:
        """One whose orders are kept by this class."""
        return cls(uow=SqliteUnitOfWork(":memory:", orders))

    async def journal(self) -> contracts.Journal:
        """Everything committed so far."""
        rows = self.uow.connection.execute("SELECT * FROM audit ORDER BY rowid").fetchall()
        names = ("action", "entity", "entity_id", "old", "new", "actor_kind")
        audit = [dict(zip(names, row, strict=True)) for row in rows]
        told = self.uow.connection.execute("SELECT type, facts FROM outbox ORDER BY rowid")
        return contracts.Journal(
            audit=[{**e, "old": json.loads(e["old"]), "new": json.loads(e["new"])} for e in audit],
            events=[{"type": type, "facts": json.loads(facts)} for type, facts in told],
        )


@pytest.fixture
def world() -> SqliteWorld:
    """An empty store for every test."""
    return SqliteWorld.of()


class TestRepositories(contracts.RepositoryContract):
    """Creating, reading, changing, deleting, restoring."""

    things = (BRANCH, ORDER)


class TestRoundTrip(contracts.RoundTripContract):
    """Whatever is valid comes back as it was."""

    things = (BRANCH, ORDER)


class TestPages(contracts.PagesContract):
    """Lists, page by page."""

    things = (BRANCH, ORDER)
