"""A transaction whose writing waits until everything is decided.

A `Draft` reads ahead, many things in one question, and keeps what is saved to itself: whoever
works on it sees the school as it will be. What a refused attempt did is undone without asking the
store, and `keep` writes the rest. So a request over many things runs the same steps as one over a
single thing, one after the other, without a question for each row.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any, cast

from haitech_domain.cycle import Cycle
from haitech_domain.instructor import Instructor
from haitech_domain.ports import Transaction
from haitech_domain.registration import Registration
from haitech_domain.use_cases.drafts import (
    DraftClosures,
    DraftMeetings,
    Drafts,
    DraftsInCycles,
    DraftsWithHistory,
    Notes,
)


class Draft:
    """The repositories of a transaction, where what is saved waits for `keep`.

    What it has no repository of its own for is the transaction's. With `locks` off nothing is
    locked, for work that only reads.
    """

    def __init__(self, tx: Transaction, *, locks: bool = True) -> None:
        self._store = tx
        self._notes: Notes = []
        how: Any = {"notes": self._notes, "locks": locks}
        self.courses = Drafts(tx.courses, **how)
        self.branches = Drafts(tx.branches, **how)
        self.closures = DraftClosures(tx.closures)
        self.orders = Drafts(tx.orders, **how)
        self.instructors = DraftsWithHistory[Instructor](tx.instructors, **how)
        self.students = Drafts(tx.students, **how)
        self.cycles = DraftsWithHistory[Cycle](tx.cycles, **how)
        self.meetings = DraftMeetings(tx.meetings, self.cycles, **how)
        self.registrations = DraftsInCycles[Registration](tx.registrations, **how)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @property
    def tx(self) -> Transaction:
        """The draft for those who take a transaction."""
        return cast("Transaction", self)  # its repositories have what use cases ask of them

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """What is saved within is undone where something is refused."""
        before = len(self._notes)
        try:
            yield
        except BaseException:
            while len(self._notes) > before:
                drafts, change = self._notes.pop()
                drafts.undo(change)
            raise

    async def keep(self) -> None:
        """Save what waits, in the order in which it came."""
        for drafts, notes in groupby(self._notes, key=lambda note: note[0]):
            await drafts.store.save(*(change for _, change in notes))
        self._notes.clear()
