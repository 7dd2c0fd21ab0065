"""Doing a request's work once, and doing it under a lock that was taken before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar
from uuid import UUID

import attrs

from haitech_domain.access import Actor
from haitech_domain.errors import NotFound
from haitech_domain.ports import KEPT_FOR, Clock, KeptAnswer, Transaction, UnitOfWork

R = TypeVar("R")

Lock = Callable[[Transaction, UUID], Awaitable[object]]
"""How a thing of this id is kept from change. May raise NotFound."""


@attrs.frozen(kw_only=True)
class AnswerOnce:
    """Do the work that a key stands for once; whoever comes again gets the first answer."""

    uow: UnitOfWork
    clock: Clock

    async def __call__(
        self, *, actor: Actor, key: bytes, work: Callable[[], Awaitable[bytes | None]]
    ) -> bytes | None:
        """The answer kept under the key; None where the work was done only now.

        The work joins the transaction in which its answer is kept, and may run again; where it
        gives None its answer is not kept. What it raises leaves nothing.

        :raises KeyInProgress: the first request with the key is still running
        """

        async def within(tx: Transaction) -> bytes | None:
            kept = await tx.answers.claim(key, since=self.clock.now() - KEPT_FOR)
            if kept is not None:
                return kept.answer
            answer = await work()
            if answer is not None:
                await tx.answers.keep(KeptAnswer(key=key, answer=answer, at=self.clock.now()))
            return None

        return await self.uow.run(actor, within)


@attrs.frozen(kw_only=True)
class ForgetAnswers:
    """Purge the answers that no retry gets any more."""

    uow: UnitOfWork
    clock: Clock

    async def __call__(self, *, actor: Actor, most: int = 1_000) -> int:
        """How many were forgotten; the oldest go first, at most so many at once."""
        before = self.clock.now() - KEPT_FOR
        return await self.uow.run(actor, lambda tx: tx.answers.purge(before=before, most=most))


@attrs.frozen(kw_only=True)
class UnderLock:
    """Do work on a thing that nobody else changes meanwhile."""

    uow: UnitOfWork

    async def __call__(
        self, *, actor: Actor, lock: Lock, id: UUID, work: Callable[[], Awaitable[R]]
    ) -> R:
        """What the work gives, which joins the transaction that holds the lock.

        Where there is no such thing there is nothing to lock: the work says so in its own words.
        """

        async def within(tx: Transaction) -> R:
            with suppress(NotFound):
                await lock(tx, id)
            return await work()

        return await self.uow.run(actor, within)


async def lock_cycle(tx: Transaction, id: UUID) -> None:
    """Lock a cycle. :raises NotFound: there is none"""
    await tx.cycles.lock(id)


async def lock_meeting(tx: Transaction, id: UUID) -> None:
    """Lock a meeting, its cycle first, as every change does. :raises NotFound: there is none"""
    await tx.cycles.lock((await tx.meetings.get(id)).cycle_id)
    await tx.meetings.lock(id)


async def lock_time_off(tx: Transaction, id: UUID) -> None:
    """Lock time off, its instructor first. :raises NotFound: there is none"""
    await tx.instructors.lock((await tx.time_off.get(id)).instructor_id)
    await tx.time_off.lock(id)


async def lock_registration(tx: Transaction, id: UUID) -> None:
    """Lock a registration, its cycle first. :raises NotFound: there is none"""
    await tx.cycles.lock((await tx.registrations.get(id)).cycle_id)
    await tx.registrations.lock(id)


async def lock_mark(tx: Transaction, id: UUID) -> None:
    """Lock a mark, its meeting's cycle first. :raises NotFound: there is none"""
    meeting = await tx.meetings.get((await tx.attendance.get(id)).meeting_id)
    await tx.cycles.lock(meeting.cycle_id)
    await tx.attendance.lock(id)
