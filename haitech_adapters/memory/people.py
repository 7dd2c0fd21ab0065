"""Customers, students, users and API keys in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import attrs

from haitech_adapters.memory.constraints import unique_while_live
from haitech_adapters.memory.declaration import Reference, Resource, equals
from haitech_adapters.memory.repository import MemoryRepository
from haitech_adapters.memory.state import State
from haitech_domain.api_key import ApiKey
from haitech_domain.customer import Customer
from haitech_domain.cycle import Cycle
from haitech_domain.ids import CustomerId, InstructorId
from haitech_domain.instructor import Instructor
from haitech_domain.people import Email, Phone
from haitech_domain.ports import KeyUse, listings
from haitech_domain.registration import Registration
from haitech_domain.session import LoginSession, OneTimeToken
from haitech_domain.student import Student
from haitech_domain.user import User


def _has_active_registration(row: Customer, value: Any, state: State) -> bool:
    children = {s.id for s in state.live(Student) if s.customer_id == row.id}
    has = any(r.is_live and r.student_id in children for r in state.live(Registration))
    return has is value


def _in_own_cycle(row: Student, instructor: InstructorId, state: State) -> bool:
    """R-ACC-2: the student has a registration in a cycle of the instructor's, ended or not."""
    own = {c.id for c in state.live(Cycle) if c.instructor_id == instructor}
    return any(r.student_id == row.id and r.cycle_id in own for r in state.live(Registration))


CUSTOMERS: Final = Resource(
    cls=Customer,
    name="customer",
    listing=listings.CUSTOMERS,
    filters={**equals("city"), "has_active_registration": _has_active_registration},
    constraints=(unique_while_live("customer", "phone"), unique_while_live("customer", "email")),
)
STUDENTS: Final = Resource(
    cls=Student,
    name="student",
    listing=listings.STUDENTS,
    filters=equals("customer_id", "grade"),
    own=_in_own_cycle,
    references=(Reference("customer_id", Customer, "customer"),),
)
API_KEYS: Final = Resource(
    cls=ApiKey,
    name="api_key",
    listing=listings.API_KEYS,
    filters=equals("is_active"),
    constraints=(unique_while_live("api_key", "key_hash"),),
)
USERS: Final = Resource(
    cls=User,
    name="user",
    listing=listings.USERS,
    filters=equals("role", "is_active"),
    constraints=(unique_while_live("user", "email"),),
)
LOGIN_SESSIONS: Final = Resource(
    cls=LoginSession,
    name="login_session",
    listing=listings.LOGIN_SESSIONS,
    filters=equals("user_id"),
    references=(Reference("user_id", User, "user"),),
    constraints=(unique_while_live("login_session", "family_hash"),),
)
ONE_TIME_TOKENS: Final = Resource(
    cls=OneTimeToken,
    name="one_time_token",
    listing=listings.ONE_TIME_TOKENS,
    filters=equals("user_id"),
    references=(Reference("user_id", User, "user"),),
    constraints=(unique_while_live("one_time_token", "token_hash"),),
)


class MemoryCustomers(MemoryRepository[Customer]):
    """The customers."""

    async def lock_by_contact(self, phone: Phone, email: Email | None) -> Sequence[Customer]:
        """The live customers with this phone or this address, in order of id."""
        self._session.must_write()
        found = self._live(lambda c: c.phone == phone or (email is not None and c.email == email))
        return sorted(found, key=lambda c: c.id)


class MemoryStudents(MemoryRepository[Student]):
    """The students."""

    async def of_customer(self, customer: CustomerId) -> Sequence[Student]:
        """The live students of a customer, in order of name."""
        found = self._live(lambda s: s.customer_id == customer)
        return sorted(found, key=lambda s: (s.name, s.id))


class MemoryApiKeys(MemoryRepository[ApiKey]):
    """The API keys."""

    async def by_hash(self, key_hash: str) -> ApiKey | None:
        """The live one whose key, or key before the last rotation, has this hash."""
        found = self._live(lambda k: key_hash in (k.key_hash, k.previous_hash))
        return next(iter(found), None)

    async def used(self, uses: Sequence[KeyUse]) -> None:
        """Note last uses: no change of a key, so no version and no audit row."""
        with self._session.writing():
            table = self._session.state.table(ApiKey)
            for use in uses:
                known = table.get(use.key_id)
                if known is not None and (known.last_used_at or use.at) <= use.at:
                    table[use.key_id] = attrs.evolve(
                        known, last_used_at=use.at, last_used_ip=use.address
                    )


class MemoryUsers(MemoryRepository[User]):
    """The users."""

    async def by_email(self, email: Email) -> User | None:
        """The live user with this address."""
        return next(iter(self._live(lambda u: u.email == email)), None)

    async def instructor_of(self, user: UUID) -> InstructorId | None:
        """The live instructor linked to a user."""
        linked = (i.id for i in self._session.state.live(Instructor) if i.user_id == user)
        return next(linked, None)

    async def lock_admins(self) -> Sequence[User]:
        """The live, active administrators, in order of id."""
        self._session.must_write()
        return sorted(self._live(lambda u: u.is_admin), key=lambda u: u.id)


class MemoryLoginSessions(MemoryRepository[LoginSession]):
    """The login sessions."""

    async def by_family(self, family_hash: str) -> LoginSession | None:
        """The session whose refresh tokens share this, open or over."""
        return next(iter(self._live(lambda s: s.family_hash == family_hash)), None)

    async def lock_open_of(self, user: UUID, at: datetime) -> Sequence[LoginSession]:
        """The sessions of a user that are open at this instant, in order of id."""
        self._session.must_write()
        going = self._live(lambda s: s.user_id == user and s.is_open(at))
        return sorted(going, key=lambda s: s.id)


class MemoryOneTimeTokens(MemoryRepository[OneTimeToken]):
    """The one-time tokens."""

    async def by_hash(self, token_hash: str) -> OneTimeToken | None:
        """The token with this hash, open or not."""
        return next(iter(self._live(lambda t: t.token_hash == token_hash)), None)

    async def lock_open_of(self, user: UUID, at: datetime) -> Sequence[OneTimeToken]:
        """The tokens of a user that are open at this instant, in order of id."""
        self._session.must_write()
        going = self._live(lambda t: t.user_id == user and t.is_open(at))
        return sorted(going, key=lambda t: t.id)
