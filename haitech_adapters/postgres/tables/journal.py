"""What is only ever added to: the audit log with its seals, the outbox and the import ledger."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from haitech_adapters.postgres.kinds import INSTANT
from haitech_adapters.postgres.tables.columns import METADATA, check, json
from haitech_domain.access import ActorKind

audit_log: Final = sa.Table(
    "audit_log",
    METADATA,
    sa.Column("id", sa.Uuid(), primary_key=True),
    sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column("created_at", INSTANT, nullable=False),
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
    sa.Column("mac", sa.LargeBinary(), nullable=False),
    check("actor_kind", "actor_kind IN ('" + "', '".join(ActorKind) + "')"),
    sa.Index("uq_audit_log_position", "position", unique=True),
    sa.Index("ix_audit_log_created_at", "created_at", "id"),
    sa.Index("ix_audit_log_actor_id", "actor_id", "created_at", "id"),
    sa.Index("ix_audit_log_action", "action", "created_at", "id"),
    sa.Index("ix_audit_log_entity", "entity", "created_at", "id"),
    sa.Index("ix_audit_log_entity_id", "entity_id", "created_at", "id"),
)
"""No foreign keys: a row of the log outlives whatever it speaks of. Triggers keep it unchanged.

`position` is the order of writing, which is not quite the order of commit; `mac` the writer's
signature of the content (`audit_key.py`).
"""

audit_seals: Final = sa.Table(
    "audit_seals",
    METADATA,
    sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
    sa.Column("position", sa.BigInteger(), nullable=False),
    sa.Column("entity", sa.Text(), nullable=False),
    sa.Column("entity_id", sa.Uuid(), nullable=False),
    sa.Column("digest", sa.LargeBinary(), nullable=False),
    sa.Column("mac", sa.LargeBinary(), nullable=False),
    sa.Index("uq_audit_seals_position", "position", unique=True),
)
"""The chain over the log, in the order of sealing. Triggers keep it unchanged."""

audit_head: Final = sa.Table(
    "audit_head",
    METADATA,
    sa.Column("id", sa.SmallInteger(), primary_key=True, autoincrement=False),
    sa.Column("number", sa.BigInteger(), nullable=False),
    sa.Column("position", sa.BigInteger(), nullable=False),
    sa.Column("mac", sa.LargeBinary(), nullable=False),
    sa.Column("settled", sa.BigInteger(), nullable=False),
    sa.Column("unsigned", sa.BigInteger(), nullable=False),
    sa.Column("sealed_at", INSTANT, nullable=False),
    sa.Column("signature", sa.LargeBinary(), nullable=False),
    check("id", "id = 1"),
)
"""The end of the chain, one signed row. Older ones are not kept: they could be put back."""

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
    sa.Index("ix_outbox_at", "at", "id"),
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
