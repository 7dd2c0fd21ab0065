"""What a simple resource is: the declaration that the shared verbs of `catalogue` work by."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

import attrs

from haitech_domain.access import Action, Actor, ActorKind, Forbidden, Resource, grant, own
from haitech_domain.change import Event, Verb
from haitech_domain.entity import Entity
from haitech_domain.errors import DomainError, Problem
from haitech_domain.ports import Listing, Repository, Transaction
from haitech_domain.use_cases.references import References

T = TypeVar("T", bound=Entity)

Within = Mapping[str, UUID]
"""The parent under which a thing is looked for: its field and the parent's id."""

A_PART: Final[Mapping[Action, Action]] = {
    Action.CREATE: Action.UPDATE,
    Action.DELETE: Action.UPDATE,
}
"""Of a part of another resource, any writing is an update of that."""

Guard = Callable[[Transaction, Any], Awaitable[None]]


async def _allow(tx: Transaction, entity: Any) -> None:
    """Nothing stands in the way."""


async def _go(tx: Transaction, before: Any, after: Any) -> None:
    """Nothing else has to move."""


async def _alone(tx: Transaction, entity: Any) -> None:
    """Nothing is shown along with it."""


def _agree(actor: Actor, entity: Any) -> None:
    """Whoever may write may say anything."""


def _any_day(*_: Any) -> tuple[Problem, ...]:
    """Nothing depends on the day."""
    return ()


def _silent(*_: Any) -> tuple[Event, ...]:
    return ()


@attrs.frozen(kw_only=True)
class Spec(Generic[T]):
    """What a simple resource is.

    `dated` says what is wrong with given values on the day (in Israel) of the act. `named` says
    what given values name, so that a new thing with other faults is told of those as well.
    `checked` looks at a new or changed thing before it is saved (do its references exist?),
    `leaving` before it is deleted (would it orphan something?), `returning` before it is
    restored. `first` runs before the thing itself is locked, where other rows have to be locked
    before it; `follows` changes what changes along with it when it is changed or deleted, and is
    given the thing before and after. `moving` sees what it was (None for a new one) and what it becomes, and may move
    others out of its way. The three `…_events` make the events of a change. `for_instructors` is
    what an instructor may ask of the list, where that is less. `members` are the things of the
    resource `family` that are deleted along with one, and come back with it, each with events of
    its own; it locks them, and runs before `leaving`, so that nothing new depends on them after
    that has looked. `relatives` are
    what is shown along with a single one. `refuses` says by verb what the guards and the store
    refuse beyond what any simple resource does.

    A part of another resource says by `counts_as` what an action on it is of that one (`A_PART`),
    and by `parent` where that one is kept: it is only ever spoken of under a parent that exists
    for the actor. What people have for themselves names by `owner` the field that holds whose it
    is: the repository's own rule then limits reading to what the actor may see, and only the owner
    writes; `judged` may refuse what this actor says.
    """

    resource: Resource
    entity: type[T]
    repository: Callable[[Transaction], Repository[T]]
    for_instructors: Listing | None = None
    family: Spec[Any] | None = None
    members: Callable[[Transaction, Any], Awaitable[Sequence[Any]]] | None = None
    first: Callable[[Transaction], Awaitable[object]] | None = None
    follows: Callable[[Transaction, Any, Any], Awaitable[None]] | None = None
    counts_as: Mapping[Action, Action] = attrs.field(factory=dict)
    parent: Callable[[Transaction], Repository[Any]] | None = None
    owner: str | None = None
    judged: Callable[[Actor, T], None] = _agree
    relatives: Callable[[Transaction, T], Awaitable[Any]] = _alone
    dated: Callable[[date, Mapping[str, Any]], Iterable[Problem]] = _any_day
    named: Callable[[Transaction, Mapping[str, Any]], References] | None = None
    checked: Guard = _allow
    moving: Callable[[Transaction, T | None, T], Awaitable[None]] = _go
    leaving: Guard = _allow
    returning: Guard = _allow
    refuses: Mapping[Verb, tuple[type[DomainError], ...]] = attrs.field(factory=dict)
    created_events: Callable[[datetime, T], tuple[Event, ...]] = _silent
    updated_events: Callable[[datetime, T, tuple[str, ...]], tuple[Event, ...]] = _silent
    deleted_events: Callable[[datetime, T], tuple[Event, ...]] = _silent

    async def lock(self, tx: Transaction, id: UUID) -> T:
        """The live thing with this id, kept from change. :raises NotFound: there is none"""
        return await self.repository(tx).lock(id)

    def action(self, action: Action) -> Action:
        """What an action on one counts as."""
        return self.counts_as.get(action, action)

    async def under(
        self, tx: Transaction, within: Within | None, mine: UUID | None, *, locked: bool = True
    ) -> None:
        """Whether the parent of a part is there, and, `locked`, stays.

        :raises NotFound: it is not, or not for whoever has only `mine`
        """
        if self.parent is not None:
            parents = self.parent(tx)
            for id in (within or {}).values():
                await (parents.lock if locked else parents.get)(id, own=mine)

    def limit(self, actor: Actor, action: Action) -> UUID | None:
        """Whose rows the actor may do this with; None for everybody's.

        :raises Forbidden: the role or scopes do not allow it
        """
        reach = grant(actor, self.action(action), self.resource)
        return actor.id if self.owner else own(reach, actor)

    def is_foreign(self, actor: Actor, entity: T) -> bool:
        """Whether it belongs to somebody else, so that the actor may not write it."""
        if self.owner is None or actor.kind is ActorKind.SYSTEM:
            return False
        return bool(getattr(entity, self.owner) != actor.id)

    def must_own(self, actor: Actor, action: Action, entity: T) -> None:
        """:raises Forbidden: it belongs to somebody else"""
        if self.is_foreign(actor, entity):
            raise Forbidden("whoever is not their owner", action, self.resource)
