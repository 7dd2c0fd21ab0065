"""What Zoom sends, read: of everything that it tells, the little that is kept.

Zoom may add fields and change what is not ours to use, so nothing but the name of the event is
asked for; what cannot be read is left out, and the event is kept without it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta

from haitech_adapters.http.reading import Unreadable
from haitech_domain.calendar import FIRST_DAY, LAST_DAY
from haitech_domain.errors import Problem
from haitech_domain.fields import problems_in
from haitech_domain.zoom import ZoomNews, room_number

VALIDATION: Final = "endpoint.url_validation"
_NUMBER: Final = re.compile(r"[0-9]{1,20}", re.ASCII)
_TOKEN: Final = re.compile(r"[A-Za-z0-9_.+/=-]{1,200}", re.ASCII)
"""Without a colon: what is signed for Zoom begins with `v0:`, so no answer can be a signature."""
_NOTHING: Final[Mapping[str, Any]] = {}


class ZoomNotice(msgspec.Struct, frozen=True, kw_only=True):
    """What Zoom tells: the name of the event, when it was told (milliseconds since 1970), and of what.

    The payload is that of Zoom's own documentation.
    """

    event: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.]+$", min_length=1, max_length=100)]
    event_ts: Any = UNSET
    payload: Any = UNSET


_decoder: Final = msgspec.json.Decoder(ZoomNotice)


def notice_of(raw: bytes) -> ZoomNotice:
    """A signed body.

    :raises Invalid: it is no event
    """
    try:
        notice = _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise _unreadable() from None
    if notice.event.endswith("\n"):  # which `$` lets through
        raise _unreadable()
    return notice


def _unreadable() -> Unreadable:
    return Unreadable.whole("the body is no event of Zoom", "zoom.unreadable")


def plain_token_of(notice: ZoomNotice) -> str:
    """The token that Zoom wants to have signed.

    :raises Invalid: there is none
    """
    token = _payload(notice).get("plainToken")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        text = "must be a token of up to 200 letters, digits and signs"
        raise Unreadable((Problem("payload.plainToken", text, "zoom.token"),))
    return token


def news_of(notice: ZoomNotice) -> ZoomNews:
    """What is kept of a notice."""
    told = _payload(notice).get("object")
    about = told if isinstance(told, dict) else _NOTHING
    facts: dict[str, Any] = {
        "zoom_meeting_id": _number(about.get("id")),
        "session": about.get("uuid"),
        "sent_at": _sent_at(notice.event_ts),
        "started_at": _instant(about.get("start_time")),
        "ended_at": _instant(about.get("end_time")),
        "recording_url": _recording(about),
    }
    wrong = {problem.field for problem in problems_in(ZoomNews, facts)}
    kept = {name: value for name, value in facts.items() if name not in wrong}
    return ZoomNews(type=notice.event, **kept)


def _payload(notice: ZoomNotice) -> Mapping[str, Any]:
    return notice.payload if isinstance(notice.payload, dict) else _NOTHING


def _number(given: Any) -> str | None:
    """The number of a room, which comes as a number or as text."""
    if isinstance(given, bool) or not isinstance(given, (int, str)):
        return None
    number = room_number(given) if isinstance(given, str) else str(given)
    return number if _NUMBER.fullmatch(number) else None


def _instant(given: Any) -> datetime | None:
    """A moment, if it is one of the years that meetings have."""
    if not isinstance(given, str):
        return None
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        return None
    return moment if _is_ours(moment) else None


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS: Final = re.compile(r"[0-9]{1,13}(?:\.0)?", re.ASCII)


def _sent_at(given: Any) -> datetime | None:
    """Milliseconds since 1970, as a number or as text."""
    written = str(given)
    if isinstance(given, bool) or not _MILLISECONDS.fullmatch(written):
        return None
    moment = _EPOCH + timedelta(milliseconds=int(written.removesuffix(".0")))
    return moment if _is_ours(moment) else None


def _is_ours(moment: datetime) -> bool:
    return FIRST_DAY.year < moment.year < LAST_DAY.year


def _recording(about: Mapping[str, Any]) -> str | None:
    """The page where a recording is shown, else the first of its files that can be seen."""
    files = about.get("recording_files")
    found = [one for one in files if isinstance(one, dict)] if isinstance(files, list) else []
    urls = [about.get("share_url")]
    urls += [one.get(name) for name in ("play_url", "download_url") for one in found]
    return next((url for url in urls if _is_url(url)), None)


def _is_url(url: Any) -> bool:
    return isinstance(url, str) and not any(problems_in(ZoomNews, {"recording_url": url}))
