"""Answers kept for retries."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from haitech_adapters.postgres.kinds import INSTANT
from haitech_adapters.postgres.tables.columns import METADATA

kept_answers: Final = sa.Table(
    "kept_answers",
    METADATA,
    sa.Column("key", sa.LargeBinary(), primary_key=True),
    sa.Column("answer", sa.LargeBinary(), nullable=False),
    sa.Column("at", INSTANT, nullable=False),
    sa.Index("ix_kept_answers_at", "at"),
)
"""`key` is a digest; `answer` is encrypted, for it may show a secret that is shown once."""
