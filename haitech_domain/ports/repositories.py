"""Where things are kept: one small protocol for all, and what single resources add."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol, TypeVar
from uuid import UUID

import attrs

from haitech_domain.access import Resource
from haitech_domain.api_key import ApiKey
from haitech_domain.attendance import Mark, MarkCounts
from haitech_domain.branch import Branch, Closure
from haitech_domain.calendar import DateRange, TimeSlot
from haitech_domain.change import Change
from haitech_domain.course import Course
from haitech_domain.customer import Customer
from haitech_domain.cycle import Cycle, Tally
from haitech_domain.entity import Entity
from haitech_domain.ids import (
    ApiKeyId,
    BranchId,
    CustomerId,
    CycleId,
    DeletionId,
    InstructorId,
    MeetingId,
    RegistrationId,
    StudentId,
)
from haitech_domain.instructor import Instructor, TimeOff
from haitech_domain.lead import Lead, LeadNote
from haitech_domain.meeting import Meeting
from haitech_domain.order import InstitutionalOrder
from haitech_domain.people import Email, Phone
from haitech_domain.ports.history import History
from haitech_domain.ports.query import Listing, Page, Query
from haitech_domain.registration import Payment, Registration
from haitech_domain.saved_view import SavedView
from haitech_domain.session import LoginSession, OneTimeToken
from haitech_domain.student import Student
from haitech_domain.user import User

T = TypeVar("T", bound=Entity)


class Repository(Protocol[T]):
    """What every resource can do. «Live» means not deleted."""

    @property
    def listing(self) -> Listing:
        """What can be asked of `page`."""
        ...

    async def get(self, id: UUID, *, own: UUID | None = None) -> T:
        """The live thing with this id; `own` says whose it has to be (`Query.own`).

        :raises NotFound: none, deleted, or not theirs
        """
        ...

    async def lock(self, id: UUID, *, own: UUID | None = None) -> T:
        """`get`, and nobody else changes it until this transaction ends.

        :raises NotFound: none, deleted, or not theirs
        """
        ...

    async def lock_deleted(self, id: UUID) -> T:
        """The deleted thing with this id, locked, for restoring it.

        :raises NotFound: none, or not deleted
        """
        ...

    async def many(self, ids: Iterable[UUID], *, own: UUID | None = None) -> Mapping[UUID, T]:
        """The live things among these ids, in one question; `own` says whose, as in `get`."""
        ...

    async def lock_many(self, ids: Iterable[UUID]) -> Mapping[UUID, T]:
        """`many`, each locked in order of id: one that is gone by its turn is not among them."""
        ...

    async def page(self, query: Query) -> Page[T]:
        """One page of the live things.

        :raises Invalid: an unknown filter or sort
        """
        ...

    async def save(self, *changes: Change[T]) -> None:
        """Write the changes with their audit rows and events, in this order. Empty ones are none.

        What changes of one call name of each other need only be there at its end.

        :raises Stale: the row is no longer at the version that the change saw
        :raises Duplicate: a value is taken by something live
        """
        ...

    async def deleted_with(self, deletion: DeletionId) -> Sequence[T]:
        """What one act of deletion took along, in order of id."""
        ...


class Customers(Repository[Customer], Protocol):
    """The customers."""

    async def lock_by_contact(self, phone: Phone, email: Email | None) -> Sequence[Customer]:
        """The live customers with this phone or this address, locked, in order of id."""
        ...


class Students(Repository[Student], Protocol):
    """The students."""

    async def of_customer(self, customer: CustomerId) -> Sequence[Student]:
        """The live students of a customer, in order of name."""
        ...


class Courses(Repository[Course], Protocol):
    """The courses."""

    async def by_name(self, name: str) -> Course | None:
        """The live course of exactly this name; the oldest of several."""
        ...


class Branches(Repository[Branch], Protocol):
    """The branches."""

    async def by_name(self, name: str) -> Branch | None:
        """The live branch of exactly this name; the oldest of several."""
        ...


class Closures(Repository[Closure], Protocol):
    """The closures of branches."""

    async def of_branch(self, branch: BranchId) -> Sequence[Closure]:
        """The live closures of a branch, in order of their first day."""
        ...

    async def of_branches(self, branches: Iterable[BranchId]) -> Sequence[Closure]:
        """Those of several, in one question; in order of their first day, of whichever branch."""
        ...


class Instructors(Repository[Instructor], History[Instructor], Protocol):
    """The instructors. Locking one is the way to check its meetings for conflicts (R-SCHED-9)."""

    async def by_name(self, name: str) -> Instructor | None:
        """The live instructor of exactly this name; the oldest of several."""
        ...


class TimeOffs(Repository[TimeOff], Protocol):
    """The time off of instructors."""

    async def touching(self, instructor: InstructorId, days: DateRange) -> Sequence[TimeOff]:
        """The live time off of an instructor that has any of these days, by first day and id."""
        ...


class Orders(Repository[InstitutionalOrder], Protocol):
    """The institutional orders."""


@attrs.frozen(kw_only=True)
class Relatives:
    """What some cycles belong to, by id; deleted ones are absent (R-PPL-4)."""

    courses: Mapping[UUID, Course]
    branches: Mapping[UUID, Branch]
    instructors: Mapping[UUID, Instructor]


class Cycles(Repository[Cycle], History[Cycle], Protocol):
    """The cycles. A cycle's row is the lock for its meetings, progress and capacity."""

    async def relatives(self, cycles: Sequence[Cycle]) -> Relatives:
        """What all these cycles belong to, asked at once."""
        ...

    async def active_count(
        self,
        *,
        course: UUID | None = None,
        branch: UUID | None = None,
        instructor: UUID | None = None,
        order: UUID | None = None,
    ) -> int:
        """How many live, active cycles belong to the one thing named."""
        ...


