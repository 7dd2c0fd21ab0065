"""The repositories of a draft (`drafting.py`): each row is read once, and nothing is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import Any, Final, Generic, Protocol, TypeAlias, TypeVar
from uuid import UUID

from haitech_domain.branch import Closure
from haitech_domain.calendar import TimeSlot
from haitech_domain.change import Change
from haitech_domain.cycle import Cycle, Tally
from haitech_domain.entity import Entity
from haitech_domain.errors import NotFound
from haitech_domain.ids import BranchId, CycleId, InstructorId
from haitech_domain.meeting import Meeting, in_order, tally
from haitech_domain.ports import AsOf, Closures, History, InCycles, Meetings, Repository
from haitech_domain.registration import Registration
from haitech_domain.scheduling import conflicts

T = TypeVar("T", bound=Entity)
M = TypeVar("M", bound=Meeting | Registration)
Notes: TypeAlias = "list[tuple[Drafts[Any], Change[Any]]]"
"""What waits to be saved, and where, in the order in which it came."""
_DAY: Final = timedelta(days=1)


class Drafts(Generic[T]):
    """A repository that asks for each row once, and writes nothing."""

    def __init__(self, store: Repository[T], *, notes: Notes, locks: bool) -> None:
        self.store = store
        self._notes = notes
        self._locks = locks
        self._rows: dict[UUID, T] = {}
        self._locked: set[UUID] = set()
        self._missing: dict[UUID, str] = {}
        self._gone: dict[UUID, T] = {}

    async def get(self, id: UUID) -> T:
        """The live row with this id. :raises NotFound: none, or deleted"""
        if id not in self._rows:
            await self._ask(id, self.store.get)
        return self._live(id)

    async def lock(self, id: UUID) -> T:
        """`get`, locked. :raises NotFound: none, or deleted"""
        if not self._locks or id in self._locked:
            return await self.get(id)
        await self._ask(id, self.store.lock)
        self._locked.add(id)
        return self._live(id)

    async def lock_deleted(self, id: UUID) -> T:
        """The row that the store has as deleted. :raises NotFound: none, or not deleted"""
        if id not in self._gone:
            self._gone[id] = await self.store.lock_deleted(id)
        return self._gone[id]

    async def many(self, ids: Iterable[UUID]) -> Mapping[UUID, T]:
        """The live rows among these ids; those not known yet in one question."""
        wanted = set(ids)
        await self._ahead(wanted - self._rows.keys(), self.store.many)
        return self._live_among(wanted)

    async def lock_many(self, ids: Iterable[UUID]) -> Mapping[UUID, T]:
        """`many`, each locked in order of id."""
        if not self._locks:
            return await self.many(ids)
        wanted = set(ids)
        await self._ahead(wanted - self._locked, self.store.lock_many)
        self._locked |= wanted
        return self._live_among(wanted)

    async def save(self, *changes: Change[T]) -> None:
        """Note the changes; from here on they are what is there."""
        for change in changes:
            if not change.is_empty:
                self._notes.append((self, change))
                self._put(change.after)
                self._locked.add(_id(change.after))

    def undo(self, change: Change[T]) -> None:
        """Forget the last change."""
        if change.before is None:
            self._forget(_id(change.after))
        else:
            self._put(change.before)

    async def _ask(self, id: UUID, ask: Callable[[UUID], Awaitable[T]]) -> None:
        if id in self._missing:
            raise NotFound(self._missing[id], id)
        try:
            self._know(await ask(id))
        except NotFound as missing:
            self._missing[id] = missing.what
            self._forget(id)
            raise

    async def _ahead(
        self, ids: set[UUID], ask: Callable[[set[UUID]], Awaitable[Mapping[UUID, T]]]
    ) -> None:
        if not ids:
            return
        found = await ask(ids)
        for id in ids - found.keys():  # it was read before, and is gone by the time of its lock
            self._forget(id)
        for row in found.values():
            self._know(row)

    def _know(self, row: T) -> None:
        """Take in what the store has, unless more was made of it here."""
        known = self._rows.get(_id(row))
        if known is None or known.version <= row.version:
            self._put(row)

    def _put(self, row: T) -> None:
        self._rows[_id(row)] = row

    def _forget(self, id: UUID) -> T | None:
        return self._rows.pop(id, None)

    def _live(self, id: UUID) -> T:
        row = self._rows[id]
        if row.deleted_at is not None:
            raise NotFound(type(row).__name__.lower(), id)
        return row

    def _live_among(self, ids: Iterable[UUID]) -> dict[UUID, T]:
        found = {id: self._rows[id] for id in ids if id in self._rows}
        return {id: row for id, row in found.items() if row.deleted_at is None}


class _WithHistory(Repository[T], History[T], Protocol[T]):
    """A repository of things whose past is kept."""


class DraftsWithHistory(Drafts[T]):
    """The same of things whose past is kept; of a day, each is asked for once."""

    def __init__(self, store: _WithHistory[T], *, notes: Notes, locks: bool) -> None:
        super().__init__(store, notes=notes, locks=locks)
        self._store_as_of = store.as_of
        self._past: dict[tuple[UUID, date | None], AsOf[T]] = {}

    async def as_of(self, ids: Iterable[UUID], day: date | None = None) -> Mapping[UUID, AsOf[T]]:
        """These things as the store had them on a day."""
        wanted = set(ids)
        unknown = {id for id in wanted if (id, day) not in self._past}
        if unknown:
            found = await self._store_as_of(unknown, day)
            self._past |= {(id, day): past for id, past in found.items()}
        return {id: self._past[id, day] for id in wanted if (id, day) in self._past}


class DraftsInCycles(Drafts[M]):
    """What belongs to cycles; all of a cycle's is read once."""

    def __init__(self, store: InCycles[M], *, notes: Notes, locks: bool) -> None:
        super().__init__(store, notes=notes, locks=locks)
        self._store_of_cycles = store.of_cycles
        self._by_cycle: dict[CycleId, dict[UUID, M]] = {}

    async def of_cycle(self, cycle: CycleId) -> Sequence[M]:
        """Those of a cycle that are not deleted, in the repository's order."""
        return (await self.of_cycles([cycle]))[cycle]

    async def of_cycles(self, cycles: Iterable[CycleId]) -> Mapping[CycleId, Sequence[M]]:
        """`of_cycle` of each; those of all that are not known yet in one question."""
        wanted = set(cycles)
        unknown = wanted - self._by_cycle.keys()
        if unknown:
            await self._read(unknown)
        return {
            cycle: self._ordered(r for r in self._by_cycle[cycle].values() if r.deleted_at is None)
            for cycle in wanted
        }

    async def _read(self, cycles: set[CycleId]) -> None:
        found = await self._store_of_cycles(cycles)
        self._by_cycle |= {cycle: {} for cycle in cycles}
        for row in (*self._rows.values(), *chain.from_iterable(found.values())):
            self._know(row)

    def _ordered(self, rows: Iterable[M]) -> list[M]:
        return sorted(rows, key=lambda row: (row.created_at, row.id))

    def _put(self, row: M) -> None:
        super()._put(row)
        if row.cycle_id in self._by_cycle:
            self._by_cycle[row.cycle_id][row.id] = row

    def _forget(self, id: UUID) -> M | None:
        row = super()._forget(id)
        if row is not None:
            self._by_cycle.get(row.cycle_id, {}).pop(id, None)
        return row


