"""Parts of a file: what `Range` and `If-Range` ask for (RFC 9110), and names in any script."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from litestar.exceptions import HTTPException
from litestar.types import Scope

from haitech_adapters.http.negotiation import header

BEYOND: Final = 416
_ONE: Final = re.compile(
    r"bytes[ \t]*=[ \t]*([0-9]{0,99})[ \t]*-[ \t]*([0-9]{0,99})[ \t]*", re.ASCII
)
_SAFE: Final = re.compile(r"[^A-Za-z0-9._ -]", re.ASCII)


def part_wanted(scope: Scope, *, size: int, tag: str) -> tuple[int, int] | None:
    """The first and last byte that are asked for of a file; None for all of it.

    What cannot be read, several parts at once, and parts of another version of the file are passed
    over, as HTTP has it: the whole is answered.

    :raises HTTPException: 416 there is no such part
    """
    asked = header(scope, b"range")
    found = _ONE.fullmatch(asked) if asked is not None else None
    known = header(scope, b"if-range")
    if found is None or known not in {None, tag}:
        return None
    first, last = found.groups()
    if not first and not last:
        return None
    if first and last and int(last) < int(first):
        return None
    begin, end = (int(first), int(last or size)) if first else (size - int(last), size)
    if begin >= size or not (first or int(last)):
        raise HTTPException(
            f"this file has {size} bytes",
            status_code=BEYOND,
            headers={"Content-Range": f"bytes */{size}"},
            extra={"reason": "range.unsatisfiable"},
        )
    return max(begin, 0), min(end, size - 1)


def attachment(name: str) -> str:
    """A Content-Disposition for a file of this name (RFC 6266): plain, and in any script."""
    return f"attachment; {_called(name)}"


def inline(name: str) -> str:
    """A Content-Disposition for what is shown, and called this where it is kept."""
    return f"inline; {_called(name)}"


def _called(name: str) -> str:
    plain = _SAFE.sub("_", name)
    return f"filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