class InCycles(Repository[T], Protocol[T]):
    """What belongs to cycles."""

    async def of_cycle(self, cycle: CycleId) -> Sequence[T]:
        """All of a cycle's that are not deleted, whatever their status, in their own order."""
        ...

    async def of_cycles(self, cycles: Iterable[CycleId]) -> Mapping[CycleId, Sequence[T]]:
        """`of_cycle` of each of these cycles, in one question."""
        ...


class Meetings(InCycles[Meeting], Protocol):
    """The meetings, by date, start and id. «Teaching» ones are scheduled or completed."""

    async def tally(self, cycle: CycleId) -> Tally:
        """The counts and dates from which a cycle's progress is derived (R-CYC-1)."""
        ...

    async def clashing(
        self,
        instructor: InstructorId,
        slots: Sequence[tuple[date, TimeSlot]],
        *,
        apart_from: Iterable[UUID] = (),
    ) -> Sequence[Meeting]:
        """R-SCHED-9: the teaching meetings of an instructor that overlap any of the slots, in order.

        The order is by date, start and id.
        """
        ...

    async def booked_after(self, instructor: InstructorId, day: date) -> Sequence[Meeting]:
        """The teaching meetings of an instructor on days after `day`, by date, start and id."""
        ...

    async def of_instructor(self, instructor: InstructorId, days: DateRange) -> Sequence[Meeting]:
        """The live meetings of an instructor on these days, whatever their status.

        The order is by date, start and id.
        """
        ...

    async def scheduled_count(self, instructor: InstructorId) -> int:
        """How many live meetings of an instructor are scheduled."""
        ...

    async def in_room(self, room: str, day: date) -> Sequence[Meeting]:
        """The teaching meetings of a day in a Zoom room: their own `zoom_meeting_id`, else the cycle's.

        `room` is its number without blanks and dashes, which the ids may be written with
        (`room_number`). The order is by start and id.
        """
        ...


class Registrations(InCycles[Registration], Protocol):
    """The registrations, by creation and id."""

    async def whose(self, ids: Iterable[RegistrationId]) -> Mapping[RegistrationId, StudentId]:
        """The student of each of these registrations, deleted ones too (R-REG-6)."""
        ...

    async def live_count(
        self, *, customer: CustomerId | None = None, student: StudentId | None = None
    ) -> int:
        """How many live registrations a customer's students, or one student, have."""
        ...


