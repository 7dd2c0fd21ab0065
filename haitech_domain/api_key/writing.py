"""How a key is written: what it is for, 30 random characters, and 6 that check the rest.

>>> key = written(KeyKind.TEST, "a" * 30)
>>> key, is_a_key(key, KeyKind.TEST), is_a_key(key.replace("aa", "ab", 1), KeyKind.TEST)
('haitech_test_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa24DW9l', True, False)
"""

from __future__ import annotations

import hashlib
import re
import zlib
from enum import StrEnum
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
"""Base62, by which a double click selects the whole key."""
RANDOM: Final = 30
"""Random characters: 178 bits, so a key's hash needs no salt and no slowness."""
CHECKING: Final = 6
"""Characters that check the rest: enough for a CRC-32."""
SHOWN: Final = 20
"""How many characters of a key stay visible, seven of them random."""


class KeyKind(StrEnum):
    """What a key is for: the real school, or trying out."""

    LIVE = "live"
    TEST = "test"


_WRITING: Final = {
    kind: re.compile(rf"haitech_{kind}_[0-9A-Za-z]{{{RANDOM + CHECKING}}}", re.ASCII)
    for kind in KeyKind
}


def written(kind: KeyKind, random: str) -> str:
    """The key made of `RANDOM` random characters of the alphabet."""
    body = f"haitech_{kind}_{random}"
    return body + _check(body)


def is_a_key(text: str, kind: KeyKind) -> bool:
    """Whether a text is written as a key of this kind: without asking anybody, a typo shows."""
    if not _WRITING[kind].fullmatch(text):
        return False
    return _check(text[:-CHECKING]) == text[-CHECKING:]


def hashed(key: str) -> str:
    """What is kept instead of a key: its SHA-256, in hexadecimal."""
    return hashlib.sha256(key.encode()).hexdigest()


def prefix_of(key: str) -> str:
    """What of a key is shown, so that people tell one from another."""
    return key[:SHOWN]


def _check(body: str) -> str:
    rest = zlib.crc32(body.encode())
    digits = ""
    for _ in range(CHECKING):
        rest, digit = divmod(rest, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits
