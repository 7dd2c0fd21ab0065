"""What is done with the jobs of each kind."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final, TypeAlias

import structlog

from haitech_app.worker import SYSTEM, Tell, Worker, nobody
from haitech_domain.access import Actor
from haitech_domain.export import WRITE
from haitech_domain.ports import Clock, Handler, UnitOfWork
from haitech_domain.use_cases import Verbs
from haitech_domain.use_cases.coming_round import Round
from haitech_domain.use_cases.passwords import FORGOTTEN
from haitech_domain.use_cases.posting import MAIL
from haitech_domain.webhook import DELIVER

log = structlog.get_logger("haitech.worker")

Batch: TypeAlias = Callable[[], Awaitable[int]]
"""Some of a work at once: how much that was, 0 once there is nothing left."""
_PURGER: Final = Actor.system("purge")
_BURIED_FOR: Final = timedelta(days=30)
"""How long a job that was given up can be looked at."""


def rounds_of(verbs: Verbs, uow: UnitOfWork, clock: Clock) -> tuple[Round, ...]:
    """The work that comes round by itself."""

    async def forget_buried() -> int:
        before = clock.now() - _BURIED_FOR
        return await uow.run(SYSTEM, lambda tx: tx.jobs.forget(buried_before=before))

    async def recover_deliveries() -> int:
        found = await verbs.webhooks.recover(actor=SYSTEM)
        if found.count:
            log.warning("deliveries were left behind", again=found.again, dead=found.dead)
        return found.count

    async def recover_exports() -> int:
        count = await verbs.exports.recover(actor=SYSTEM)
        if count:
            log.warning("exports were left behind", failed=count)
        return count

    minutes: Mapping[str, tuple[int, Batch]] = {
        "recover.deliveries": (1, recover_deliveries),
        "recover.exports": (5, recover_exports),
        "purge.exports": (10, lambda: verbs.exports.forget(actor=_PURGER)),
        "purge.answers": (10, lambda: verbs.forget_answers(actor=_PURGER)),
        "purge.events": (60, lambda: verbs.webhooks.forget(actor=_PURGER)),
        "purge.jobs": (360, forget_buried),
        "purge.zoom": (360, lambda: verbs.forget_zoom_events(actor=_PURGER)),
    }
    return tuple(
        Round(kind=kind, every=timedelta(minutes=every), work=_all_of(batch), clock=clock)
        for kind, (every, batch) in minutes.items()
    )


def _all_of(batch: Batch) -> Callable[[], Awaitable[None]]:
    """Do it again and again, until it finds nothing more to do."""

    async def work() -> None:
        while await batch():
            pass

    return work


def as_it_is(handler: Handler) -> Handler:
    """With nothing around it."""
    return handler


def worker_of(
    verbs: Verbs,
    uow: UnitOfWork,
    clock: Clock,
    tell: Tell = nobody,
    around: Callable[[Handler], Handler] = as_it_is,
) -> Worker:
    """A worker that does every kind of job there is, and tells of each that ended.

    `around` is put around whatever does the jobs of a kind.
    """
    rounds = {one.kind: one for one in rounds_of(verbs, uow, clock)}
    handlers: Mapping[str, Handler] = {
        MAIL: verbs.send_mail,
        FORGOTTEN: verbs.answer_forgotten,
        DELIVER: verbs.webhooks.deliver,
        WRITE: verbs.exports.write,
        **rounds,
    }
    return Worker(
        uow=uow,
        clock=clock,
        begin_rounds=verbs.begin_rounds,
        handlers={kind: around(handler) for kind, handler in handlers.items()},
        rounds=tuple(rounds.values()),
        tell=tell,
    )
