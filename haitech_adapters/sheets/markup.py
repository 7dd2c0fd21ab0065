"""Elements of HTML and SVG as text; whatever is not one already is escaped."""

from __future__ import annotations

from html import escape
from typing import Final

_VOID: Final = frozenset({"meta"})


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


def element(name: str, /, *content: str, **attributes: str | float | None) -> Markup:
    """An element. `class_` is written `class`, `stroke_width` `stroke-width`; None is left out."""
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Markup(f"<{name}{said}>")
    return Markup(f"<{name}{said}>{together(*content)}</{name}>")


def together(*content: str) -> Markup:
    """Pieces one after the other."""
    return Markup("".join(c if isinstance(c, Markup) else escape(c) for c in content))
