"""What the rows of a table were, since when, where some of their values keep their history."""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa

from haitech_adapters.postgres.kinds import INSTANT, kinds_of
from haitech_adapters.postgres.tables.columns import METADATA
from haitech_adapters.postgres.tables.people import instructors
from haitech_adapters.postgres.tables.teaching import cycles
from haitech_domain.cycle import Cycle
from haitech_domain.entity import Entity
from haitech_domain.instructor import Instructor
from haitech_domain.ports import fields_with_history


def history_of(table: sa.Table, entity: type[Entity]) -> sa.Table:
    """One row for each time that a value changed whose past is kept, the first from its making.

    A trigger on the table writes it (`keep_history`), so nothing can change a value past it.
    `position` is the order of writing.
    """
    cls: Any = entity
    kinds = kinds_of(cls)
    return sa.Table(
        f"{table.name}_history",
        METADATA,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        *(
            sa.Column(field, kinds[field].sql, nullable=kinds[field].optional)
            for field in fields_with_history(cls)
        ),
        sa.PrimaryKeyConstraint("id", "position"),
        sa.ForeignKeyConstraint(["id"], [f"{table.name}.id"]),
    )


instructors_history: Final = history_of(instructors, Instructor)
cycles_history: Final = history_of(cycles, Cycle)
