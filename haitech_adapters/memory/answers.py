"""Answers kept for retries, in memory."""

from __future__ import annotations

from datetime import datetime

from haitech_adapters.memory.session import Session
from haitech_domain.ports import KeptAnswer


class MemoryAnswers:
    """The answers given to requests with a key.

    Transactions that write run one after another, so nobody ever finds a key in progress: a
    retry waits for its turn and then finds the answer.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    async def claim(self, key: bytes, *, since: datetime) -> KeptAnswer | None:
        """What was kept under this key, not before `since`."""
        self._session.must_write()
        kept = self._session.state.answers.get(key)
        return None if kept is None or kept.at < since else kept

    async def keep(self, kept: KeptAnswer) -> None:
        """Keep an answer under the key that was claimed, instead of what has expired."""
        with self._session.writing():
            self._session.state.answers[kept.key] = kept

    async def purge(self, *, before: datetime, most: int = 1_000) -> int:
        """Forget the oldest answers from before then; say how many they were."""
        with self._session.writing():
            answers = self._session.state.answers
            old = sorted((a for a in answers.values() if a.at < before), key=lambda a: a.at)[:most]
            for kept in old:
                del answers[kept.key]
            return len(old)
