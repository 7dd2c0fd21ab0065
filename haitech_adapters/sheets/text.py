"""Text as it may stand in files: without what no file can hold, and never a formula."""

from __future__ import annotations

import re
from typing import Final

_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 cannot hold, and DEL: control characters, halves of characters, no characters."""
_UNSEEN: Final = (
    "\\s\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufffd"
)
"""What a program may strip before it looks: spaces, marks of direction, and our own U+FFFD."""
_FORMULA: Final = re.compile(f"[{_UNSEEN}]*[=+\\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
GUARD: Final = "'"
"""Stands before text that a spreadsheet would take for a formula."""


def clean(text: str) -> str:
    """The text with U+FFFD in place of what cannot be written."""
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def guarded(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would calculate it (OWASP).

    That is where it begins with `=`, `+`, `-`, `@` or their full-width twins, after spaces and
    unseen characters or without, and where it begins with a tab or the end of a line.
    """
    return f"{GUARD}{text}" if _FORMULA.match(text) else text
