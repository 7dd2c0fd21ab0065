"""What the domain needs from outside besides storage."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Protocol
from uuid import UUID

import attrs

from haitech_domain.access import Actor
from haitech_domain.errors import DomainError, Kind
from haitech_domain.meeting import MeetingLink
from haitech_domain.people import Email
from haitech_domain.scheduling import Feed


@attrs.frozen
class Unavailable(DomainError):
    """A part that is needed cannot be reached, or is full; try again later."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    reason: ClassVar[str] = "unavailable"
    says: ClassVar[str] = "{what} is not available at the moment; try again in {retry_after} s"
    what: str
    retry_after: int = 1


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """The instant, aware, in UTC."""
        ...

    def civil(self, at: datetime | None = None) -> datetime:
        """The wall clock in Asia/Jerusalem, naive: of now, or of an instant."""
        ...

    def instant(self, civil: datetime) -> datetime:
        """When that wall clock shows this (naive), the first time where it does so twice."""
        ...


class Ids(Protocol):
    """Where new ids come from."""

    def new(self) -> UUID:
        """An id that nothing has yet; later ones sort after earlier ones."""
        ...


class Randomness(Protocol):
    """Where secrets come from: nobody can guess the next, whatever they know of those before."""

    def text(self, alphabet: str, length: int) -> str:
        """So many characters, each any of the alphabet's with the same chance."""
        ...


class Passwords(Protocol):
    """Hashing and checking, off the event loop."""

    async def hashed(self, password: str) -> str:
        """What to store instead of the password."""
        ...

    async def verified(self, password: str, stored: str | None) -> bool:
        """Whether the password is the one; takes as long when there is none stored."""
        ...

    def outdated(self, stored: str) -> bool:
        """Whether a stored hash was made by weaker rules than those of today."""
        ...


@attrs.frozen(kw_only=True)
class Mail:
    """A letter of plain text."""

    to: Email
    subject: str
    text: str = attrs.field(repr=False)


class Mailer(Protocol):
    """Sends mail."""

    async def send(self, mail: Mail) -> None:
        """Hand a letter over to whoever delivers it. :raises Unavailable: nobody took it"""
        ...

    def must_be_set(self) -> None:
        """:raises Unavailable: there is nobody to hand a letter to, and will not be soon"""
        ...


class CalendarFeeds(Protocol):
    """Writes feeds as calendars of people subscribe to them."""

    async def written(self, feed: Feed) -> bytes:
        """The feed as text, made off the event loop; equal feeds are written alike."""
        ...


class Tokens(Protocol):
    """Proofs of who is calling, and of the login session they belong to."""

    def issue(self, actor: Actor) -> tuple[str, int]:
        """An access token for a user, and its life in seconds."""
        ...

    def read(self, token: str) -> Actor:
        """The actor whom a token names. :raises Unauthenticated: bad or expired"""
        ...


@attrs.frozen
class Unauthenticated(DomainError):
    """No, bad or expired credentials."""

    kind: ClassVar[Kind] = Kind.UNAUTHENTICATED
    reason: ClassVar[str] = "credentials.invalid"
    says: ClassVar[str] = "{why}"
    why: str


class MeetingLinks(Protocol):
    """Proofs that this program made a link. They open nothing else, and nothing else is one."""

    def signed(self, link: MeetingLink) -> str:
        """The token of a link, which can stand in an address; the same link has the same token."""
        ...

    def read(self, token: str) -> MeetingLink | None:
        """The link that a token stands for, also when it has expired; None for any other text."""
        ...


@attrs.frozen
class TooManyAttempts(DomainError):
    """Too often within the time that counts; `retry_after` seconds from now it goes on."""

    kind: ClassVar[Kind] = Kind.LIMITED
    reason: ClassVar[str] = "rate.limited"
    says: ClassVar[str] = "too many attempts; try again in {retry_after} s"
    retry_after: int


class Attempts(Protocol):
    """Failures counted against whoever or whatever they concern, within a moving stretch of time.

    A subject is a text like `login:address:192.0.2.7`; nothing readable of it is stored.
    """

    async def check(self, *subjects: str) -> None:
        """:raises TooManyAttempts: one of the subjects has used up what it is allowed"""
        ...

    async def failed(self, *subjects: str) -> None:
        """Count one failure against each subject.

        :raises TooManyAttempts: one of them had used up what it is allowed before this one
        """
        ...
