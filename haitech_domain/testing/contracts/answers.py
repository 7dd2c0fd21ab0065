"""What keeping answers for retries promises."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from haitech_domain.change import Change
from haitech_domain.errors import NotFound
from haitech_domain.ports import KeptAnswer, KeyInProgress, Transaction
from haitech_domain.testing.builders import MADE, a_course
from haitech_domain.testing.contracts.world import SYSTEM, Contract, RolledBackError, World

DAY = timedelta(days=1)
AT_ONCE = 8


def _kept(name: str = "one", at: datetime = MADE, answer: bytes = b"\x00\xffdone") -> KeptAnswer:
    return KeptAnswer(key=name.encode().ljust(32, b"."), answer=answer, at=at)


async def _keep(world: World, *answers: KeptAnswer) -> None:
    async def work(tx: Transaction) -> None:
        for kept in answers:
            await tx.answers.keep(kept)

    await world.uow.run(SYSTEM, work)


async def _found(world: World, kept: KeptAnswer, since: datetime = MADE) -> KeptAnswer | None:
    return await world.uow.run(SYSTEM, lambda tx: tx.answers.claim(kept.key, since=since))


class AnswersContract(Contract):
    """A key is worked for once."""

    async def test_what_was_kept_is_found_under_its_key_alone(self, world: World) -> None:
        """As it was, for as long as it counts."""
        one, two = _kept(), _kept("two", answer=b"")
        await _keep(world, one, two)
        assert await _found(world, one) == one
        assert await _found(world, two) == two
        assert await _found(world, _kept("three")) is None
        assert await _found(world, one, since=MADE + timedelta(microseconds=1)) is None

    async def test_an_expired_key_is_used_anew(self, world: World) -> None:
        """The later answer stands."""
        late = _kept(at=MADE + DAY, answer=b"again")
        await _keep(world, _kept())
        await _keep(world, late)
        assert await _found(world, late) == late

    async def test_an_answer_falls_with_its_work(self, world: World) -> None:
        """What was not done is not answered."""

        async def work(tx: Transaction) -> None:
            await tx.answers.keep(_kept())
            assert await tx.answers.claim(_kept().key, since=MADE) == _kept()
            raise RolledBackError

        with pytest.raises(RolledBackError):
            await world.uow.run(SYSTEM, work)
        assert await _found(world, _kept()) is None

    async def test_of_many_at_once_one_does_the_work(self, world: World) -> None:
        """The others are refused while it runs, or find its answer."""
        done: list[int] = []

        async def work(tx: Transaction) -> bytes:
            kept = await tx.answers.claim(_kept().key, since=MADE)
            if kept is not None:
                return kept.answer
            await tx.courses.save(Change.created(a_course()))
            await asyncio.sleep(0)
            await tx.answers.keep(_kept())
            done.append(1)
            return b"\x00\xffdone"

        outcomes = await asyncio.gather(
            *(world.uow.run(SYSTEM, work) for _ in range(AT_ONCE)), return_exceptions=True
        )
        assert len(done) == 1
        assert all(o == b"\x00\xffdone" or isinstance(o, KeyInProgress) for o in outcomes)
        assert len((await world.journal()).audit) == 1

    async def test_the_oldest_are_purged_and_the_others_stay(self, world: World) -> None:
        """At most so many at once."""
        old = [_kept(f"old {n}", MADE - DAY - timedelta(minutes=n)) for n in range(3)]
        await _keep(world, *old, _kept())

        async def purged(most: int) -> int:
            return await world.uow.run(SYSTEM, lambda tx: tx.answers.purge(before=MADE, most=most))

        assert await purged(2) == 2
        assert await _found(world, old[0], since=old[0].at) == old[0]
        assert [await purged(2), await purged(2)] == [1, 0]
        assert await _found(world, _kept()) == _kept()

    async def test_reading_claims_and_keeps_nothing(self, world: World) -> None:
        """Both are work."""
        for work in (
            lambda tx: tx.answers.claim(_kept().key, since=MADE),
            lambda tx: tx.answers.keep(_kept()),
            lambda tx: tx.answers.purge(before=MADE),
        ):
            # each store has its own name for this fault of the program
            with pytest.raises(Exception) as caught:  # noqa: PT011
                await world.uow.read(work)
            assert not isinstance(caught.value, NotFound)
        assert await _found(world, _kept()) is None
