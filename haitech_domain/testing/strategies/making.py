"""How strategies of entities are put together, and overridden field by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from hypothesis import strategies as st

from haitech_domain.entity import Entity
from haitech_domain.testing.strategies.calendar import instants
from haitech_domain.testing.strategies.once import made_once

T = TypeVar("T")
E = TypeVar("E", bound=Entity)


@made_once
def maybe(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    """None, or a value of the strategy; shrinks to None."""
    return st.none() | strategy


def either(given: Any) -> st.SearchStrategy[Any]:
    """An override as a strategy: itself if it is one, else the one value."""
    return given if isinstance(given, st.SearchStrategy) else st.just(given)


def entities(
    cls: type[E], fields: Mapping[str, st.SearchStrategy[Any]], overrides: Mapping[str, Any]
) -> st.SearchStrategy[E]:
    """New rows of a class: each field by its strategy, unless overridden by a value or strategy.

    They are live, at version 1, and were last changed when they were made.
    """
    chosen = {**fields, **{name: either(given) for name, given in overrides.items()}}

    def made(values: dict[str, Any]) -> E:
        at = values.pop("at")
        return cls(**{"created_at": at, "updated_at": at, **values})

    return st.fixed_dictionaries({"at": instants(), **chosen}).map(made)