class DraftMeetings(DraftsInCycles[Meeting]):
    """The meetings; progress and overlaps are found among them as they will be."""

    store: Meetings

    def __init__(
        self, store: Meetings, cycles: Drafts[Cycle], *, notes: Notes, locks: bool
    ) -> None:
        super().__init__(store, notes=notes, locks=locks)
        self._cycles = cycles
        self._known_since: dict[InstructorId, date] = {}
        self._by_day: defaultdict[tuple[InstructorId, date], set[UUID]] = defaultdict(set)

    async def tally(self, cycle: CycleId) -> Tally:
        """R-CYC-1, counted here. :raises NotFound: there is no such cycle"""
        total = (await self._cycles.get(cycle)).total_meetings
        return tally(await self.of_cycle(cycle), total)

    async def clashing(
        self,
        instructor: InstructorId,
        slots: Sequence[tuple[date, TimeSlot]],
        *,
        apart_from: Iterable[UUID] = (),
    ) -> Sequence[Meeting]:
        """R-SCHED-9: the teaching meetings of an instructor that overlap any of the slots."""
        if not slots:
            return []
        await self._booked_since(min(day for day, _slot in slots), instructor)
        days = {day for day, _slot in slots}
        ids = set[UUID]().union(*(self._by_day[instructor, day] for day in days))
        rows = (self._rows[id] for id in ids.difference(apart_from) if id in self._rows)
        theirs = [m for m in rows if m.instructor_id == instructor]
        found = {c.meeting.id: c.meeting for c in conflicts(slots, theirs)}
        return in_order(found.values())

    async def _booked_since(self, day: date, instructor: InstructorId) -> None:
        """Read what an instructor teaches from a day on, unless that is known."""
        known = self._known_since.get(instructor)
        if known is None or day < known:
            for meeting in await self.store.booked_after(instructor, day - _DAY):
                self._know(meeting)
            self._known_since[instructor] = day

    def _ordered(self, rows: Iterable[Meeting]) -> list[Meeting]:
        return in_order(rows)

    def _put(self, row: Meeting) -> None:
        super()._put(row)
        self._by_day[row.instructor_id, row.scheduled_date].add(row.id)


class DraftClosures:
    """The closures of branches, each branch's read once."""

    def __init__(self, store: Closures) -> None:
        self._store = store
        self._of_branch: dict[BranchId, Sequence[Closure]] = {}

    async def of_branch(self, branch: BranchId) -> Sequence[Closure]:
        """The live closures of a branch, in order of their first day."""
        if branch not in self._of_branch:
            self._of_branch[branch] = await self._store.of_branch(branch)
        return self._of_branch[branch]


def _id(row: Any) -> UUID:
    id: UUID = row.id
    return id
