"""Sealing the audit log while the program serves: what is heard of it in the logs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import attrs
import structlog

from haitech_adapters.metrics import Counted
from haitech_adapters.postgres import AuditSealer, SealsBroken
from haitech_domain.ports import Clock, Unavailable

EVERY: Final = 5.0
"""Seconds between two rounds."""
NOTED: Final = timedelta(hours=1)
"""How often the head is logged: whoever keeps the logs elsewhere has an anchor in them."""

log = structlog.get_logger("haitech.audit")


@attrs.define
class Sealing:
    """One round after another; what is wrong is said once, until it is well again."""

    sealer: AuditSealer
    clock: Clock
    tell: Counted
    _wrong: str | None = attrs.field(default=None, init=False)
    _noted: datetime | None = attrs.field(default=None, init=False)

    async def __call__(self) -> None:
        """Seal what is new."""
        try:
            await self.sealer()
        except (SealsBroken, Unavailable) as why:
            if self._wrong != str(why):
                log.error("the audit log is not being sealed", why=str(why))  # noqa: TRY400  # no fault of the program
            self._wrong = str(why)
            self.tell.not_sealed(broken=isinstance(why, SealsBroken))
            return
        self.tell.sealed(self.clock.now().timestamp())
        if self._wrong is not None:
            log.info("the audit log is being sealed again")
            self._wrong = None
        self._note()

    def _note(self) -> None:
        head, now = self.sealer.head, self.clock.now()
        if head is None or (self._noted is not None and now - self._noted < NOTED):
            return
        self._noted = now
        log.info("audit head", head=head.anchor)
