"""A repository of the domain over a table of SQLite.

A row is made as everybody makes one, so a value that the file has got wrong is refused.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Generic, TypeVar
from uuid import UUID

import attrs

from haitech_domain import Actor, Change, Duplicate, Money, NotFound, Stale
from haitech_domain.entity import Entity
from haitech_domain.errors import UnknownReference
from haitech_domain.ids import DeletionId
from haitech_domain.ports import Listing, Page, Query
from haitech_domain.ports.cursors import Cursors, Place
from haitech_domain.records import differences, facts_of

T = TypeVar("T", bound=Entity)


@attrs.frozen(kw_only=True)
class Table(Generic[T]):
    """A table with a column for each field. `what` is the word for one row of it."""

    what: str
    cls: type[T]
    listing: Listing
    filters: Mapping[str, str]
    reads: Mapping[str, Callable[[Any], Any]]
    references: Mapping[str, str] = attrs.field(factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the fields."""
        fields: Any = attrs.fields(self.cls)
        return tuple(field.name for field in fields)

    def schema(self) -> str:
        """SQL that makes it."""
        columns = ", ".join(name for name in self.columns if name != "id")
        return f"CREATE TABLE IF NOT EXISTS {self.what} (id TEXT PRIMARY KEY, {columns});"


class SqliteRepository(Generic[T]):
    """The rows of one table, within one piece of work."""

    def __init__(
        self, table: Table[T], connection: sqlite3.Connection, actor: Actor | None
    ) -> None:
        self._table = table
        self._connection = connection
        self._actor = actor

    @property
    def listing(self) -> Listing:
        """What can be asked of `page`."""
        return self._table.listing

    async def get(self, id: UUID, *, own: UUID | None = None) -> T:
        """The live row with this id. :raises NotFound: none, or deleted"""
        found = await self.many([id], own=own)
        if id not in found:
            raise NotFound(self._table.what, id)
        return found[id]

    async def lock(self, id: UUID, *, own: UUID | None = None) -> T:
        """`get`; there is one piece of work at a time, so everything is locked."""
        return await self.get(id, own=own)

    async def lock_deleted(self, id: UUID) -> T:
        """The deleted row with this id. :raises NotFound: none, or not deleted"""
        found = self._select("id = ? AND deleted_at IS NOT NULL", [id])
        if not found:
            raise NotFound(self._table.what, id)
        return found[0]

    async def many(self, ids: Iterable[UUID], *, own: UUID | None = None) -> Mapping[UUID, T]:
        """The live rows among these ids; both tables exist for everybody or nobody."""
        wanted = list(ids)
        marks = ", ".join("?" for _ in wanted)
        found = self._select(f"id IN ({marks}) AND deleted_at IS NULL", wanted)
        return {row.id: row for row in found}  # type: ignore[attr-defined]  # every entity has one

    async def lock_many(self, ids: Iterable[UUID]) -> Mapping[UUID, T]:
        """`many`; everything is locked."""
        return await self.many(ids)

    async def deleted_with(self, deletion: DeletionId) -> Sequence[T]:
        """What one act of deletion took along, in order of id."""
        return self._select("deletion = ? AND deleted_at IS NOT NULL ORDER BY id", [deletion])

    async def by_name(self, name: str) -> T | None:
        """The live row of exactly this name; the oldest of several."""
        found = self._select("name = ? AND deleted_at IS NULL ORDER BY created_at, id", [name])
        return found[0] if found else None

    async def page(self, query: Query) -> Page[T]:
        """One page of the live rows. :raises Invalid: an unknown filter or sort"""
        table = self._table
        table.listing.check(query)
        order = table.listing.ordering(query)
        cursors = Cursors(table.what, table.cls, order, query)
        place = cursors.place()
        tests = ["deleted_at IS NULL", *(table.filters[name] for name in query.filters)]
        given = list(query.filters.values())
        if query.search is not None:
            text = " || ' ' || ".join(f"coalesce({field}, '')" for field in table.listing.searched)
            tests.append(f"instr(lower({text}), ?)")
            given.append(query.search.lower())
        [total] = self._execute(
            f"SELECT count(*) FROM {table.what} WHERE {' AND '.join(tests)}", given
        ).fetchone()
        fields, falls = (*(field for field, _ in order), "id"), order[0][1]
        if place is not None:
            test, values = self.behind(place, fields, falls=falls)
            tests.append(test)
            given += values
        how = ", ".join(f"{field} {'DESC' if falls else 'ASC'}" for field in fields)
        where = f"{' AND '.join(tests)} ORDER BY {how} LIMIT ? OFFSET ?"
        found = self._select(where, [*given, query.limit + 1, query.offset])
        items = tuple(found[: query.limit])
        return Page(
            items=items,
            total=total,
            limit=query.limit,
            offset=query.offset,
            next_cursor=cursors.behind(items[-1]) if len(found) > len(items) else None,
            by_cursor=place is not None,
        )

    async def save(self, *changes: Change[T]) -> None:
        """Write the changes with their audit rows and events.

        :raises Stale: a row is no longer at the version that its change saw
        :raises Duplicate: the id is taken
        :raises UnknownReference: a field names nothing
        """
        for change in changes:
            if not change.is_empty:
                self.insert(change.after) if change.before is None else self.update(change)
                self._check_references(change.after)
                self.note(change)

    def behind(
        self, place: Place, fields: Sequence[str], *, falls: bool
    ) -> tuple[str, Sequence[Any]]:
        """The test for rows behind a place of the list, ties by id."""
        marks = ", ".join("?" for _ in fields)
        return f"({', '.join(fields)}) {'<' if falls else '>'} ({marks})", [*place.values, place.id]

    def insert(self, row: T) -> None:
        """A new row. :raises Duplicate: its id is taken"""
        names = ", ".join(self._table.columns)
        marks = ", ".join("?" for _ in self._table.columns)
        try:
            self._execute(
                f"INSERT INTO {self._table.what} ({names}) VALUES ({marks})", self._values(row)
            )
        except sqlite3.IntegrityError:
            raise Duplicate(self._table.what, "id") from None

    def update(self, change: Change[T]) -> None:
        """The next version of a row. :raises Stale: there is another than the change saw"""
        row: Any = change.after
        seen: Any = change.before
        sets = ", ".join(f"{name} = ?" for name in self._table.columns)
        done = self._execute(
            f"UPDATE {self._table.what} SET {sets} WHERE id = ? AND version = ?",
            [*self._values(row), row.id, seen.version],
        )
        if not done.rowcount:
            raise Stale(self._table.what, row.id)

    def note(self, change: Change[T]) -> None:
        """The audit row of a change, and its events, in the same transaction."""
        old, new = differences(change)
        row: Any = change.after
        kind = "system" if self._actor is None else self._actor.kind.value
        texts = [json.dumps(facts, ensure_ascii=False) for facts in (old, new)]
        entry = [change.action, self._table.what, row.id, *texts, kind]
        self._execute("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?)", entry)
        for event in change.events:
            facts = json.dumps(facts_of(event), ensure_ascii=False)
            self._execute("INSERT INTO outbox VALUES (?, ?)", [event.type, facts])

    def written(self, value: Any) -> Any:
        """A value as SQLite keeps it: amounts as whole agorot, instants as text that sorts."""
        if isinstance(value, Money):
            return value.agorot
        if isinstance(value, datetime):
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        if isinstance(value, date):
            return value.isoformat()
        if isinstance(value, Enum):
            return value.value
        return value if value is None or isinstance(value, int) else str(value)

    def read(self, name: str, value: Any) -> Any:
        """A column's value for the field of this name."""
        reading = self._table.reads.get(name)
        return value if value is None or reading is None else reading(value)

    def _values(self, row: T) -> list[Any]:
        return [getattr(row, name) for name in self._table.columns]

    def _check_references(self, row: T) -> None:
        for field, table in self._table.references.items():
            there = f"SELECT 1 FROM {table} WHERE id = ?"
            if not self._execute(there, [getattr(row, field)]).fetchone():
                raise UnknownReference(field, table)

    def _select(self, where: str, given: Sequence[Any]) -> list[T]:
        names = self._table.columns
        rows = self._execute(
            f"SELECT {', '.join(names)} FROM {self._table.what} WHERE {where}", given
        )
        return [
            self._table.cls(**{n: self.read(n, v) for n, v in zip(names, row, strict=True)})
            for row in rows
        ]

    def _execute(self, sql: str, given: Sequence[Any]) -> sqlite3.Cursor:
        return self._connection.execute(sql, [self.written(value) for value in given])
