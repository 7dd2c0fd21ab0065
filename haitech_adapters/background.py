"""Work that nobody waits for, in the event loop of this process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from contextvars import Context
from typing import Final

import attrs
import structlog

from haitech_adapters.context import RequestFacts, bind, current
from haitech_domain.errors import DomainError

log = structlog.get_logger("haitech.background")

PATIENCE: Final = 20.0
"""Seconds that work has to end when the process stops."""


@attrs.define
class LoopBackground:
    """The `Background` port. What is not done when the process is killed is lost."""

    _running: set[asyncio.Task[None]] = attrs.field(factory=set, init=False)

    def start(self, what: str, work: Callable[[], Awaitable[object]]) -> None:
        """Do it soon. A failure is logged under the name `what`, without facts."""
        # a context of its own: a transaction that is going on around the caller is not the work's
        task = Context().run(asyncio.create_task, _logged(what, work, current()))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def settled(self, patience: float = PATIENCE) -> None:
        """Wait until nothing runs; what takes longer than `patience` is given up, and logged."""
        if not self._running:
            return
        _done, late = await asyncio.wait(self._running, timeout=patience)
        for task in late:
            task.cancel()
        if late:
            log.error("work was given up at the end of the process", count=len(late))
            await asyncio.wait(late)


async def _logged(
    what: str, work: Callable[[], Awaitable[object]], request: RequestFacts | None
) -> None:
    known = nullcontext() if request is None else bind(request)
    request_id = None if request is None else request.request_id
    try:
        with known:
            await work()
    except DomainError as refused:
        # its sentence may name an address; its reason never does
        log.error("background work failed", what=what, reason=refused.reason, request_id=request_id)  # noqa: TRY400  # as said
    except Exception:
        log.exception("background work failed", what=what, request_id=request_id)
