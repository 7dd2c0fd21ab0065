"""The reasons of single values, found where the program gives them."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import haitech_adapters
import haitech_domain

_GIVES: Final = {"BadValue": 0, "because": 1, "Problem": 1, "Unreadable": 1}
"""What makes a problem of a value, and which of its arguments is the sentence."""
_USUAL: Final = "value.invalid"


@functools.cache
def problems() -> list[tuple[str, list[str]]]:
    """Every reason with its sentences, both in order; facts stand between asterisks."""
    found: dict[str, set[str]] = {}
    for package in (haitech_domain, haitech_adapters):
        for file in sorted(Path(package.__path__[0]).rglob("*.py")):
            if "testing" not in file.parts:
                for reason, said in _in(ast.parse(file.read_text("utf-8"))):
                    found.setdefault(reason, set()).add(said)
    return [(reason, sorted(found[reason])) for reason in sorted(found)]


def _in(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        place = _GIVES.get(_name(call.func))
        if place is None or len(call.args) <= place:
            continue
        said = _sentence(call.args[place])
        reason = _reason(call, place)
        if said and reason:
            yield reason, said


def _name(called: ast.expr) -> str:
    return getattr(called, "id", getattr(called, "attr", ""))


def _reason(call: ast.Call, place: int) -> str:
    given = [keyword.value for keyword in call.keywords if keyword.arg == "reason"]
    if not given and _name(call.func) == "Problem":
        given = call.args[place + 1 : place + 2]
    if not given:
        return _USUAL
    return str(given[0].value) if isinstance(given[0], ast.Constant) else ""


def _sentence(given: ast.expr) -> str:
    """A text as it is written, with what is put into it between asterisks."""
    if isinstance(given, ast.Constant) and isinstance(given.value, str):
        return given.value
    if isinstance(given, ast.JoinedStr):
        return "".join(
            part.value
            if isinstance(part, ast.Constant) and isinstance(part.value, str)
            else f"*{ast.unparse(part).strip('{}').rpartition('.')[2] if _is_plain(part) else '…'}*"
            for part in given.values
        )
    return ""


def _is_plain(part: ast.expr) -> bool:
    return isinstance(part, ast.FormattedValue) and isinstance(
        part.value, (ast.Name, ast.Attribute)
    )
