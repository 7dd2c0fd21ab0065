"""The transaction that the running task is in, so that work begun within work joins it.

Each unit of work binds the session of its outermost `run` here. A task that was started inside
inherits the binding with its context, but not the transaction: a connection serves one task.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Generic, TypeVar

import attrs

T = TypeVar("T")


@attrs.frozen(eq=False)
class _Held:
    """Whose transaction it is: of which unit of work, in which task, within which other."""

    owner: object
    task: asyncio.Task[object] | None
    transaction: object
    outer: _Held | None


_held: ContextVar[_Held | None] = ContextVar("haitech_transaction", default=None)


class Ambient(Generic[T]):
    """One unit of work's view of the transactions that are open."""

    def current(self) -> T | None:
        """What this task has bound and not yet ended, or None."""
        held = _held.get()
        while held is not None:
            if held.owner is self and held.task is asyncio.current_task():
                return held.transaction  # type: ignore[return-value]  # only this owner binds it
            held = held.outer
        return None

    @contextmanager
    def bound(self, transaction: T) -> Iterator[T]:
        """Make it the current one of this task for the code within."""
        token = _held.set(_Held(self, asyncio.current_task(), transaction, _held.get()))
        try:
            yield transaction
        finally:
            _held.reset(token)
