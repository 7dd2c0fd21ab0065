"""What rows were on a day, from the tables that triggers keep (`tables/history.py`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

import attrs
import sqlalchemy as sa

from haitech_adapters.postgres.compiled import sql_of
from haitech_adapters.postgres.mapping import ZONE, among, ids_of, midnight, parameter
from haitech_adapters.postgres.mapping import Mapping as Resource
from haitech_adapters.postgres.repository import PostgresRepository
from haitech_domain.entity import Entity
from haitech_domain.ports import AsOf, fields_with_history

T = TypeVar("T", bound=Entity)


@attrs.frozen
class AsTheyAre:
    """The rows among some ids, deleted or not."""

    mapping: Resource[Any]

    def statement(self) -> sa.Select[Any]:
        """SELECT … WHERE id = ANY."""
        return self.mapping.select(among(self.mapping.table.c.id, "ids"))


@attrs.frozen
class AsTheyWere:
    """The same at the end of a day, each followed by the first day known where that is later."""

    mapping: Resource[Any]

    def statement(self) -> sa.Select[Any]:
        """SELECT … JOIN LATERAL (the last entry by then, else the first of all).

        :raises ValueError: it keeps no history
        """
        table, history = self.mapping.table, self.mapping.history
        if history is None:
            raise ValueError(f"{table.name} keeps no history")
        entries = history.c
        after = midnight(parameter("day", sa.Date()), after_days=1)
        by_then = entries.since < after
        held = (
            sa.select(history)
            .where(entries.id == table.c.id)
            .order_by(
                by_then.desc(),
                sa.case((by_then, -entries.position), else_=entries.position),
            )
            .limit(sa.literal_column("1"))
            .lateral("held")
        )
        kept = fields_with_history(self.mapping.entity)
        columns = [held.c[n] if n in kept else table.c[n] for n in self.mapping.names]
        known_since = sa.case(
            (held.c.since >= after, sa.cast(sa.func.timezone(ZONE, held.c.since), sa.Date()))
        )
        return (
            sa.select(*columns, known_since)
            .select_from(table.join(held, sa.true()))
            .where(among(table.c.id, "ids"))
        )


class RepositoryWithHistory(PostgresRepository[T]):
    """A resource that keeps the history of some of its values."""

    async def as_of(self, ids: Iterable[UUID], day: date | None = None) -> Mapping[UUID, AsOf[T]]:
        """These rows, deleted ones too, as they were at the end of a civil day; else as they are."""
        wanted = ids_of(ids)
        if not wanted:
            return {}
        if day is None:
            now = await self._all(sql_of(AsTheyAre(self._resource)), {"ids": wanted})
            return {_id(row): AsOf(row) for row in now}
        sql = sql_of(AsTheyWere(self._resource))
        rows = await self._session.rows(sql, {"ids": wanted, "day": day})
        then = ((self._resource.read(row), row[-1]) for row in rows)
        return {_id(row): AsOf(row, known_since) for row, known_since in then}


def _id(row: Any) -> UUID:
    id: UUID = row.id
    return id
