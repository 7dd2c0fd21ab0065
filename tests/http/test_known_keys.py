"""Keys at the door: remembered for seconds, judged at each use, their uses written beside."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import attrs
import pytest

from haitech_adapters import context
from haitech_adapters.http.known_keys import KeyUses, KnownKeys
from haitech_adapters.http.remembering import Remembered
from haitech_adapters.memory import CountingIds, FixedClock, MemoryUnitOfWork
from haitech_domain.access import Actor, ActorKind
from haitech_domain.api_key import KeyKind, hashed
from haitech_domain.change import Change
from haitech_domain.ids import DeletionId
from haitech_domain.ports import Unauthenticated, Unavailable
from haitech_domain.testing.builders import a_key, an_api_key
from haitech_domain.use_cases import FindApiKey, NoteKeyUses

pytestmark = pytest.mark.anyio
SYSTEM = Actor.system("test")


class Seconds:
    """A monotonic clock that is set."""

    def __init__(self):
        self.passed = 100.0

    def __call__(self):
        return self.passed


@attrs.define
class Asked:
    """Counts what is asked, and answers when it is let."""

    times: int = 0
    heard: asyncio.Event = attrs.field(factory=asyncio.Event)
    gate: asyncio.Event = attrs.field(factory=asyncio.Event)

    async def __call__(self, key):
        self.times += 1
        self.heard.set()
        await self.gate.wait()
        if key == "wrong":
            raise Unauthenticated("no")
        return f"{key} {self.times}"


class TestRemembered:
    async def test_an_answer_stands_for_its_seconds_and_no_longer(self):
        now, asked = Seconds(), Asked()
        asked.gate.set()
        remembered = Remembered(asked, seconds=4, now=now)
        assert await remembered("a") == "a 1"
        now.passed += 3.9
        assert await remembered("a") == "a 1"
        now.passed += 0.1
        assert await remembered("a") == "a 2"

    async def test_its_age_counts_from_the_question(self):
        now, asked = Seconds(), Asked()
        remembered = Remembered(asked, seconds=4, now=now)
        waiting = asyncio.create_task(remembered("a"))
        await asked.heard.wait()
        now.passed += 5  # the answer takes longer than it stands
        asked.gate.set()
        assert await waiting == "a 1"
        assert await remembered("a") == "a 2"

    async def test_many_at_once_ask_once(self):
        asked = Asked()
        remembered = Remembered(asked)
        waiting = [asyncio.create_task(remembered("a")) for _ in range(20)]
        await asyncio.sleep(0)
        asked.gate.set()
        assert await asyncio.gather(*waiting) == ["a 1"] * 20

    async def test_one_who_leaves_does_not_take_the_answer_along(self):
        asked = Asked()
        remembered = Remembered(asked)
        first, second = (asyncio.create_task(remembered("a")) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
        asked.gate.set()
        assert await second == "a 1"
        assert await remembered("a") == "a 1"
        assert first.cancelled()

    async def test_a_refusal_is_not_kept(self):
        asked = Asked()
        asked.gate.set()
        remembered = Remembered(asked)
        for times in (1, 2):
            with pytest.raises(Unauthenticated):
                await remembered("wrong")
            assert asked.times == times

    async def test_the_oldest_go_when_there_are_too_many(self):
        asked = Asked()
        asked.gate.set()
        remembered = Remembered(asked, most=2)
        for key in ("a", "b", "a", "c"):
            await remembered(key)
        assert len(remembered._answers) == 2
        assert await remembered("c") == "c 3"
        assert await remembered("a") == "a 4"


@attrs.define
class Door:
    """Known keys over a store in memory."""

    uow: MemoryUnitOfWork
    clock: FixedClock
    now: Seconds
    uses: KeyUses
    keys: KnownKeys

    async def save(self, row, after=None):
        change = Change.created(row) if after is None else Change.updated(row, after)
        await self.uow.run(SYSTEM, lambda tx: tx.api_keys.save(change))

    async def kept(self, row):
        return await self.uow.read(lambda tx: tx.api_keys.get(row.id))

    async def refuses(self, key):
        with pytest.raises(Unauthenticated) as refused:
            await self.keys.read(key)
        return refused.value.message


@pytest.fixture
async def door():
    clock, now = FixedClock(), Seconds()
    uow = MemoryUnitOfWork(CountingIds(), clock)
    uses = KeyUses(NoteKeyUses(uow=uow))
    remembered = Remembered(FindApiKey(uow=uow), now=now)
    return Door(uow, clock, now, uses, KnownKeys(remembered, KeyKind.TEST, clock, uses))


class TestKnownKeys:
    async def test_a_key_acts_with_its_name_scopes_and_limit(self, door):
        key = a_key()
        row = an_api_key(key=key, name="Site", scopes=["read:courses"], rate_limit=50)
        await door.save(row)
        assert await door.keys.read(key) == Actor(
            kind=ActorKind.API_KEY,
            id=row.id,
            name="Site",
            scopes=frozenset({"read:courses"}),
            rate_limit=50,
        )

    async def test_a_typo_is_refused_without_asking_the_database(self, door):
        asked = Asked()
        keys = KnownKeys(Remembered(asked), KeyKind.TEST, door.clock, door.uses)
        key = a_key()
        for wrong in (key[:-1] + "!", key.replace("00", "0O", 1), key[:-1], key + "a", "haitech_"):
            with pytest.raises(Unauthenticated):
                await keys.read(wrong)
        assert asked.times == 0

    async def test_an_unknown_key_is_refused(self, door):
        assert "not valid" in await door.refuses(a_key())

    async def test_expiry_is_exact_though_the_answer_is_remembered(self, door):
        key = a_key()
        await door.save(an_api_key(key=key, expires_at=door.clock.now() + timedelta(seconds=2)))
        await door.keys.read(key)
        door.clock.advance(timedelta(seconds=1, microseconds=999_999))
        await door.keys.read(key)
        door.clock.advance(timedelta(microseconds=1))
        assert "not valid" in await door.refuses(key)

    @pytest.mark.parametrize("how", ["revoked", "inactive"])
    async def test_the_end_of_a_key_is_felt_within_five_seconds(self, door, how):
        key = a_key()
        row = an_api_key(key=key)
        await door.save(row)
        await door.keys.read(key)
        at = door.clock.now()
        ended = (
            row.revoked(at, DeletionId(row.id))
            if how == "revoked"
            else row.changed(at, is_active=False)
        )
        await door.save(row, ended)
        door.now.passed += 5
        assert "not valid" in await door.refuses(key)

    async def test_other_scopes_are_felt_within_five_seconds(self, door):
        key = a_key()
        row = an_api_key(key=key)
        await door.save(row)
        await door.keys.read(key)
        await door.save(row, row.changed(door.clock.now(), scopes=["write:leads"]))
        door.now.passed += 5
        assert (await door.keys.read(key)).scopes == {"write:leads"}

    async def test_the_key_before_a_rotation_opens_until_its_overlap_ends(self, door):
        old, new = a_key(), a_key()
        row = an_api_key(key=old)
        await door.save(row)
        await door.save(row, row.rotated(door.clock.now(), new, timedelta(minutes=1)))
        assert (await door.keys.read(old)).id == (await door.keys.read(new)).id == row.id
        door.clock.advance(timedelta(minutes=1))
        assert "not valid" in await door.refuses(old)
        assert (await door.keys.read(new)).id == row.id


class TestUses:
    async def test_the_last_use_of_each_key_is_written_at_once_for_all(self, door):
        keys = [a_key(), a_key()]
        rows = [an_api_key(key=key) for key in keys]
        for row in rows:
            await door.save(row)
        for address in ("192.0.2.1", "192.0.2.2"):
            facts = context.RequestFacts(request_id="1", method="GET", path="/", address=address)
            with context.bind(facts):
                for key in keys:
                    await door.keys.read(key)
            door.clock.advance(timedelta(seconds=1))
        assert (await door.kept(rows[0])).last_used_at is None
        journal = len(door.uow.committed)
        await door.uses.write()
        for row in rows:
            kept = await door.kept(row)
            assert kept.last_used_ip == "192.0.2.2"
            assert kept.last_used_at == door.clock.now() - timedelta(seconds=1)
            assert (kept.version, kept.updated_at) == (row.version, row.updated_at)
        assert [one.audit for one in door.uow.committed[journal:]] == [()]
        await door.uses.write()
        assert len(door.uow.committed) == journal + 1, "nothing new, nothing written"

    async def test_nothing_is_lost_while_the_database_is_away(self, door):
        key = a_key()
        row = an_api_key(key=key)
        await door.save(row)
        written, failing = door.uses.note_uses, Failing(Unavailable("the database"))
        door.uses.note_uses = failing
        await door.keys.read(key)
        await door.uses.write()
        assert failing.times == 1
        door.uses.note_uses = written
        await door.uses.write()
        assert (await door.kept(row)).last_used_at == door.clock.now()

    async def test_a_fault_of_the_program_is_told_and_loses_nothing(self, door):
        key = a_key()
        row = an_api_key(key=key)
        await door.save(row)
        written, failing = door.uses.note_uses, Failing(RuntimeError("a fault"))
        door.uses.note_uses = failing
        await door.keys.read(key)
        with pytest.raises(RuntimeError, match="a fault"):
            await door.uses.write()
        door.uses.note_uses = written
        await door.uses.write()
        assert (await door.kept(row)).last_used_at == door.clock.now()

    async def test_an_older_use_changes_nothing(self, door):
        row = an_api_key(key_hash=hashed("x"), last_used_at=door.clock.now(), last_used_ip="::1")
        await door.save(row)
        door.clock.advance(timedelta(seconds=-5))
        key = a_key()
        await door.save(row, row.rotated(door.clock.now(), key, timedelta(0)))
        await door.keys.read(key)
        await door.uses.write()
        assert (await door.kept(row)).last_used_ip == "::1"


@attrs.define
class Failing:
    """A writing that fails."""

    error: Exception
    times: int = 0

    async def __call__(self, uses):
        assert uses
        self.times += 1
        raise self.error
