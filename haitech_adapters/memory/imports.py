"""The import ledger in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from haitech_adapters.memory.session import Session
from haitech_domain.errors import Duplicate
from haitech_domain.ports import Imported


class MemoryImportLedger:
    """Which rows of other programs' exports have come in already."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def known(self, keys: Sequence[str]) -> Mapping[str, Imported]:
        """The entries among these keys."""
        imported = self._session.state.imported
        return {key: imported[key] for key in keys if key in imported}

    async def record(self, entries: Sequence[Imported]) -> None:
        """Remember rows. :raises Duplicate: a key is known already"""
        with self._session.writing():
            imported = self._session.state.imported
            for entry in entries:
                if entry.key in imported:
                    raise Duplicate("imported row", "key")
                imported[entry.key] = entry
