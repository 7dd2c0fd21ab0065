"""What is done with the jobs of each kind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from haitech_app.worker import SYSTEM, Worker
from haitech_domain.access import Actor
from haitech_domain.ports import Clock, Handler, UnitOfWork
from haitech_domain.use_cases import Verbs
from haitech_domain.use_cases.coming_round import Round
from haitech_domain.use_cases.passwords import FORGOTTEN
from haitech_domain.use_cases.posting import MAIL
from haitech_domain.webhook import DELIVER

_PURGER: Final = Actor.system("purge")
_BURIED_FOR: Final = timedelta(days=30)
"""How long a job that was given up can be looked at."""


def rounds_of(verbs: Verbs, uow: UnitOfWork, clock: Clock) -> tuple[Round, ...]:
    """The work that comes round by itself."""

    async def forget_answers() -> None:
        while await verbs.forget_answers(actor=_PURGER):
            pass

    async def forget_buried() -> None:
        before = clock.now() - _BURIED_FOR
        while await uow.run(SYSTEM, lambda tx: tx.jobs.forget(buried_before=before)):
            pass

    async def forget_events() -> None:
        while await verbs.webhooks.forget(actor=_PURGER):
            pass

    async def forget_zoom() -> None:
        while await verbs.forget_zoom_events(actor=_PURGER):
            pass

    return (
        Round(kind="purge.events", every=timedelta(hours=1), work=forget_events, clock=clock),
        Round(kind="purge.answers", every=timedelta(minutes=10), work=forget_answers, clock=clock),
        Round(kind="purge.jobs", every=timedelta(hours=6), work=forget_buried, clock=clock),
        Round(kind="purge.zoom", every=timedelta(hours=6), work=forget_zoom, clock=clock),
    )


def worker_of(verbs: Verbs, uow: UnitOfWork, clock: Clock) -> Worker:
    """A worker that does every kind of job there is."""
    rounds = {one.kind: one for one in rounds_of(verbs, uow, clock)}
    handlers: Mapping[str, Handler] = {
        MAIL: verbs.send_mail,
        FORGOTTEN: verbs.answer_forgotten,
        DELIVER: verbs.webhooks.deliver,
        **rounds,
    }
    return Worker(
        uow=uow,
        clock=clock,
        begin_rounds=verbs.begin_rounds,
        handlers=handlers,
        rounds=tuple(rounds.values()),
    )
