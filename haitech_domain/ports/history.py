"""What things were on a day: the values whose past is kept (`KeepsHistory`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

import attrs

from haitech_domain.entity import Entity
from haitech_domain.fields import KeepsHistory, annotations_of, marked

T = TypeVar("T", bound=Entity)


@attrs.frozen
class AsOf(Generic[T]):
    """A thing with the values that held at the end of a civil day, where their past is kept.

    `known_since` is set where the day lies before all that is known: the first civil day of which
    something is. The values are the oldest known ones then.
    """

    thing: T
    known_since: date | None = None


class History(Protocol[T]):
    """What a repository can do besides whose things keep the history of some of their values.

    An entry is made with every save that changes one of those, in its transaction, and none is
    ever changed.
    """

    async def as_of(self, ids: Iterable[UUID], day: date | None = None) -> Mapping[UUID, AsOf[T]]:
        """These things, deleted ones too, as they were at the end of a civil day, in one question.

        Without a day, as they are now.
        """
        ...


def fields_with_history(cls: Any) -> tuple[str, ...]:
    """The fields of an entity whose past is kept, in their order."""
    kept = marked(cls, KeepsHistory)
    return tuple(name for name in annotations_of(cls) if name in kept)
