"""How a table follows from an entity: columns, references and the checks of single values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from haitech_adapters.postgres.kinds import Kind, kinds_of
from haitech_domain.entity import Entity
from haitech_domain.fields import Between, Text
from haitech_domain.money import Money

METADATA: Final = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)
"""Unique and exclusion constraints and indexes are named where they are declared."""

LIVE: Final = "deleted_at IS NULL"


def table_of(
    name: str,
    cls: Any,
    *more: sa.schema.SchemaItem,
    references: Mapping[str, str] | None = None,
) -> sa.Table:
    """The table of a class: one column per field, of the same name.

    `references` gives for a field the table that it names a row of; `more` are constraints and
    indexes.
    """
    kinds = kinds_of(cls)
    return sa.Table(
        name,
        METADATA,
        *(_column(field, kind) for field, kind in kinds.items()),
        *(sa.ForeignKeyConstraint([f], [f"{to}.id"]) for f, to in (references or {}).items()),
        *_checks(kinds),
        *more,
    )


def entity_table(
    name: str,
    entity: type[Entity],
    *more: sa.schema.SchemaItem,
    references: Mapping[str, str] | None = None,
) -> sa.Table:
    """The table of what has versions and can be deleted: `table_of` it, and what every one needs."""
    version = check("version", "version > 0")
    table = table_of(name, entity, version, *more, references=references)
    # restoring asks for everything that one act deleted
    sa.Index(f"ix_{name}_deletion", table.c.deletion, postgresql_where="deletion IS NOT NULL")
    live_index(f"ix_{name}_created_at", table.c.created_at, table.c.id)
    return table


def _column(field: str, kind: Kind) -> sa.Column[Any]:
    return sa.Column(field, kind.sql, nullable=kind.optional, primary_key=field == "id")


def check(name: str, sql: str) -> sa.CheckConstraint:
    """A named CHECK; one that bears a column's name is about that column."""
    return sa.CheckConstraint(sql, name=name)


def _checks(kinds: Mapping[str, Kind]) -> Iterator[sa.CheckConstraint]:
    for field, kind in kinds.items():
        rules = [rule for limit in kind.limits for rule in _rules(field, limit)]
        if isinstance(kind.base, type) and issubclass(kind.base, StrEnum):
            rules.append(f"{field} IN ({', '.join(map(_literal, kind.base))})")
        if rules:
            yield check(field, " AND ".join(rules))


def _rules(field: str, limit: Any) -> Iterator[str]:
    if isinstance(limit, Between):
        yield f"{field} BETWEEN {_literal(limit.least)} AND {_literal(limit.most)}"
    if isinstance(limit, Text):
        yield f"char_length({field}) <= {limit.most}"


def _literal(value: Any) -> str:
    if isinstance(value, Money):
        return str(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    return f"'{value}'"


def live_index(
    name: str, *columns: Any, where: str = LIVE, include: Sequence[str] = ()
) -> sa.Index:
    """An index over the rows that are not deleted, which are all that lists ever show.

    `where` narrows it further; columns that it `include`s are read from it, not searched by.
    """
    return sa.Index(name, *columns, postgresql_where=where, postgresql_include=list(include))


def unique(table: sa.Table, *fields: str, name: str, where: str = LIVE) -> sa.Index:
    """Uniqueness among live rows."""
    columns = [table.c[field] for field in fields]
    return sa.Index(name, *columns, unique=True, postgresql_where=where)


def by_name(table: sa.Table) -> sa.Index:
    """The order of names: by code point, the same on every server and in Python.

    Hebrew sorts properly by it, final letters included; what the server's own collation would do
    depends on how the server was set up.
    """
    return live_index(f"ix_{table.name}_name", ordered_text(table.c.name), table.c.id)


def ordered_text(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """A text as it is compared for order."""
    return sa.collate(column, "C")


def room_of(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """The number of a Zoom room, however it is written (`zoom.room_number`)."""
    marks, nothing = (sa.literal_column(text, sa.Text()) for text in ("' -'", "''"))
    return sa.func.translate(column, marks, nothing, type_=sa.Text())


def searched(table: sa.Table, *fields: str) -> sa.Index:
    """Trigrams, by which `ILIKE '%…%'` finds a part of a word without reading every row."""
    return sa.Index(
        f"ix_{table.name}_search",
        *(table.c[field] for field in fields),
        postgresql_using="gin",
        postgresql_ops=dict.fromkeys(fields, "gin_trgm_ops"),
        postgresql_where=LIVE,
    )


def json(name: str) -> sa.Column[Any]:
    """A column of JSON."""
    return sa.Column(name, JSONB(), nullable=False)
