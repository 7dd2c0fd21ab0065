"""Where the machine plays: the use cases over a store that was empty when the play began."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import datetime
from typing import Protocol, TypeVar

from haitech_domain.ports import Clock
from haitech_domain.testing.contracts.world import World
from haitech_domain.use_cases import School, Verbs

R = TypeVar("R")


class SettableClock(Clock, Protocol):
    """A clock that stands still until it is set."""

    def set(self, now: datetime) -> None:
        """Make it this naive moment of the wall clock."""
        ...


class Stage(World, Protocol):
    """A world of ports with the verbs over it, and a way to wait for them."""

    @property
    def clock(self) -> SettableClock:
        """The clock that ports and verbs go by."""
        ...

    @property
    def school(self) -> School:
        """The settings that the verbs go by: calendar, employer factor."""
        ...

    @property
    def verbs(self) -> Verbs:
        """The use cases under test."""
        ...

    def run(self, work: Awaitable[R]) -> R:
        """Wait for an awaitable, in the event loop that the ports live in."""
        ...
