"""What single resources can do besides; each statement is compiled once, here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar
from uuid import UUID

import attrs
import sqlalchemy as sa

from haitech_adapters.postgres import mapping as m
from haitech_adapters.postgres.compiled import compiled
from haitech_adapters.postgres.history import RepositoryWithHistory
from haitech_adapters.postgres.mapping import ids_of
from haitech_adapters.postgres.mappings import (
    API_KEYS,
    CLOSURES,
    SAVED_VIEWS,
    STUDENTS,
    TIME_OFF,
)
from haitech_adapters.postgres.repository import PostgresRepository
from haitech_adapters.postgres.session import Session
from haitech_adapters.postgres.shapes import locking
from haitech_adapters.postgres.tables import api_keys, import_ledger
from haitech_adapters.postgres.tables.columns import ordered_text
from haitech_domain.access import Resource
from haitech_domain.api_key import ApiKey
from haitech_domain.branch import Closure
from haitech_domain.calendar import DateRange
from haitech_domain.entity import Entity
from haitech_domain.ids import BranchId, CustomerId, InstructorId
from haitech_domain.instructor import Instructor, TimeOff
from haitech_domain.ports import Clock, Imported, KeyUse
from haitech_domain.saved_view import SavedView
from haitech_domain.student import Student

T = TypeVar("T", bound=Entity)

_param = m.parameter

_STUDENTS_OF: Final = compiled(
    STUDENTS.select(STUDENTS.live, STUDENTS.table.c.customer_id == _param("customer")).order_by(
        ordered_text(STUDENTS.table.c.name), STUDENTS.table.c.id
    )
)
_CLOSURES_OF: Final = compiled(
    CLOSURES.select(CLOSURES.live, CLOSURES.table.c.branch_id == _param("branch")).order_by(
        CLOSURES.table.c.first_day, CLOSURES.table.c.id
    )
)
_CLOSURES_OF_MANY: Final = compiled(
    CLOSURES.select(
        CLOSURES.live,
        CLOSURES.table.c.branch_id == sa.any_(_param("branches", sa.ARRAY(sa.Uuid()))),
    ).order_by(CLOSURES.table.c.first_day, CLOSURES.table.c.id)
)
_TIME_OFF_TOUCHING: Final = compiled(
    TIME_OFF.select(
        TIME_OFF.live,
        TIME_OFF.table.c.instructor_id == _param("instructor"),
        TIME_OFF.table.c.first_day <= _param("last"),
        TIME_OFF.table.c.last_day >= _param("first"),
    ).order_by(TIME_OFF.table.c.first_day, TIME_OFF.table.c.id)
)


_ONE_AFTER_ANOTHER: Final = compiled(
    sa.select(
        sa.func.pg_advisory_xact_lock(
            sa.func.hashtextextended(_param("what", sa.Text()), sa.literal_column("0"))
        )
    )
)
_DEFAULT_VIEW: Final = compiled(
    locking(
        SAVED_VIEWS.select(
            SAVED_VIEWS.live,
            SAVED_VIEWS.table.c.is_default,
            SAVED_VIEWS.table.c.owner_id == _param("owner"),
            SAVED_VIEWS.table.c.entity == _param("entity"),
        ),
        SAVED_VIEWS.table,
    )
)
_KEY_BY_HASH: Final = compiled(
    API_KEYS.select(
        API_KEYS.live,
        sa.or_(
            api_keys.c.key_hash == _param("key_hash"),
            api_keys.c.previous_hash == _param("key_hash"),
        ),
    )
)
_KEY_USED: Final = compiled(
    api_keys.update()
    .where(
        api_keys.c.id == _param("key_id"),
        sa.or_(api_keys.c.last_used_at.is_(None), api_keys.c.last_used_at <= _param("at")),
    )
    .values(last_used_at=_param("at"), last_used_ip=_param("address"))
)


async def in_turn(session: Session, what: str) -> None:
    """Wait for whoever else named this, until whose transaction has ended."""
    await session.rows(_ONE_AFTER_ANOTHER, {"what": what})


class PostgresApiKeys(PostgresRepository[ApiKey]):
    """The API keys."""

    async def by_hash(self, key_hash: str) -> ApiKey | None:
        """The live one whose key, or key before the last rotation, has this hash."""
        return await self._first(_KEY_BY_HASH, {"key_hash": key_hash})

    async def used(self, uses: Sequence[KeyUse]) -> None:
        """Note last uses: no change of a key, so no version and no audit row."""
        self._session.must_write()
        if uses:
            await self._session.write([(_KEY_USED, attrs.asdict(use)) for use in uses])


class PostgresStudents(PostgresRepository[Student]):
    """The students."""

    async def of_customer(self, customer: CustomerId) -> Sequence[Student]:
        """The live students of a customer, in order of name."""
        return await self._all(_STUDENTS_OF, {"customer": customer})


class PostgresClosures(PostgresRepository[Closure]):
    """The closures of branches."""

    async def of_branch(self, branch: BranchId) -> Sequence[Closure]:
        """The live closures of a branch, in order of their first day."""
        return await self._all(_CLOSURES_OF, {"branch": branch})

    async def of_branches(self, branches: Iterable[BranchId]) -> Sequence[Closure]:
        """Those of several, in one question; in order of their first day."""
        wanted = ids_of(branches)
        return await self._all(_CLOSURES_OF_MANY, {"branches": wanted}) if wanted else ()


class PostgresTimeOff(PostgresRepository[TimeOff]):
    """The time off of instructors."""

    async def touching(self, instructor: InstructorId, days: DateRange) -> Sequence[TimeOff]:
        """The live time off of an instructor that has any of these days, by first day and id."""
        params = {"instructor": instructor, "first": days.start, "last": days.end}
        return await self._all(_TIME_OFF_TOUCHING, params)


class PostgresSavedViews(PostgresRepository[SavedView]):
    """The saved views."""

    async def default_of(self, owner: UUID, entity: Resource) -> SavedView | None:
        """The owner's default view of a resource; no other becomes it until the end.

        There may be no row to lock, so those who ask wait for each other by name. Whoever asks
        may hold the view that is to become the default, never the one that is it.
        """
        self._session.must_write()
        await in_turn(self._session, f"default view {owner} {entity}")
        return await self._first(_DEFAULT_VIEW, {"owner": owner, "entity": entity.value})


class NamedRepository(PostgresRepository[T]):
    """A resource whose rows can be found by their exact name."""

    def __init__(self, resource: m.Mapping[T], session: Session) -> None:
        super().__init__(resource, session)

    async def by_name(self, name: str) -> T | None:
        """The live row of exactly this name; the oldest of several."""
        return await self._first(_by_name(self._resource), {"name": name})


class PostgresInstructors(NamedRepository[Instructor], RepositoryWithHistory[Instructor]):
    """The instructors."""


_BY_NAME: Final[dict[str, str]] = {}


def _by_name(resource: m.Mapping[Any]) -> str:
    sql = _BY_NAME.get(resource.what)
    if sql is None:
        columns = resource.table.c
        named = ordered_text(columns.name) == _param("name", sa.Text())
        oldest = resource.select(resource.live, named).order_by(columns.created_at, columns.id)
        sql = _BY_NAME[resource.what] = compiled(oldest.limit(sa.literal_column("1")))
    return sql


_LEDGER: Final = ("key", "digest", "entity", "entity_id")
_KNOWN: Final = compiled(
    sa.select(*(import_ledger.c[name] for name in _LEDGER)).where(
        m.among(import_ledger.c.key, "keys")
    )
)
_RECORD: Final = compiled(
    import_ledger.insert().values({name: _param(name) for name in (*_LEDGER, "imported_at")})
)


class PostgresImportLedger:
    """Which rows of other programs' exports have come in already."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session = session
        self._clock = clock

    async def known(self, keys: Sequence[str]) -> Mapping[str, Imported]:
        """The entries among these keys."""
        if not keys:
            return {}
        rows = await self._session.rows(_KNOWN, {"keys": list(keys)})
        return {row[0]: Imported(**dict(zip(_LEDGER, row, strict=True))) for row in rows}

    async def record(self, entries: Sequence[Imported]) -> None:
        """Remember rows. :raises Duplicate: a key is known already"""
        self._session.must_write()
        at = self._clock.now()
        written = [
            {**{name: getattr(entry, name) for name in _LEDGER}, "imported_at": at}
            for entry in entries
        ]
        if written:
            await self._session.write([(_RECORD, params) for params in written])
