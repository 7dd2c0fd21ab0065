"""How the work that is done later stands, for whoever watches over the program."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import attrs

from haitech_domain.ports import Clock, DeliveryFigures, QueueFigures, Transaction, UnitOfWork

RECENT: Final = timedelta(hours=24)
"""What counts as lately."""


@attrs.frozen(kw_only=True)
class Watched:
    """The figures of one moment."""

    at: datetime
    queue: QueueFigures
    deliveries: DeliveryFigures


@attrs.frozen(kw_only=True)
class Watch:
    """Look at the queue and the deliveries, by one question each."""

    uow: UnitOfWork
    clock: Clock

    async def __call__(self) -> Watched:
        """How they stand. They name nobody, so nobody's access is asked."""
        at = self.clock.now()

        async def work(tx: Transaction) -> Watched:
            return Watched(
                at=at,
                queue=await tx.jobs.figures(at=at),
                deliveries=await tx.deliveries.figures(since=at - RECENT),
            )

        return await self.uow.read(work)
