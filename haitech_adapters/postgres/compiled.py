"""SQL text from SQLAlchemy's statements, made once for each shape.

SQLAlchemy says what SQL to run; psycopg runs it. Compiling takes about a thousand times as long
as looking a text up, so a statement's shape (which resource, filters, order) is its key, and all
values are parameters.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Final, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import psycopg as psycopg_dialect

DIALECT: Final = psycopg_dialect.dialect(paramstyle="pyformat")  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped

SHAPES_KEPT: Final = 2_048
"""Filters combine freely, so shapes are many; those not asked for are forgotten."""


class Shape(Protocol):
    """What a statement depends on besides its parameters; equal shapes have equal SQL."""

    def statement(self) -> sa.ClauseElement:
        """The statement itself."""
        ...

    def __hash__(self) -> int: ...


def compiled(statement: sa.ClauseElement, *, columns: Sequence[str] | None = None) -> str:
    """The SQL of a statement, with named parameters as psycopg takes them.

    `columns` are those that an INSERT or UPDATE sets, each from the parameter of its name.

    :raises ValueError: the statement holds a value, which would be lost here
    """
    made = statement.compile(dialect=DIALECT, column_keys=columns)
    held = sorted(name for name, value in made.params.items() if value is not None)
    if held:
        message = f"values belong in parameters, not in the statement: {held}"
        raise ValueError(message)
    return str(made)


@functools.lru_cache(maxsize=SHAPES_KEPT)
def sql_of(shape: Shape) -> str:
    """The SQL of a shape."""
    return compiled(shape.statement())
