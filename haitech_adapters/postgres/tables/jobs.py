"""The queue of work that is done later."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from haitech_adapters.postgres.kinds import INSTANT
from haitech_adapters.postgres.tables.columns import METADATA, check, json

_WAITS: Final = "buried_at IS NULL"

jobs: Final = sa.Table(
    "jobs",
    METADATA,
    sa.Column("id", sa.Uuid(), primary_key=True),
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("due_at", INSTANT, nullable=False),
    sa.Column("lane", sa.Text(), nullable=False),
    json("facts"),
    sa.Column("secret", sa.LargeBinary()),
    sa.Column("name", sa.Text()),
    sa.Column("until", INSTANT),
    sa.Column("attempts", sa.Integer(), nullable=False),
    sa.Column("taken", sa.BigInteger(), nullable=False),
    sa.Column("held_by", sa.Text()),
    sa.Column("buried_at", INSTANT),
    sa.Column("why", sa.Text()),
    check("attempts", "attempts >= 0"),
    sa.Index("uq_jobs_name", "name", unique=True, postgresql_where="name IS NOT NULL"),
    sa.Index("ix_jobs_lane", "lane", "due_at", "id", postgresql_where=_WAITS),
    sa.Index("ix_jobs_due_at", "due_at", postgresql_where=_WAITS),
    sa.Index(
        "ix_jobs_held", "lane", "due_at", postgresql_where=f"{_WAITS} AND held_by IS NOT NULL"
    ),
    sa.Index("ix_jobs_buried_at", "buried_at", postgresql_where="buried_at IS NOT NULL"),
)
"""Of a job that is held `due_at` is the end of its lease: then it is due again. A trigger wakes
the workers when something is added that is due. `secret` is encrypted.
"""
