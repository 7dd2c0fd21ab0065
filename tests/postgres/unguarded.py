"""The audit's tables without their rules, for tests of what somebody with such power does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg

AUDIT: Final = ("audit_log", "audit_seals", "audit_head")


@contextmanager
def unguarded(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """The audit's tables without their rules, as a superuser or their owner can have them."""
    for table in AUDIT:
        connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    for table in AUDIT:
        connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
