"""The ports in memory: for trying out, and for tests of what is built on the domain.

As strict as the PostgreSQL adapter: the same contract suites run against both.

>>> from haitech_adapters.memory import CountingIds, FixedClock, MemoryUnitOfWork
>>> uow = MemoryUnitOfWork(CountingIds(), FixedClock())
"""

from haitech_adapters.memory.services import CountingIds, FixedClock
from haitech_adapters.memory.session import TransactionFailed, WriteInReading
from haitech_adapters.memory.state import Committed, OutboxEntry
from haitech_adapters.memory.unit_of_work import MemoryTransaction, MemoryUnitOfWork

__all__ = [
    "Committed",
    "CountingIds",
    "FixedClock",
    "MemoryTransaction",
    "MemoryUnitOfWork",
    "OutboxEntry",
    "TransactionFailed",
    "WriteInReading",
]
