"""The expressions of Make, as far as our blueprints use them: what `{{…}}` comes to.

Written from Make's public documentation of its functions; Make itself runs nowhere but at Make.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

_TOKEN: Final = re.compile(
    r"""\s*(?:"(?P<text>[^"]*)"
    |(?P<name>(?:\d+|[A-Za-z]\w*)(?:\.(?:[A-Za-z]\w*|`[^`]+`))+|[A-Za-z]\w*)
    |(?P<number>\d+(?:\.\d+)?)
    |(?P<sign>[();=<>&|+-]))""",
    re.VERBOSE,
)


def _sha256(text: str, encoding: str = "hex", key: str | None = None) -> str:
    """A hash; with a key that is not empty, an HMAC."""
    assert encoding == "hex"
    if key:
        return hmac.digest(key.encode(), text.encode(), "sha256").hex()
    return hashlib.sha256(text.encode()).hexdigest()


def _map(items: Any, key: str, by: str | None = None, wanted: str = "") -> list[Any]:
    chosen = [one for one in items or () if by is None or one.get(by) == wanted]
    return [one.get(key) for one in chosen]


def _get(items: Any, place: float) -> Any:
    """Counted from one; nothing where there is none."""
    return items[int(place) - 1] if len(items) >= place else None


FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "sha256": _sha256,
    "map": _map,
    "get": _get,
    "if": lambda asked, yes, no: yes if asked else no,
    "ifempty": lambda value, other: other if value in (None, "") else value,
    "length": lambda value: len(value or ""),
    "join": lambda items, between: between.join(map(str, items)),
    "formatNumber": lambda n, places, _point, _thousands: f"{n:,.{int(places)}f}",
}


class _Reader:
    """One expression, read from left to right; every part of it is evaluated, as Make does."""

    def __init__(self, code: str, known: Mapping[str, Any]) -> None:
        self._tokens = list(_tokens(code))
        self._known = known

    def whole(self) -> Any:
        value = self._compared()
        assert not self._tokens, f"left over: {self._tokens}"
        return value

    def _next(self, sign: str) -> bool:
        if self._tokens and self._tokens[0] == ("sign", sign):
            self._tokens.pop(0)
            return True
        return False

    def _compared(self) -> Any:
        left = self._summed()
        if self._next("="):
            return left == self._summed()
        if self._next("<"):
            return left < self._summed()
        if self._next(">"):
            return left > self._summed()
        return left

    def _summed(self) -> Any:
        value = self._one()
        while True:
            if self._next("+"):
                value += self._one()
            elif self._next("-"):
                value -= self._one()
            else:
                return value

    def _one(self) -> Any:
        kind, text = self._tokens.pop(0)
        if kind == "text":
            return text
        if kind == "number":
            return float(text)
        assert kind == "name", f"what is {text}?"
        if self._next("("):
            return FUNCTIONS[text](*self._arguments())
        return _found(self._known, text)

    def _arguments(self) -> list[Any]:
        given = [self._compared()]
        while self._next(";"):
            given.append(self._compared())
        assert self._next(")")
        return given


def _tokens(code: str) -> Any:
    place = 0
    while code[place:].strip():
        found = _TOKEN.match(code, place)
        assert found, f"cannot be read: {code[place:]}"
        place = found.end()
        yield found.lastgroup, found[str(found.lastgroup)]


def _found(known: Any, path: str) -> Any:
    for name in path.replace("`", "").split("."):
        known = None if known is None else known.get(name)
    return known


def value(template: str, known: Mapping[str, Any]) -> Any:
    """What a field of a module comes to; a text, unless it is one expression alone."""
    pieces = re.split(r"\{\{(.*?)\}\}", template, flags=re.DOTALL)
    if len(pieces) == 3 and not pieces[0] and not pieces[2]:
        return _Reader(pieces[1], known).whole()
    shown = [
        _shown(_Reader(piece, known).whole()) if n % 2 else piece for n, piece in enumerate(pieces)
    ]
    return "".join(shown)


def _shown(found: Any) -> str:
    return "" if found is None else f"{found:g}" if isinstance(found, float) else str(found)


OPERATORS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "text:equal": lambda a, b: str(a) == str(b),
    "text:startwith": lambda a, b: str(a).startswith(str(b)),
    "number:less": lambda a, b: _number(a) < _number(b),
    "number:greater": lambda a, b: _number(a) > _number(b),
    "number:lessorequal": lambda a, b: _number(a) <= _number(b),
    "number:greaterorequal": lambda a, b: _number(a) >= _number(b),
}


def _number(found: Any) -> float:
    """A number; what is none compares as false with everything."""
    try:
        return float(found)
    except (TypeError, ValueError):
        return float("nan")


def passes(filter_: Any, known: Mapping[str, Any]) -> bool:
    """Whether a filter lets a bundle through: any of its lines, of which all conditions hold."""
    if filter_ is None:
        return True
    return any(
        all(OPERATORS[c["o"]](value(c["a"], known), value(c["b"], known)) for c in line)
        for line in filter_["conditions"]
    )