class Payments(Protocol):
    """The ledgers of all registrations. Entries are added; nothing of them ever changes.

    A transaction that leaves the `paid_amount` of a registration other than the sum of its entries
    cannot commit. Entries whose registration is deleted are in no list, while it is (R-PPL-4).
    """

    @property
    def listing(self) -> Listing:
        """What can be asked of `page`."""
        ...

    async def add(self, *entries: Payment) -> None:
        """Write new entries, each with its audit row.

        :raises Duplicate: an entry of this id is there already
        :raises UnknownReference: there is no such registration
        """
        ...

    async def page(self, query: Query) -> Page[Payment]:
        """One page of the entries, in the order of recording.

        :raises Invalid: an unknown filter or sort
        """
        ...


class Leads(Repository[Lead], Protocol):
    """The leads. One whose customer is deleted is not there, while that is (R-PPL-4)."""

    async def alike(self, phone: Phone, email: Email | None, *, since: datetime) -> Sequence[Lead]:
        """The open leads with this phone or this address that came in since, the latest first.

        No other is received with either until this transaction ends, also where there are none.
        """
        ...


class LeadNotes(Repository[LeadNote], Protocol):
    """The notes of leads. One whose lead is not there is not there either."""


class SavedViews(Repository[SavedView], Protocol):
    """The saved views."""

    async def default_of(self, owner: UUID, entity: Resource) -> SavedView | None:
        """The owner's default view of a resource, locked.

        No other becomes it until this transaction ends, also where there is none.
        """
        ...


@attrs.frozen(order=True)
class KeyUse:
    """When and from which address a key was last used."""

    key_id: ApiKeyId
    at: datetime
    address: str | None = None


class ApiKeys(Repository[ApiKey], Protocol):
    """The API keys."""

    async def by_hash(self, key_hash: str) -> ApiKey | None:
        """The live one whose key, or key before the last rotation, has this hash."""
        ...

    async def used(self, uses: Sequence[KeyUse]) -> None:
        """Note last uses, in order of id: no change of a key, so no version and no audit row.

        A use older than the one that is known changes nothing.
        """
        ...


class Attendance(Repository[Mark], Protocol):
    """The marks. One whose meeting is deleted is not there, while that is (R-PPL-4)."""

    async def of_meeting(self, meeting: MeetingId) -> Sequence[Mark]:
        """The live marks of a meeting, by creation and id."""
        ...

    async def counts(self, query: Query) -> MarkCounts:
        """R-ATT-4: how many marks a query means, by status, whatever its page.

        Those in meetings that are scheduled or completed: what was called off does not count.

        :raises Invalid: an unknown filter
        """
        ...


class Users(Repository[User], Protocol):
    """The users."""

    async def by_email(self, email: Email) -> User | None:
        """The live user with this address."""
        ...

    async def instructor_of(self, user: UUID) -> InstructorId | None:
        """The live instructor linked to a user."""
        ...

    async def lock_admins(self) -> Sequence[User]:
        """The live, active administrators, locked, in order of id.

        Whoever may take one away locks them all first, so that of two who take each other away
        the second sees what the first has done.
        """
        ...


class LoginSessions(Repository[LoginSession], Protocol):
    """The login sessions."""

    async def by_family(self, family_hash: str) -> LoginSession | None:
        """The session whose refresh tokens share this, open or over."""
        ...

    async def lock_open_of(self, user: UUID, at: datetime) -> Sequence[LoginSession]:
        """The sessions of a user that are open at this instant, locked, in order of id."""
        ...


class OneTimeTokens(Repository[OneTimeToken], Protocol):
    """The one-time tokens."""

    async def by_hash(self, token_hash: str) -> OneTimeToken | None:
        """The token with this hash, open or not."""
        ...

    async def lock_open_of(self, user: UUID, at: datetime) -> Sequence[OneTimeToken]:
        """The tokens of a user that are open at this instant, locked, in order of id."""
        ...
