"""PostgreSQL: the repositories and the unit of work, on SQLAlchemy's SQL and psycopg's connections.

>>> from haitech_adapters.postgres import PostgresUnitOfWork, make_pool, migrate
"""

from haitech_adapters.postgres import embedded, migrate
from haitech_adapters.postgres.audit_key import AuditKey
from haitech_adapters.postgres.failures import (
    StatementRefused,
    TransactionFailed,
    WriteInReading,
)
from haitech_adapters.postgres.pool import PoolSettings, make_pool, ready
from haitech_adapters.postgres.statement_log import log_statement
from haitech_adapters.postgres.unit_of_work import PostgresTransaction, PostgresUnitOfWork

__all__ = [
    "AuditKey",
    "PoolSettings",
    "PostgresTransaction",
    "PostgresUnitOfWork",
    "StatementRefused",
    "TransactionFailed",
    "WriteInReading",
    "embedded",
    "log_statement",
    "make_pool",
    "migrate",
    "ready",
]
