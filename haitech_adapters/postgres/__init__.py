"""PostgreSQL: the repositories and the unit of work, on SQLAlchemy's SQL and psycopg's connections.

>>> from haitech_adapters.postgres import PostgresUnitOfWork, make_pool

The modules `migrate` and `embedded` bring Alembic and a server; who needs them imports them.
"""

from haitech_adapters.postgres.audit_key import AuditKey
from haitech_adapters.postgres.audit_sealer import AuditSealer, SealsBroken
from haitech_adapters.postgres.audit_verifier import (
    Anchor,
    AnotherKey,
    AuditVerifier,
    Finding,
    Verified,
    What,
)
from haitech_adapters.postgres.failures import (
    StatementRefused,
    TransactionFailed,
    WriteInReading,
)
from haitech_adapters.postgres.pool import PoolSettings, make_pool, ready
from haitech_adapters.postgres.snapshots import PostgresSnapshots
from haitech_adapters.postgres.statement_log import log_statement
from haitech_adapters.postgres.unit_of_work import PostgresTransaction, PostgresUnitOfWork
from haitech_adapters.postgres.waking import listening

__all__ = [
    "Anchor",
    "AnotherKey",
    "AuditKey",
    "AuditSealer",
    "AuditVerifier",
    "Finding",
    "PoolSettings",
    "PostgresSnapshots",
    "PostgresTransaction",
    "PostgresUnitOfWork",
    "SealsBroken",
    "StatementRefused",
    "TransactionFailed",
    "Verified",
    "What",
    "WriteInReading",
    "listening",
    "log_statement",
    "make_pool",
    "ready",
]
