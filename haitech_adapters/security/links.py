"""Links to meetings: what they say, signed, short enough for a message on a phone."""

from __future__ import annotations

import base64
import hmac
import re
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from haitech_domain.ids import InstructorId, MeetingId
from haitech_domain.meeting import MeetingLink

PURPOSE: Final = "meeting links"
"""What their key is derived for, and for nothing else: changing what is signed asks for another."""

_ID: Final = 16
_MOMENT: Final = 8
_SAID: Final = 2 * _ID + _MOMENT
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{96}")
"""72 bytes in base64: each text of this form stands for bytes of its own, so none has two."""


class SignedMeetingLinks:
    """The `MeetingLinks` port.

    A token is meeting, instructor, expiry (seconds since 1970) and their HMAC-SHA256, 72 bytes in
    base64url. It names no algorithm, so none can be chosen for us. The key is one of 32 bytes
    (`keys.derived` for `PURPOSE`).
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def signed(self, link: MeetingLink) -> str:
        """The token of a link."""
        until = int(link.expires_at.timestamp()).to_bytes(_MOMENT)
        said = link.meeting_id.bytes + link.instructor_id.bytes + until
        return base64.urlsafe_b64encode(said + self._signature(said)).decode("ascii")

    def read(self, token: str) -> MeetingLink | None:
        """The link that a token stands for, also when it has expired; None for any other text."""
        if not _TOKEN.fullmatch(token):
            return None
        raw = base64.urlsafe_b64decode(token)
        said, signature = raw[:_SAID], raw[_SAID:]
        if not hmac.compare_digest(signature, self._signature(said)):
            return None
        return MeetingLink(
            meeting_id=MeetingId(UUID(bytes=said[:_ID])),
            instructor_id=InstructorId(UUID(bytes=said[_ID : 2 * _ID])),
            expires_at=datetime.fromtimestamp(int.from_bytes(said[2 * _ID :]), UTC),
        )

    def _signature(self, said: bytes) -> bytes:
        return hmac.digest(self._key, said, sha256)
