"""Reading and writing what seals are made of: rows of the log, seals and the head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import attrs

from haitech_adapters.postgres.audit_key import CONTENT, AuditKey, Head, Seal, same
from haitech_adapters.postgres.session import Connection

_COLUMNS: Final = ", ".join(f"a.{name}" for name in ("position", "mac", *CONTENT))
_SEAL: Final = "s.number, s.position, s.entity, s.entity_id, s.digest, s.mac"

_HEAD: Final = (
    "SELECT number, position, mac, settled, unsigned, sealed_at, signature FROM audit_head"
)
_KEEP_HEAD: Final = """
INSERT INTO audit_head (id, number, position, mac, settled, unsigned, sealed_at, signature)
VALUES (1, %(number)s, %(position)s, %(mac)s, %(settled)s, %(unsigned)s, %(sealed_at)s,
        %(signature)s)
ON CONFLICT (id) DO UPDATE SET
    number = excluded.number, position = excluded.position, mac = excluded.mac,
    settled = excluded.settled, unsigned = excluded.unsigned,
    sealed_at = excluded.sealed_at, signature = excluded.signature
"""
_KEEP_SEALS: Final = """
INSERT INTO audit_seals (number, position, entity, entity_id, digest, mac)
SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::uuid[], %s::bytea[], %s::bytea[])
"""
_UNSEALED: Final = f"""
SELECT {_COLUMNS} FROM audit_log a
WHERE a.position > %(after)s
  AND NOT EXISTS (SELECT FROM audit_seals s WHERE s.position = a.position)
ORDER BY a.position LIMIT %(most)s
"""  # noqa: S608  # names of our own
_CHAIN: Final = f"""
SELECT {_SEAL}, {_COLUMNS}
FROM (SELECT * FROM audit_seals WHERE number > %(after)s ORDER BY number LIMIT %(most)s) s
LEFT JOIN audit_log a ON a.position = s.position
ORDER BY s.number
"""  # noqa: S608  # names of our own
_TWICE: Final = f"""
SELECT {_COLUMNS} FROM audit_log a
JOIN (SELECT id, min(position) AS first FROM audit_log GROUP BY id HAVING count(*) > 1) twice
  ON twice.id = a.id AND a.position > twice.first
ORDER BY a.position LIMIT %(most)s
"""  # noqa: S608  # names of our own
_ERASED: Final = "SELECT EXISTS (SELECT FROM users) AND NOT EXISTS (SELECT FROM audit_log)"


@attrs.frozen(kw_only=True)
class LoggedRow:
    """A row of the log as it is found: where it stands, its content, its writer's signature."""

    position: int
    mac: bytes
    content: Mapping[str, Any]

    @classmethod
    def of(cls, row: Sequence[Any]) -> LoggedRow | None:
        """The row of a query over its columns; None where the query found none."""
        position, mac, *values = row
        if position is None:
            return None
        return cls(
            position=position, mac=bytes(mac), content=dict(zip(CONTENT, values, strict=True))
        )

    @property
    def id(self) -> UUID:
        """Its id on the wire."""
        id: UUID = self.content["id"]
        return id


async def head_of(connection: Connection) -> Head | None:
    """The head as it stands there; whether it is right is another question."""
    cursor = await connection.execute(_HEAD)
    row = await cursor.fetchone()
    if row is None:
        return None
    number, position, mac, settled, unsigned, sealed_at, signature = row
    return Head(
        number=number,
        position=position,
        mac=bytes(mac),
        settled=settled,
        unsigned=unsigned,
        sealed_at=sealed_at,
        signature=bytes(signature),
    )


async def is_erased(connection: Connection) -> bool:
    """Whether the log has no row though there is a user, whose making wrote one.

    One statement, so that a first user who appears meanwhile appears with the row.
    """
    cursor = await connection.execute(_ERASED)
    ((erased,),) = await cursor.fetchall()
    return bool(erased)


async def seal_numbered(connection: Connection, number: int) -> Seal | None:
    """The seal of this number."""
    found = f"SELECT {_SEAL} FROM audit_seals s WHERE s.number = %s"  # noqa: S608  # our own names
    cursor = await connection.execute(found, [number])
    row = await cursor.fetchone()
    return None if row is None else _seal(row)


async def unsealed(connection: Connection, *, after: int, most: int) -> list[LoggedRow]:
    """Rows without a seal at positions above `after`, in order of position."""
    return await _rows(connection, _UNSEALED, after=after, most=most)


async def written_twice(connection: Connection, *, most: int) -> list[LoggedRow]:
    """Rows that have the id of an earlier one, which the primary key forbids."""
    return await _rows(connection, _TWICE, most=most)


async def chain(
    connection: Connection, *, after: int, most: int
) -> list[tuple[Seal, LoggedRow | None]]:
    """Seals with numbers above `after`, each with the row that stands at its position."""
    cursor = await connection.execute(_CHAIN, {"after": after, "most": most})
    return [(_seal(row[:6]), LoggedRow.of(row[6:])) for row in await cursor.fetchall()]


async def keep(connection: Connection, seals: Sequence[Seal], head: Head) -> None:
    """Store new seals and where the chain ends now."""
    if seals:
        columns = [
            [seal.number for seal in seals],
            [seal.position for seal in seals],
            [seal.entity for seal in seals],
            [seal.entity_id for seal in seals],
            [seal.digest for seal in seals],
            [seal.mac for seal in seals],
        ]
        await connection.execute(_KEEP_SEALS, columns)
    await connection.execute(_KEEP_HEAD, attrs.asdict(head))


def sealed_over(
    key: AuditKey, head: Head, rows: Sequence[LoggedRow], *, settled: int, at: datetime
) -> tuple[list[Seal], Head]:
    """The seals of these rows after the head, and the head that follows."""
    seals: list[Seal] = []
    previous = head.mac
    for number, row in enumerate(rows, head.number + 1):
        seal = Seal(
            number=number,
            position=row.position,
            entity=row.content["entity"],
            entity_id=row.content["entity_id"],
            digest=key.of_row(row.content),
        )
        previous = key.of_seal(seal, previous)
        seals.append(attrs.evolve(seal, mac=previous))
    last = seals[-1] if seals else None
    after = attrs.evolve(
        head,
        number=last.number if last else head.number,
        position=last.position if last else head.position,
        mac=previous,
        settled=settled,
        sealed_at=at,
    )
    return seals, attrs.evolve(after, signature=key.of_head(after))


def is_true(key: AuditKey, head: Head) -> bool:
    """Whether a head was signed with this key."""
    return same(head.signature, key.of_head(head))


def _seal(row: Sequence[Any]) -> Seal:
    number, position, entity, entity_id, digest, mac = row
    return Seal(
        number=number,
        position=position,
        entity=entity,
        entity_id=entity_id,
        digest=bytes(digest),
        mac=bytes(mac),
    )


async def _rows(connection: Connection, sql: str, **params: int) -> list[LoggedRow]:
    cursor = await connection.execute(sql, params)
    found = (LoggedRow.of(row) for row in await cursor.fetchall())
    return [row for row in found if row is not None]
