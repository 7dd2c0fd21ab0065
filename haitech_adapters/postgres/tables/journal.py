"""What is only ever added to: the audit log, the outbox and the import ledger."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from haitech_adapters.postgres.kinds import INSTANT
from haitech_adapters.postgres.tables.columns import METADATA, check, json
from haitech_domain.access import ActorKind

audit_log: Final = sa.Table(
    "audit_log",
    METADATA,
    sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
    sa.Column("at", INSTANT, nullable=False),
    sa.Column("actor_kind", sa.Text(), nullable=False),
    sa.Column("actor_id", sa.Uuid()),
    sa.Column("actor_name", sa.Text(), nullable=False),
    sa.Column("action", sa.Text(), nullable=False),
    sa.Column("entity", sa.Text(), nullable=False),
    sa.Column("entity_id", sa.Uuid(), nullable=False),
    json("old"),
    json("new"),
    sa.Column("request_id", sa.Text()),
    sa.Column("address", sa.Text()),
    sa.Column("user_agent", sa.Text()),
    check("actor_kind", "actor_kind IN ('" + "', '".join(ActorKind) + "')"),
    sa.Index("ix_audit_log_entity", "entity", "entity_id", "id"),
    sa.Index("ix_audit_log_actor_id", "actor_id", "id"),
    sa.Index("ix_audit_log_at", "at"),
)
"""No foreign keys: a row of the log outlives whatever it speaks of. Triggers keep it unchanged."""

outbox: Final = sa.Table(
    "outbox",
    METADATA,
    sa.Column("id", sa.Uuid(), primary_key=True),
    sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column("type", sa.Text(), nullable=False),
    sa.Column("entity", sa.Text(), nullable=False),
    sa.Column("entity_id", sa.Uuid(), nullable=False),
    json("facts"),
    sa.Column("at", INSTANT, nullable=False),
    sa.Index("uq_outbox_position", "position", unique=True),
)
"""Events in the order of writing, which is not quite the order of commit."""

import_ledger: Final = sa.Table(
    "import_ledger",
    METADATA,
    sa.Column("key", sa.Text(), primary_key=True),
    sa.Column("digest", sa.Text(), nullable=False),
    sa.Column("entity", sa.Text(), nullable=False),
    sa.Column("entity_id", sa.Text(), nullable=False),
    sa.Column("imported_at", INSTANT, nullable=False),
)
