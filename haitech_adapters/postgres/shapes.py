"""The statements that every resource needs, each a shape (`compiled.py`)."""

from __future__ import annotations

from typing import Any

import attrs
import sqlalchemy as sa

from haitech_adapters.postgres.mapping import Clause, Mapping, Spread, Whether, among, parameter
from haitech_adapters.postgres.tables.columns import ordered_text
from haitech_domain.people import Phone


def locking(statement: sa.Select[Any], table: sa.Table) -> sa.Select[Any]:
    """The statement, keeping its rows of `table` from change until the transaction ends.

    NO KEY: rows that merely refer to a locked one can still be written beside it.
    """
    return statement.with_for_update(key_share=True, of=table)


@attrs.frozen
class ById:
    """One row by its id: live or deleted, perhaps an instructor's own, perhaps locked."""

    mapping: Mapping[Any]
    deleted: bool = False
    own: bool = False
    locked: bool = False

    def statement(self) -> sa.Select[Any]:
        """SELECT … WHERE id."""
        mapping, table = self.mapping, self.mapping.table
        live = table.c.deleted_at.is_not(None) if self.deleted else mapping.live
        found = mapping.select(table.c.id == parameter("id"), live)
        if self.own:
            found = found.where(mapping.own(parameter("own", sa.Uuid())))
        return locking(found, table) if self.locked else found


@attrs.frozen
class Many:
    """The live rows among some ids, perhaps an instructor's own.

    Perhaps they are locked one after the other in order of id.
    """

    mapping: Mapping[Any]
    own: bool = False
    locked: bool = False

    def statement(self) -> sa.Select[Any]:
        """SELECT … WHERE id = ANY."""
        table = self.mapping.table
        found = self.mapping.select(self.mapping.live, among(table.c.id, "ids"))
        if self.own:
            found = found.where(self.mapping.own(parameter("own", sa.Uuid())))
        return locking(found.order_by(table.c.id), table) if self.locked else found


@attrs.frozen
class DeletedWith:
    """The rows that one act of deletion took along."""

    mapping: Mapping[Any]

    def statement(self) -> sa.Select[Any]:
        """SELECT … WHERE deletion."""
        columns = self.mapping.table.c
        found = self.mapping.select(
            columns.deletion == parameter("deletion"), columns.deleted_at.is_not(None)
        )
        return found.order_by(columns.id)


@attrs.frozen
class Insert:
    """A new row."""

    mapping: Mapping[Any]

    def statement(self) -> sa.Insert:
        """INSERT, every column from the parameter of its name."""
        return self.mapping.table.insert().values(
            {name: parameter(name) for name in self.mapping.names}
        )


@attrs.frozen
class Update:
    """A known row, if it is still at the version that the change saw."""

    mapping: Mapping[Any]

    def statement(self) -> sa.Update:
        """UPDATE … WHERE id AND version."""
        table = self.mapping.table
        found = (table.c.id == parameter("row_id")) & (table.c.version == parameter("row_seen"))
        return (
            table.update()
            .where(found)
            .values({name: parameter(name) for name in self.mapping.names if name != "id"})
        )


