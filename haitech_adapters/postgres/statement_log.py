"""A log of every statement, for development: its text and milliseconds, never its parameters."""

from __future__ import annotations

import structlog

_log = structlog.get_logger("haitech.sql")


def log_statement(sql: str, seconds: float) -> None:
    """Log one statement at debug; give it to `PostgresUnitOfWork(log=…)`."""
    _log.debug("sql", statement=" ".join(sql.split()), ms=round(seconds * 1_000, 2))
