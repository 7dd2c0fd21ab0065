"""What every stored thing has, and the one door by which trusted rows come in."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Self, TypeVar, cast

import attrs

from haitech_domain.errors import Invalid, Problem
from haitech_domain.fields import put_through_rules
from haitech_domain.ids import DeletionId

R = TypeVar("R", bound=Callable[[Any], Iterable[Problem]])


def across(*fields: str) -> Callable[[R], R]:
    """Mark a method of an entity as a rule between these fields.

    It yields what is wrong, and is asked only where each of the fields keeps its own rule, so all
    problems of an entity can be told at once.
    """

    def mark(rule: R) -> R:
        rule.__dict__["across"] = fields
        return rule

    return mark


@functools.cache
def rules_across(cls: type) -> tuple[tuple[tuple[str, ...], Callable[[Any], Any]], ...]:
    """The rules between fields of a class, each with the fields it looks at."""
    members = (getattr(cls, name) for name in dir(cls))
    return tuple((rule.across, rule) for rule in members if hasattr(rule, "across"))


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
        problems = put_through_rules(self)
        wrong = {problem.field for problem in problems}
        for fields, rule in rules_across(cast("Any", type(self))):
            if wrong.isdisjoint(fields):
                problems.extend(rule(self))
        if problems:
            raise Invalid(tuple(problems))

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
    return hydrator(cls, tuple(values))(values.values())


def hydrator(cls: type[E], names: tuple[str, ...]) -> Callable[[Iterable[Any]], E]:
    """`hydrate` for many rows whose values come in this order."""
    setters = _setters(cast("Any", cls), names)
    new = object.__new__

    def hydrated(values: Iterable[Any]) -> E:
        entity = new(cls)
        for put, value in zip(setters, values, strict=False):
            put(entity, value)
        return entity

    return hydrated


@functools.cache
def _setters(cls: Any, names: tuple[str, ...]) -> Sequence[Callable[[Any, Any], None]]:
    """How slots of a class are set, past the freezing; half the cost of asking by name."""
    slots = {a.name: getattr(cls, a.name) for a in attrs.fields(cls)}
    return tuple(slots[name].__set__ for name in names)
