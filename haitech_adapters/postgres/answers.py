"""Answers kept for retries, in the transaction of the work that they answer."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from haitech_adapters.postgres.compiled import compiled
from haitech_adapters.postgres.mapping import parameter
from haitech_adapters.postgres.session import Session
from haitech_adapters.postgres.tables import kept_answers
from haitech_domain.ports import KeptAnswer, KeyInProgress

_COLUMNS: Final = tuple(kept_answers.c.keys())
_LOCK: Final = compiled(sa.select(sa.func.pg_try_advisory_xact_lock(parameter("lock"))))
_FIND: Final = compiled(
    sa.select(kept_answers).where(
        kept_answers.c.key == parameter("key"), kept_answers.c.at >= parameter("since")
    )
)
_PUT: Final = insert(kept_answers).values({name: parameter(name) for name in _COLUMNS})
_KEEP: Final = compiled(
    _PUT.on_conflict_do_update(
        index_elements=["key"],
        set_={name: _PUT.excluded[name] for name in _COLUMNS if name != "key"},
    )
)
_OLD: Final = (
    sa.select(kept_answers.c.key)
    .where(kept_answers.c.at < parameter("before"))
    .order_by(kept_answers.c.at)
    .limit(parameter("most", sa.Integer()))
    .with_for_update(skip_locked=True)
)
_PURGE: Final = compiled(kept_answers.delete().where(kept_answers.c.key.in_(_OLD)))


class PostgresAnswers:
    """The answers given to requests with a key."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def claim(self, key: bytes, *, since: datetime) -> KeptAnswer | None:
        """What was kept under this key, not before `since`; else the key is this transaction's.

        The lock is asked for without waiting, and goes with the transaction. It comes in a
        statement of its own, before the looking up: whoever held it has committed by then, and a
        later statement sees that.

        :raises KeyInProgress: another transaction has the key
        """
        self._session.must_write()
        lock = int.from_bytes(key[:8], "big", signed=True)
        ((claimed,),) = await self._session.rows(_LOCK, {"lock": lock})
        if not claimed:
            raise KeyInProgress
        rows = await self._session.rows(_FIND, {"key": key, "since": since})
        return KeptAnswer(**dict(zip(_COLUMNS, rows[0], strict=True))) if rows else None

    async def keep(self, kept: KeptAnswer) -> None:
        """Keep an answer under the key that was claimed, instead of what has expired."""
        self._session.must_write()
        await self._session.write([(_KEEP, {name: getattr(kept, name) for name in _COLUMNS})])

    async def purge(self, *, before: datetime, most: int = 1_000) -> int:
        """Forget the oldest answers from before then; those that another purge is at stay."""
        self._session.must_write()
        (count,) = await self._session.write([(_PURGE, {"before": before, "most": most})])
        return count
