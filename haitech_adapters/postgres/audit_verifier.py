"""Verifying: whether the log is what was written, row by row, and what is not as it was.

Memory stays the same however long the log is: rows and seals are read in batches, in one
snapshot, while writers and the sealer go on.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator
from enum import StrEnum
from typing import Final
from uuid import UUID

import attrs
from psycopg import IsolationLevel
from psycopg_pool import AsyncConnectionPool

from haitech_adapters.postgres.audit_key import NOTHING, AuditKey, Head, Seal, same
from haitech_adapters.postgres.audit_rows import (
    LoggedRow,
    chain,
    head_of,
    is_erased,
    is_true,
    seal_numbered,
    unsealed,
    written_twice,
)
from haitech_adapters.postgres.session import Connection

BATCH: Final = 2_000
_LONG: Final = "SET LOCAL statement_timeout = 0"
_ANCHOR: Final = re.compile(r"[0-9]{1,18}:[0-9a-f]{64}")
_STRANGE: Final = 100
"""So many first rows that do not fit, under a head that does not, mean another key."""


class What(StrEnum):
    """What can be wrong."""

    CHANGED = "changed"
    """A row is not what was sealed."""
    REMOVED = "removed"
    """A sealed row is gone."""
    INSERTED = "inserted"
    """A row was not written by the program, or was changed before it was sealed."""
    UNSEALED = "seal removed"
    """A row that was sealed has no seal any more."""
    SEAL_CHANGED = "seal changed"
    SEALS_REMOVED = "seals removed"
    """Seals are gone, from `number` to `through`, and with them what they say of their rows."""
    HEAD_CHANGED = "head changed"
    HEAD_REMOVED = "head removed"
    """There are seals without a head; or log, seals and head are all gone, and users are there."""
    HEAD_PUT_BACK = "head put back"
    """There are seals beyond the head."""
    NOT_EXPECTED = "not the expected chain"
    """The head that was noted elsewhere is no part of the chain: all was put back, or sealed anew."""


@attrs.frozen(kw_only=True)
class Finding:
    """One thing that is wrong; what is known of the row or the seals that it is about."""

    what: What
    position: int | None = None
    id: UUID | None = None
    entity: str | None = None
    entity_id: UUID | None = None
    number: int | None = None
    through: int | None = None

    @classmethod
    def of_row(cls, what: What, row: LoggedRow, number: int | None = None) -> Finding:
        """A row that is there."""
        content = row.content
        return cls(
            what=what,
            position=row.position,
            id=row.id,
            entity=content["entity"],
            entity_id=content["entity_id"],
            number=number,
        )

    @classmethod
    def of_seal(cls, what: What, seal: Seal) -> Finding:
        """A seal, or the row that it speaks of."""
        return cls(
            what=what,
            position=seal.position,
            entity=seal.entity,
            entity_id=seal.entity_id,
            number=seal.number,
        )

    def __str__(self) -> str:
        """The finding in a line: `row 17 (customer 0190…) changed`."""
        if self.what in {What.SEALS_REMOVED, What.NOT_EXPECTED}:
            last = f"…{self.through}" if self.through and self.through != self.number else ""
            upto = f", the last one over row {self.position}" if self.position else ""
            return f"{self.what}: number {self.number}{last}{upto}"
        if self.position is None:
            return str(self.what)
        return f"row {self.position} ({self.entity} {self.entity_id}): {self.what}"


class AnotherKey(RuntimeError):
    """Nothing fits: this is not the key that the log was signed with."""


@attrs.define
class Verified:
    """How far a verification has come, and at its end what it has seen."""

    rows: int = 0
    total: int = 0
    unsealed: int = 0
    head: Head | None = None


@attrs.frozen
class Anchor:
    """A head that was noted outside of the database."""

    number: int
    mac: bytes

    @classmethod
    def of(cls, text: str) -> Anchor:
        """From what `Head.anchor` gives. :raises ValueError: it is none"""
        if not _ANCHOR.fullmatch(text.strip()):
            message = "must be a head as it was printed, like 117:9f86…"
            raise ValueError(message)
        number, _, mac = text.strip().partition(":")
        return cls(int(number), bytes.fromhex(mac))


class AuditVerifier:
    """Compares the log with its seals, and both with the key."""

    def __init__(self, pool: AsyncConnectionPool[Connection], key: AuditKey) -> None:
        self._pool = pool
        self._key = key

    async def __call__(
        self,
        *,
        expected: Anchor | None = None,
        progress: Callable[[Verified], object] = lambda _: None,
        batch: int = BATCH,
    ) -> AsyncIterator[Finding]:
        """Everything that is wrong, seals first in the order of sealing, then rows without a seal.

        :raises AnotherKey: nothing fits
        """
        async with self._pool.connection() as connection:
            await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
            try:
                async with connection.transaction():
                    await connection.execute(_LONG)
                    run = _Run(connection, self._key, batch, progress)
                    async for finding in run.findings(expected):
                        yield finding
            finally:
                await connection.set_isolation_level(None)


class _Run:
    """One verification, in one snapshot."""

    def __init__(
        self,
        connection: Connection,
        key: AuditKey,
        batch: int,
        progress: Callable[[Verified], object],
    ) -> None:
        self._connection = connection
        self._key = key
        self._batch = batch
        self._progress = progress
        self._so_far = Verified()
        self._head: Head | None = None
        """The head, where it can be believed."""
        self._misfits = 0
        self._links: tuple[bytes, ...] = (NOTHING,)
        """What the next seal may follow; nothing is known of that after a gap."""
        self._number = 0

    async def findings(self, expected: Anchor | None) -> AsyncIterator[Finding]:
        head = await head_of(self._connection)
        if head is not None and is_true(self._key, head):
            self._head = self._so_far.head = head
        if head is not None:
            self._so_far.total = head.number
        async for finding in self._of_seals():
            yield finding
            self._may_be_another_key(finding)
        async for finding in self._of_head(head):
            yield finding
        async for finding in self._of_rest():
            yield finding
        if expected is not None and not await self._holds(expected):
            yield Finding(what=What.NOT_EXPECTED, number=expected.number)
        self._progress(self._so_far)

    async def _of_seals(self) -> AsyncIterator[Finding]:
        while True:
            links = await chain(self._connection, after=self._number, most=self._batch)
            for seal, row in links:
                for finding in self._of_link(seal, row):
                    yield finding
            self._so_far.rows += len(links)
            self._progress(self._so_far)
            if len(links) < self._batch:
                return

    def _of_link(self, seal: Seal, row: LoggedRow | None) -> Iterator[Finding]:
        gap = seal.number - self._number - 1
        if gap > 0:
            yield Finding(what=What.SEALS_REMOVED, number=self._number + 1, through=seal.number - 1)
        # after a gap a seal has nothing to follow that is known; what it says of its row is signed
        ours = [self._key.of_seal(seal, link) for link in self._links] if gap == 0 else []
        is_right = gap > 0 or any(same(seal.mac, mac) for mac in ours)
        self._number = seal.number
        # where only the mac of a seal was changed, the next still follows the right one
        self._links = (seal.mac,) if is_right else (seal.mac, *ours)[:2]
        if not is_right:
            yield Finding.of_seal(What.SEAL_CHANGED, seal)
        if row is None:
            if is_right:
                yield Finding.of_seal(What.REMOVED, seal)
            return
        digest = self._key.of_row(row.content)
        if is_right and not same(digest, seal.digest):
            yield Finding.of_row(What.CHANGED, row, seal.number)
        elif not self._is_written_by_us(row, digest):
            yield Finding.of_row(What.INSERTED, row, seal.number)

    def _is_written_by_us(self, row: LoggedRow, digest: bytes) -> bool:
        from_before = self._head is not None and row.position <= self._head.unsigned
        return same(row.mac, digest) or (from_before and not row.mac)

    async def _of_head(self, head: Head | None) -> AsyncIterator[Finding]:
        if head is None:
            if self._number or await is_erased(self._connection):
                yield Finding(what=What.HEAD_REMOVED)
        elif self._head is None:
            yield Finding(what=What.HEAD_CHANGED)
        elif self._number < head.number:
            yield Finding(
                what=What.SEALS_REMOVED,
                number=self._number + 1,
                through=head.number,
                position=head.position,
            )
        elif self._number > head.number:
            yield Finding(what=What.HEAD_PUT_BACK)

    async def _of_rest(self) -> AsyncIterator[Finding]:
        """Rows without a seal: new ones, and such as should have one."""
        settled = self._head.settled if self._head else 0
        after = 0
        while True:
            rows = await unsealed(self._connection, after=after, most=self._batch)
            for row in rows:
                if not self._is_written_by_us(row, self._key.of_row(row.content)):
                    yield Finding.of_row(What.INSERTED, row)
                elif row.position <= settled:
                    yield Finding.of_row(What.UNSEALED, row)
            self._so_far.unsealed += len(rows)
            if len(rows) < self._batch:
                break
            after = rows[-1].position
        for row in await written_twice(self._connection, most=self._batch):
            yield Finding.of_row(What.INSERTED, row)

    async def _holds(self, expected: Anchor) -> bool:
        if expected.number == 0:
            return same(expected.mac, NOTHING)
        seal = await seal_numbered(self._connection, expected.number)
        return seal is not None and same(seal.mac, expected.mac)

    def _may_be_another_key(self, finding: Finding) -> None:
        if self._head is None and finding.what is What.SEAL_CHANGED:
            self._misfits += 1
        if self._misfits == self._number == _STRANGE:
            raise AnotherKey("nothing in the audit log was signed with this key")
