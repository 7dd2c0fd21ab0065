"""How a suite says which promise was broken, so that whoever wrote the adapter knows what to mend."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

import attrs

X = TypeVar("X", bound=BaseException)


@attrs.define
class Caught(Generic[X]):
    """What `refused` caught; `value` is there once its block has ended."""

    found: X | None = None

    @property
    def value(self) -> X:
        """The refusal."""
        assert self.found is not None, "nothing was refused yet"
        return self.found


@contextmanager
def refused(kind: type[X], promise: str) -> Iterator[Caught[X]]:
    """A block that has to raise `kind`, for the sake of a promise.

    :raises AssertionError: it ended quietly; the message is the promise, and what was expected
    """
    caught = Caught[X]()
    try:
        yield caught
    except kind as refusal:
        caught.found = refusal
    else:
        message = f"{promise} (nothing was refused; {kind.__name__} was due)"
        raise AssertionError(message)


def must_be(found: object, expected: object, promise: str) -> None:
    """Whether a row, or anything else, is what it should be.

    :raises AssertionError: the message is the promise, and, of two rows, each field that differs
    """
    if found != expected:
        raise AssertionError(f"{promise}: " + "; ".join(_differences(found, expected)))


def _differences(found: Any, expected: Any) -> Iterator[str]:
    if type(found) is not type(expected) or not attrs.has(type(expected)):
        yield f"found {found}, not {expected}"
        return
    for attribute in attrs.fields(type(expected)):
        given, kept = getattr(expected, attribute.name), getattr(found, attribute.name)
        if given != kept:
            yield f"{attribute.name} is {_shown(kept)}, not {_shown(given)}"


def _shown(value: object) -> str:
    """As a person reads it; what is no text of its own as Python writes it."""
    plain = type(value).__str__ is object.__str__ or isinstance(value, str)
    return repr(value) if plain else str(value)
