"""The same store, broken in five ways that are easy to miss: every class here must fail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from sqlite_repository import SqliteRepository
from test_sqlite_store import SqliteWorld

from haitech_domain import Change, Money
from haitech_domain.ports.cursors import Place
from haitech_domain.testing import contracts
from haitech_domain.testing.contracts.kept import ORDER


class InWholeSeconds(SqliteRepository[Any]):
    """Keeps instants as most programs print them."""

    def written(self, value: Any) -> Any:
        kept = value.replace(microsecond=0) if isinstance(value, datetime) else value
        return super().written(kept)


class MoneyAsFloat(SqliteRepository[Any]):
    """Keeps shekels in a REAL column."""

    def written(self, value: Any) -> Any:
        return float(value.amount) if isinstance(value, Money) else super().written(value)

    def read(self, name: str, value: Any) -> Any:
        if isinstance(value, float):
            return Money(int(value * 100))
        return super().read(name, value)


class LastOneWins(SqliteRepository[Any]):
    """Overwrites whatever is there."""

    def update(self, change: Change[Any]) -> None:
        self._execute(f"DELETE FROM {self._table.what} WHERE id = ?", [change.after.id])
        self.insert(change.after)


class TiesAreSkipped(SqliteRepository[Any]):
    """Goes on behind the last row's instant, not behind the row."""

    def behind(
        self, place: Place, fields: Sequence[str], *, falls: bool
    ) -> tuple[str, Sequence[Any]]:
        return f"{fields[0]} {'<' if falls else '>'} ?", place.values


class NothingNoted(SqliteRepository[Any]):
    """Keeps the row, and tells nobody."""

    def note(self, change: Change[Any]) -> None:
        pass


class TestInWholeSeconds(contracts.RoundTripContract):
    things = (ORDER,)

    @pytest.fixture
    def world(self) -> SqliteWorld:
        return SqliteWorld.of(InWholeSeconds)


class TestMoneyAsFloat(contracts.RoundTripContract):
    things = (ORDER,)

    @pytest.fixture
    def world(self) -> SqliteWorld:
        return SqliteWorld.of(MoneyAsFloat)


class TestLastOneWins(contracts.RepositoryContract):
    things = (ORDER,)

    @pytest.fixture
    def world(self) -> SqliteWorld:
        return SqliteWorld.of(LastOneWins)


class TestTiesAreSkipped(contracts.PagesContract):
    things = (ORDER,)

    @pytest.fixture
    def world(self) -> SqliteWorld:
        return SqliteWorld.of(TiesAreSkipped)


class TestNothingNoted(contracts.RepositoryContract):
    things = (ORDER,)

    @pytest.fixture
    def world(self) -> SqliteWorld:
        return SqliteWorld.of(NothingNoted)
