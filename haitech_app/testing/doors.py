"""What letting people in needs besides clock and ids, for worlds of tests."""

from __future__ import annotations

from typing import Any

from haitech_adapters.calendar import IcalendarFeeds
from haitech_adapters.memory.attempts import MemoryAttempts
from haitech_adapters.memory.courier import MemoryCourier, MemoryVault
from haitech_adapters.memory.mail import MemoryMailer
from haitech_adapters.security import SharedZoomSecret, SignedMeetingLinks, derived
from haitech_adapters.security.links import PURPOSE
from haitech_adapters.sheets import SheetFiles
from haitech_adapters.spool import DiskSpool
from haitech_app.handlers import worker_of
from haitech_domain.ports import Clock

ZOOM = "the secret token of an app at Zoom"
"""What `doors` shares with Zoom."""


def doors(clock: Clock) -> dict[str, Any]:
    """The ports by their names in `Verbs.over`."""
    return {
        "attempts": MemoryAttempts(clock=clock),
        "mailer": MemoryMailer(),
        "courier": MemoryCourier(),
        "vault": MemoryVault(),
        "calendar_feeds": IcalendarFeeds(),
        "sheets": SheetFiles(),
        "spool": DiskSpool(SheetFiles()),
        "zoom": SharedZoomSecret(ZOOM),
        "meeting_links": SignedMeetingLinks(derived("a secret of the tests", PURPOSE)),
    }


async def worked(world: Any) -> int:
    """Do all that waits in a world's queue; how many jobs that were."""
    return await worker_of(world.verbs, world.uow, world.clock).drained()
