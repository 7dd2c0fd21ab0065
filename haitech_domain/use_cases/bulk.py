"""Requests over many things at once: all or none, with every problem told (R-CYC-6).

Such a request names its things by id, decides about each of them on a `Draft`, and saves once
nothing is refused. Whatever is refused meanwhile is collected under its path (`ids[3]`,
`data.total_meetings`), and the first class that occurs is the answer's: what is wrong in itself,
then what is not there, then what cannot be done.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from haitech_domain.errors import DomainError, Invalid, Kind, NotFound, Several

MOST_AT_ONCE: Final = 200
"""How many things one request may name."""
_CLASSES: Final = (Kind.INVALID, Kind.NOT_FOUND, Kind.CONFLICT)
_POSITION: Final = re.compile(r"([0-9]+)")


class Refusals:
    """What a request over many things is refused for, each with the path it belongs to."""

    def __init__(self) -> None:
        self._found: list[tuple[str, DomainError]] = []

    def add(self, path: str, refusal: DomainError) -> None:
        """One more."""
        self._found.append((path, refusal))

    @contextmanager
    def at(self, path: str) -> Iterator[None]:
        """Collect what is refused within; what is about the whole request passes through."""
        try:
            yield
        except DomainError as refused:
            if refused.kind not in _CLASSES:
                raise
            self.add(path, refused)

    def named(self, ids: Sequence[UUID], field: str = "ids") -> dict[UUID, str]:
        """Each id with the path that names it. One that is there twice is refused.

        :raises Invalid: none at all, or more than 200
        """
        if not 1 <= len(ids) <= MOST_AT_ONCE:
            message = f"must be 1 to {MOST_AT_ONCE} ids"
            raise Invalid.because(field, message, reason="ids.count")
        paths: dict[UUID, str] = {}
        for position, id in enumerate(ids):
            path = f"{field}[{position}]"
            if id in paths:
                self.add(path, Invalid.because("", f"repeats {paths[id]}", reason="id.repeated"))
            else:
                paths[id] = path
        return paths

    def missing(self, what: str, paths: Mapping[UUID, str], found: Iterable[UUID]) -> None:
        """Refuse the ids that name nothing."""
        there = set(found)
        for id, path in paths.items():
            if id not in there:
                self.add(path, NotFound(what, id))

    def end(self) -> None:
        """Go on where nothing was refused.

        :raises Several: everything that was, the first class that occurs first
        """
        if self._found:
            raise Several(tuple(sorted(self._found, key=_rank)))


def _rank(found: tuple[str, DomainError]) -> tuple[int, list[int | str]]:
    path, refusal = found
    parts = _POSITION.split(path)  # words and positions in turn
    return _CLASSES.index(refusal.kind), [int(p) if p.isdigit() else p for p in parts]
