"""What Zoom tells of sessions: believed, put to meetings, kept, listed, forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import attrs

from haitech_domain.access import Action, Actor, Resource, grant
from haitech_domain.cycle import CycleCancelledError
from haitech_domain.errors import NotFound
from haitech_domain.ids import ZoomEventId
from haitech_domain.meeting import Meeting
from haitech_domain.ports import (
    Clock,
    Ids,
    Page,
    Query,
    Transaction,
    Unauthenticated,
    UnitOfWork,
    ZoomSecret,
)
from haitech_domain.use_cases.cycle_upkeep import lock_for_meetings
from haitech_domain.zoom import ENDED, RECORDED, STARTED, ZoomEvent, ZoomNews, note, taught_in

LONGEST_AGE: Final = timedelta(minutes=5)
"""How far the time of a request may be from ours, before or after."""
KEPT_FOR: Final = timedelta(days=90)
NOT_SIGNED: Final = "this is not signed by Zoom, or not any more"
"""The same words whatever is wrong, also where no secret is set."""
ZOOM: Final = Actor.system("zoom")
_PUT_TO_MEETINGS: Final = frozenset({STARTED, ENDED, RECORDED})


@attrs.frozen(kw_only=True)
class HearZoom:
    """Take what Zoom tells: when meetings began and ended, and where their recordings are.

    A request counts if Zoom signed it (`x-zm-signature`) within the last five minutes.
    `endpoint.url_validation` is answered with the token that it brings and the token's HMAC.
    `meeting.started`, `meeting.ended` and `recording.completed` are put to the meeting with that
    Zoom id (its own, else its cycle's) on that date in Israel; they never complete it, and told
    again change nothing. What fits no meeting, and every other event, is kept for 90 days and
    listed at `/zoom-events`.
    """

    uow: UnitOfWork
    clock: Clock
    ids: Ids
    secret: ZoomSecret | None

    def must_be_recent(self, timestamp: str) -> None:
        """By the request's own time (seconds since 1970), before anything is read.

        :raises Unauthenticated: it is no time, too old, or too far ahead
        """
        readable = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= _MOST_DIGITS
        now = self.clock.now().timestamp()
        if not readable or abs(now - int(timestamp)) > LONGEST_AGE.total_seconds():
            raise Unauthenticated(NOT_SIGNED)

    def must_be_signed(self, body: bytes, *, timestamp: str, signature: str) -> ZoomSecret:
        """The secret by which it is.

        :raises Unauthenticated: it is not, or no secret is set
        """
        secret = self.secret
        if secret is None or not secret.signs(body, timestamp=timestamp, signature=signature):
            raise Unauthenticated(NOT_SIGNED)
        return secret

    async def __call__(self, *, news: ZoomNews) -> None:
        """Keep the news, and note on their meeting what they say of it."""

        async def work(tx: Transaction) -> None:
            meeting = await self._meeting(tx, news)
            at = self.clock.now()
            event = news.kept(
                id=ZoomEventId(self.ids.new()),
                at=at,
                meeting=None if meeting is None else meeting.id,
            )
            if await tx.zoom_events.add(event) and meeting is not None:
                await tx.meetings.save(note(meeting, news, at=at))

        await self.uow.run(ZOOM, work)

    async def _meeting(self, tx: Transaction, news: ZoomNews) -> Meeting | None:
        """The meeting that the news are about, under its cycle's lock."""
        seen = await self._found(tx, news)
        if seen is None:
            return None
        try:
            await lock_for_meetings(tx, seen.cycle_id)
        except (NotFound, CycleCancelledError):  # deleted meanwhile, or R-MEET-7
            return None
        again = await self._found(tx, news)  # as it is under the lock
        return again if again is not None and again.cycle_id == seen.cycle_id else None

    async def _found(self, tx: Transaction, news: ZoomNews) -> Meeting | None:
        room, moment = news.zoom_meeting_id, news.moment
        if news.type not in _PUT_TO_MEETINGS or room is None or moment is None:
            return None
        began = self.clock.civil(moment)
        return taught_in(await tx.meetings.in_room(room, began.date()), began)


_MOST_DIGITS: Final = 12


@attrs.frozen(kw_only=True)
class ListZoomEvents:
    """What Zoom told in the last 90 days, newest first; `matched=false` for what fits no meeting."""

    uow: UnitOfWork

    async def __call__(self, *, actor: Actor, query: Query) -> Page[ZoomEvent]:
        """One page of it.

        :raises Forbidden: the actor may not put meetings right
        :raises Invalid: an unknown filter or sort
        """
        grant(actor, Action.UPDATE, Resource.MEETINGS)
        return await self.uow.read(lambda tx: tx.zoom_events.page(query))


@attrs.frozen(kw_only=True)
class ForgetZoomEvents:
    """Purge what Zoom told long ago."""

    uow: UnitOfWork
    clock: Clock

    async def __call__(self, *, actor: Actor, most: int = 1_000) -> int:
        """How many were forgotten; the oldest go first, at most so many at once."""
        before = self.clock.now() - KEPT_FOR
        return await self.uow.run(actor, lambda tx: tx.zoom_events.purge(before=before, most=most))
