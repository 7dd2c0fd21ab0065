"""Exports, and the files that came of them, in pieces."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA

from haitech_adapters.postgres.tables.columns import METADATA, check, entity_table, live_index
from haitech_domain.export import Export
from haitech_domain.ports import PIECE

# an owner is a user or an API key, so it refers to no one table
exports: Final = entity_table("exports", Export)
live_index("ix_exports_owner_id", *(exports.c["owner_id", "created_at", "id"]))
live_index("ix_exports_report", *(exports.c["report", "created_at", "id"]))
live_index("ix_exports_status", *(exports.c["status", "created_at", "id"]))
sa.Index(
    "ix_exports_expires_at",
    *(exports.c["expires_at", "id"]),
    postgresql_where="status = 'done' AND deleted_at IS NULL",
)
sa.Index(
    "ix_exports_under_way",
    *(exports.c["updated_at", "id"]),
    postgresql_where="status IN ('queued', 'running') AND deleted_at IS NULL",
)

export_pieces: Final = sa.Table(
    "export_pieces",
    METADATA,
    sa.Column("file_id", sa.Uuid(), primary_key=True),
    sa.Column("number", sa.Integer(), primary_key=True),
    sa.Column("export_id", sa.Uuid(), nullable=False),
    sa.Column("piece", BYTEA(), nullable=False),
    sa.ForeignKeyConstraint(["export_id"], ["exports.id"], ondelete="CASCADE"),
    check("piece", f"octet_length(piece) <= {PIECE}"),
)
sa.Index("ix_export_pieces_export_id", export_pieces.c.export_id)
