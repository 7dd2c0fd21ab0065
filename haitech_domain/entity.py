"""What every stored thing has, and the one door by which trusted rows come in."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Self, TypeVar, cast

import attrs

from haitech_domain.errors import Invalid, Problem
from haitech_domain.fields import enforce
from haitech_domain.ids import DeletionId


@attrs.frozen(kw_only=True)
class Entity:
    """A thing with an identity and a history of versions; subclasses add `id` and their facts.

    Making one checks every field's rule and the rules between fields, so one that exists is valid.

    :raises Invalid: with all that is wrong
    """

    created_at: datetime
    updated_at: datetime
    version: int = 1
    deleted_at: datetime | None = None
    deletion: DeletionId | None = None
    """Which act deleted it; things deleted together carry the same, and come back together."""

    def __attrs_post_init__(self) -> None:
        enforce(self)
        problems = tuple(self.rules())
        if problems:
            raise Invalid(problems)

    def rules(self) -> Iterator[Problem]:
        """What is wrong between fields; a subclass yields its own."""
        yield from ()

    def changed(self, at: datetime, **changes: Any) -> Self:
        """The next version with some fields changed; itself where nothing differs.

        :raises Invalid: the result would break a rule
        """
        if all(getattr(self, name) == value for name, value in changes.items()):
            return self
        after = attrs.evolve(self, **changes)
        if all(getattr(self, name) == getattr(after, name) for name in changes):
            return self  # a rule read the given text as the value that was there
        return attrs.evolve(after, updated_at=at, version=self.version + 1)


E = TypeVar("E", bound=Entity)


def hydrate(cls: type[E], values: Mapping[str, Any]) -> E:
    """An entity from a row of our own database, without checking it again.

    The one door past the rules: every value was checked when it was written, and checking each
    row of a list again costs more than reading it.
    """
    entity = object.__new__(cls)
    setters = _setters(cast("Any", cls))
    for name, value in values.items():
        setters[name](entity, value)
    return entity


@functools.cache
def _setters(cls: Any) -> Mapping[str, Callable[[Any, Any], None]]:
    """How each slot of a class is set, past the freezing; half the cost of asking by name."""
    return {a.name: getattr(cls, a.name).__set__ for a in attrs.fields(cls)}
