"""API keys: issuing, changing, rotating and revoking them, and finding whose a key is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import attrs

from haitech_domain.access import SCOPES, Action, Actor, Resource, grant, meaning_of
from haitech_domain.api_key import ApiKey, KeyKind, hashed, prefix_of, written
from haitech_domain.api_key.writing import ALPHABET, RANDOM
from haitech_domain.change import Change
from haitech_domain.errors import Invalid
from haitech_domain.ids import ApiKeyId, DeletionId
from haitech_domain.ports import (
    Clock,
    Ids,
    KeyUse,
    Randomness,
    Transaction,
    Unauthenticated,
    UnitOfWork,
)
from haitech_domain.use_cases.catalogue import ListPage, Read, Update
from haitech_domain.use_cases.deletion import Restore
from haitech_domain.use_cases.spec import Spec, Within

API_KEYS: Final = Spec(resource=Resource.API_KEYS, entity=ApiKey, repository=lambda tx: tx.api_keys)
USUAL_OVERLAP: Final = timedelta(hours=24)
LONGEST_OVERLAP: Final = timedelta(days=7)


@attrs.frozen(kw_only=True)
class Issued:
    """A key as it is kept, and the key itself, which is told this once."""

    api_key: ApiKey
    key: str = attrs.field(repr=False)

    @property
    def id(self) -> ApiKeyId:
        """The id of what is kept."""
        return self.api_key.id


def _must_be_ahead(expires_at: Any, now: datetime) -> None:
    if isinstance(expires_at, datetime) and expires_at.tzinfo and expires_at <= now:
        raise Invalid.because("expires_at", "must be in the future", reason="expiry.past")


@attrs.frozen(kw_only=True)
class KeyMaker:
    """Makes keys of the kind that this installation uses."""

    randomness: Randomness
    kind: KeyKind

    def __call__(self) -> str:
        """A new key."""
        return written(self.kind, self.randomness.text(ALPHABET, RANDOM))


@attrs.frozen(kw_only=True)
class IssueApiKey:
    """Make an API key. The answer holds the key itself, which is shown this once."""

    uow: UnitOfWork
    clock: Clock
    ids: Ids
    new_key: KeyMaker

    async def __call__(self, *, actor: Actor, values: Mapping[str, Any]) -> Issued:
        """The new key.

        :raises Forbidden: the caller is no administrator
        :raises Invalid: values that break their rules, or an expiry that is past
        """
        grant(actor, Action.CREATE, Resource.API_KEYS)
        at = self.clock.now()
        key = self.new_key()
        api_key = ApiKey(
            **{
                **values,
                "id": self.ids.new(),
                "prefix": prefix_of(key),
                "key_hash": hashed(key),
                "created_at": at,
                "updated_at": at,
            }
        )
        _must_be_ahead(api_key.expires_at, at)
        await self.uow.run(actor, lambda tx: tx.api_keys.save(Change.created(api_key)))
        return Issued(api_key=api_key, key=key)


@attrs.frozen(kw_only=True)
class UpdateApiKey(Update[ApiKey]):
    """Change the given fields; felt by every process within 5 s."""

    async def __call__(
        self, *, actor: Actor, id: UUID, values: Mapping[str, Any], within: Within | None = None
    ) -> ApiKey:
        """The key with the given fields changed.

        :raises Forbidden: the caller is no administrator
        :raises NotFound: there is none
        :raises Invalid: values that break their rules, or an expiry that is past
        """
        grant(actor, Action.UPDATE, Resource.API_KEYS)
        _must_be_ahead(values.get("expires_at"), self.clock.now())
        return await Update.__call__(self, actor=actor, id=id, values=values, within=within)


@attrs.frozen(kw_only=True)
class RotateApiKey:
    """Replace the key by a new one; the old one opens until the overlap ends.

    The overlap is 24 hours unless `overlapMinutes` says otherwise; with 0 the old key ends at
    once. Rotating again within an overlap ends the oldest key at once.
    """

    uow: UnitOfWork
    clock: Clock
    new_key: KeyMaker

    async def __call__(
        self, *, actor: Actor, id: UUID, overlap: timedelta = USUAL_OVERLAP
    ) -> Issued:
        """The key as it is kept now, and the new key itself.

        :raises Forbidden: the caller is no administrator
        :raises NotFound: there is none
        :raises Invalid: an overlap below 0 or above 7 days
        """
        grant(actor, Action.UPDATE, Resource.API_KEYS)
        if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
            raise Invalid.because("overlap_minutes", "must be between 0 and 10080 (7 days)")
        at = self.clock.now()
        key = self.new_key()

        async def work(tx: Transaction) -> ApiKey:
            before = await tx.api_keys.lock(id)
            after = before.rotated(at, key, overlap)
            await tx.api_keys.save(Change.updated(before, after, action="rotate"))
            return after

        return Issued(api_key=await self.uow.run(actor, work), key=key)


@attrs.frozen(kw_only=True)
class RevokeApiKey:
    """Revoke a key for good: restoring brings back its name and scopes, not what opens."""

    uow: UnitOfWork
    clock: Clock
    ids: Ids

    async def __call__(self, *, actor: Actor, id: UUID) -> None:
        """Delete the key; felt by every process within 5 s.

        :raises Forbidden: the caller is no administrator
        :raises NotFound: there is none
        """
        grant(actor, Action.DELETE, Resource.API_KEYS)
        at = self.clock.now()

        async def work(tx: Transaction) -> None:
            before = await tx.api_keys.lock(id)
            after = before.revoked(at, DeletionId(self.ids.new()))
            await tx.api_keys.save(Change.updated(before, after, action="delete"))

        await self.uow.run(actor, work)


@attrs.frozen(kw_only=True)
class FindApiKey:
    """Whose a key is, by its hash; whether it opens now is for `ApiKey.admits` to say."""

    uow: UnitOfWork

    async def __call__(self, key_hash: str) -> ApiKey:
        """The live key of this hash. :raises Unauthenticated: there is none"""
        found = await self.uow.read(lambda tx: tx.api_keys.by_hash(key_hash))
        if found is None:
            raise Unauthenticated(NOT_VALID)
        return found


NOT_VALID: Final = "this API key is not valid: unknown, inactive, expired, rotated or revoked"


@attrs.frozen(kw_only=True)
class NoteKeyUses:
    """Keep when and from where keys were last used."""

    uow: UnitOfWork

    async def __call__(self, uses: Sequence[KeyUse]) -> None:
        """Write them in one transaction. :raises Unavailable: the store cannot be reached"""
        actor = Actor.system("key uses")
        in_order = sorted(uses, key=lambda use: use.key_id)
        await self.uow.run(actor, lambda tx: tx.api_keys.used(in_order))


@attrs.frozen
class Scope:
    """A scope and what it opens."""

    name: str
    description: str


@attrs.frozen(kw_only=True)
class ListScopes:
    """Every scope that a key can hold, with what it opens (R-ACC-3)."""

    def __call__(self, *, actor: Actor) -> tuple[Scope, ...]:
        """All of them. :raises Forbidden: the caller is no administrator"""
        grant(actor, Action.READ, Resource.API_KEYS)
        return tuple(Scope(name, meaning_of(name)) for name in SCOPES)


@attrs.frozen(kw_only=True)
class ApiKeyVerbs:
    """The verbs of API keys: those of every simple resource, and their own."""

    create: IssueApiKey
    read: Read[ApiKey]
    list: ListPage[ApiKey]
    update: UpdateApiKey
    delete: RevokeApiKey
    restore: Restore[ApiKey]
    rotate: RotateApiKey
    scopes: ListScopes
    find: FindApiKey
    note_uses: NoteKeyUses

    @classmethod
    def of(cls, *, uow: UnitOfWork, clock: Clock, ids: Ids, new_key: KeyMaker) -> ApiKeyVerbs:
        """The verbs over these ports."""
        return cls(
            create=IssueApiKey(uow=uow, clock=clock, ids=ids, new_key=new_key),
            read=Read(spec=API_KEYS, uow=uow),
            list=ListPage(spec=API_KEYS, uow=uow),
            update=UpdateApiKey(spec=API_KEYS, uow=uow, clock=clock),
            delete=RevokeApiKey(uow=uow, clock=clock, ids=ids),
            restore=Restore(spec=API_KEYS, uow=uow, clock=clock),
            rotate=RotateApiKey(uow=uow, clock=clock, new_key=new_key),
            scopes=ListScopes(),
            find=FindApiKey(uow=uow),
            note_uses=NoteKeyUses(uow=uow),
        )