@attrs.frozen
class PageOf:
    """A page of live rows, each followed by how many rows there are in all, unless that is known.

    `filters` are names, each with what of its value decides the SQL (`Whether`, `Spread`);
    `searched` are the columns to search, `search` says how many readings as a phone the term has,
    0 for text alone, `cased` whether large and small letters of it may differ. A page that begins
    behind a row knows by `after` which of the values that it is ordered by are missing there.
    """

    mapping: Mapping[Any]
    filters: frozenset[tuple[str, Any]]
    order: tuple[tuple[str, bool], ...]
    searched: tuple[str, ...] = attrs.field(
        default=attrs.Factory(lambda page: page.mapping.listing.searched, takes_self=True)
    )
    search: int | None = None
    cased: bool = True
    own: bool = False
    after: tuple[bool, ...] | None = None
    with_total: bool = True

    def statement(self) -> sa.Select[Any]:
        """SELECT …, (SELECT count(*) …) ORDER BY … LIMIT … OFFSET …

        The count is a query of its own: a window over the rows costs twice as much. It counts
        what is before the page, too.
        """
        total = [self.counted().scalar_subquery()] if self.with_total else []
        return (
            sa.select(*self.mapping.columns, *total)
            .where(*self.clauses(), *self._after())
            .order_by(*self._order())
            .limit(parameter("limit", sa.Integer()))
            .offset(parameter("offset", sa.Integer()))
        )

    def counted(self) -> sa.Select[Any]:
        """How many rows there are in all."""
        # aliased, or SQLAlchemy would take the inner table for the outer one
        return sa.select(sa.func.count()).select_from(
            sa.select(sa.literal_column("1"))
            .select_from(self.mapping.table)
            .where(*self.clauses())
            .subquery("found")
        )

    def clauses(self) -> list[Clause]:
        """What holds of the rows that are meant."""
        mapping = self.mapping
        clauses = [mapping.live]
        for name, value in sorted(self.filters, key=str):
            wanted = mapping.filters[name]
            if isinstance(wanted, Spread):
                named = {part: parameter(f"filter_{name}_{part}") for part in value}
                clauses.append(wanted.holds(named))
            elif not isinstance(wanted, Whether):
                clauses.append(wanted(parameter(f"filter_{name}")))
            elif value is None:
                clauses.append(sa.false())
            else:
                clauses.append(wanted.holds if value else ~wanted.holds)
        if self.search is not None:
            clauses.append(sa.or_(*self._searched()))
        if self.own:
            clauses.append(mapping.own(parameter("own", sa.Uuid())))
        return clauses

    def _searched(self) -> list[Clause]:
        found: list[Clause] = [sa.false()]
        kinds = self.mapping.kinds
        term = parameter("search", sa.Text())
        for name in self.searched:
            column = self.mapping.table.c[name]
            if kinds[name].base is not Phone:
                # ILIKE reads every value twice as long
                found.append(column.ilike(term) if self.cased else column.like(term))
            else:
                readings = range(self.search or 0)
                found += (column.like(parameter(f"digits_{n}", sa.Text())) for n in readings)
        return found

    def _after(self) -> list[Clause]:
        """What holds of the rows behind the one whose values are the parameters `after_…`.

        Where it can be, this is one comparison of rows, which an index on the order's columns
        answers; a missing value equals nothing, and comes last both ways.
        """
        if self.after is None:
            return []
        table = self.mapping.table
        keys = [
            _Key(table.c[name], falls, parameter(f"after_{name}", table.c[name].type), missing)
            for (name, falls), missing in zip(
                (*self.order, ("id", self.order[0][1])), (*self.after, False), strict=True
            )
        ]
        if len({key.falls for key in keys}) == 1 and not any(key.column.nullable for key in keys):
            here = sa.tuple_(*(key.compared for key in keys))
            there = sa.tuple_(*(key.value for key in keys))
            return [here < there if keys[0].falls else here > there]
        behind = [
            sa.and_(*(before.equals for before in keys[:n]), key.is_behind)
            for n, key in enumerate(keys)
        ]
        return [sa.or_(*behind)]

    def _order(self) -> list[sa.ColumnElement[Any]]:
        columns = self.mapping.table.c
        falls = self.order[0][1]
        order: list[sa.ColumnElement[Any]] = []
        for name, descending in (*self.order, ("id", falls)):
            column: sa.ColumnElement[Any] = columns[name]
            nullable = columns[name].nullable
            if isinstance(column.type, sa.Text):
                column = ordered_text(column)
            column = column.desc() if descending else column.asc()
            order.append(column.nulls_last() if nullable and descending else column)
        return order


@attrs.frozen
class _Key:
    """One column of an order, and its value at the row behind which a page begins."""

    column: sa.Column[Any]
    falls: bool
    value: sa.BindParameter[Any]
    missing: bool

    @property
    def compared(self) -> sa.ColumnElement[Any]:
        """The column as it is ordered."""
        return ordered_text(self.column) if isinstance(self.column.type, sa.Text) else self.column

    @property
    def equals(self) -> Clause:
        """A row has the same value."""
        return self.column.is_(None) if self.missing else self.column == self.value

    @property
    def is_behind(self) -> Clause:
        """A row has a value that comes later."""
        if self.missing:
            return sa.false()
        behind = self.compared < self.value if self.falls else self.compared > self.value
        return sa.or_(behind, self.column.is_(None)) if self.column.nullable else behind


@attrs.frozen
class CountOf:
    """How many rows a page's query has in all, for a page beyond the last row."""

    page: PageOf

    def statement(self) -> sa.Select[Any]:
        """SELECT count(*) …"""
        return self.page.counted()


def pattern(text: str) -> str:
    """What `LIKE` takes for «contains this», whatever the text holds."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
