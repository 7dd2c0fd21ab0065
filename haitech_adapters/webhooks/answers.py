"""What is read of a target's answer, and what is kept of it."""

from __future__ import annotations

import codecs
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

from haitech_domain.fields import is_control
from haitech_domain.webhook import ANSWER_KEPT

MOST_READ: Final = 64 * 1024
"""Bytes that are read of an answer; the rest is hung up on."""
_SECONDS: Final = re.compile(r"[0-9]{1,20}")
_LONGEST: Final = 10**9
_LINES: Final = frozenset("\n\r\t")
_UNREADABLE: Final = "\N{REPLACEMENT CHARACTER}"


async def beginning(response: httpx.Response) -> str:
    """Read an answer as far as it is read; the part of it that is kept.

    Nothing is decompressed: a small answer could be a huge one. Control characters are replaced.
    """
    kept, read = bytearray(), 0
    async for part in response.aiter_raw():
        read += len(part)
        kept += part[: ANSWER_KEPT - len(kept)]
        if read >= MOST_READ:
            break
    if response.headers.get("content-encoding", "identity").strip().lower() != "identity":
        return "(encoded, and so not shown)"
    # not final: a character that is cut in two at the end is left out
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(bytes(kept))
    return "".join(
        _UNREADABLE if is_control(char) and char not in _LINES else char for char in text
    )


def asked_to_wait(given: str | None, *, at: datetime) -> timedelta | None:
    """How long a target wants to be left alone by its `Retry-After`: seconds, or a date of HTTP.

    None where it says nothing that can be read.
    """
    if given is None:
        return None
    seconds = given.strip()
    if _SECONDS.fullmatch(seconds):
        return timedelta(seconds=min(int(seconds), _LONGEST))
    try:
        until = parsedate_to_datetime(given)
    except (ValueError, OverflowError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(until - at, timedelta(0))
