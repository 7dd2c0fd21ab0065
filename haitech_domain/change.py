"""Events, and changes that cannot be saved without them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Generic, Literal, TypeAlias, TypeVar

import attrs

from haitech_domain.entity import Entity
from haitech_domain.errors import DomainError

CATALOGUE: dict[str, type[Event]] = {}
"""Every event type of the domain by its name, filled as their classes are defined."""


@attrs.frozen(kw_only=True)
class Event:
    """Something that became true at an instant (domain.md §12). Subclasses name their type."""

    type: ClassVar[str]
    at: datetime

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "type" in cls.__dict__:
            # attrs makes slotted classes twice; the second, final one replaces the first
            CATALOGUE[cls.type] = cls


Verb: TypeAlias = Literal[
    "create",
    "update",
    "delete",
    "restore",
    "import",
    "complete",
    "cancel",
    "postpone",
    "reopen",
    "recalculate",
    "progress",
    "activate",
    "deactivate",
    "invite",
    "login",
    "logout",
    "refresh",
    "password",
    "rotate",
    "disable",
    "deliver",
    "end",
    "pay",
    "convert",
]
"""Everything that a change may be called; the checker refuses any other."""

T = TypeVar("T", bound=Entity)
T_co = TypeVar("T_co", bound=Entity, covariant=True)


@attrs.frozen
class Change(Generic[T]):
    """A state and what led to it: what it was (None for a new thing), and the events that say so.

    `action` is the verb by which the audit knows it.
    """

    before: T | None
    after: T
    action: Verb
    events: tuple[Event, ...] = ()

    @classmethod
    def created(cls, after: T, *events: Event, action: Verb = "create") -> Change[T]:
        """Something new."""
        return cls(None, after, action, events)

    @classmethod
    def updated(cls, before: T, after: T, *events: Event, action: Verb = "update") -> Change[T]:
        """Something known, changed; without events where nothing differs."""
        return cls(before, after, action, events if after is not before else ())

    @property
    def is_empty(self) -> bool:
        """Nothing differs, so there is nothing to save and nothing to tell."""
        return self.after is self.before

    def then(self, after: T, *events: Event) -> Change[T]:
        """The same act carried further before it is saved."""
        return Change(self.before, after, self.action, (*self.events, *events))


@attrs.frozen
class Transition(DomainError):
    """A status that does not allow the verb."""

    says: ClassVar[str] = "this {what} is {status}; to {verb} it, it must be {allowed}"
    what: str
    status: str
    verb: str
    allowed: tuple[str, ...]

    @property
    def reason(self) -> str:  # type: ignore[override]  # named by the verb
        """For example `meeting.cannot_complete`."""
        return f"{self.what}.cannot_{self.verb}"
