"""Entity tags: what they are made from, and what the conditions on them mean (RFC 9110)."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Final

from litestar.types import Scope

from haitech_adapters.http.reading import Unreadable

ANY: Final = "*"
_WEAK: Final = "W/"
_LENGTH: Final = 32
_TAG: Final = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_LIST: Final = re.compile(rf"[ \t,]*{_TAG}(?:[ \t]*,[ \t,]*{_TAG})*[ \t,]*")
_ONE: Final = re.compile(_TAG)


def tag_of(data: bytes) -> str:
    """The strong tag of a representation: of all that is shown in `data`, to this caller."""
    return f'"{sha256(data).hexdigest()[:_LENGTH]}"'


def named(scope: Scope, name: bytes) -> tuple[str, ...] | None:
    """The tags that a condition lists (or `*` alone); None where there is no such header.

    :raises Invalid: it is neither
    """
    values = [value.decode("latin-1") for key, value in scope["headers"] if key == name]
    if not values:
        return None
    text = ",".join(values).strip()
    if text == ANY:
        return (ANY,)
    if not _LIST.fullmatch(text):
        header = name.decode().title()
        raise Unreadable.whole(f'{header} must be * or tags like "1a2b"', "etag.malformed")
    return tuple(_ONE.findall(text))


def is_same(tag: str | None, wanted: tuple[str, ...]) -> bool:
    """If-Match: a current representation with one of these tags, compared strongly."""
    return tag is not None and (wanted == (ANY,) or tag in wanted)


def is_known(tag: str, wanted: tuple[str, ...]) -> bool:
    """If-None-Match: the caller has this representation, compared weakly."""
    return wanted == (ANY,) or tag in {one.removeprefix(_WEAK) for one in wanted}
