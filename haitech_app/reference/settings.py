"""`docs/reference/settings.md`: every setting, its default and what it takes."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, Final

import attrs

from haitech_app.production import unfit_for_production
from haitech_app.reference.markdown import MADE, code, linked, table
from haitech_app.reference.settings_words import WORDS
from haitech_app.settings import PREFIX, Settings

_HEAD: Final = f"""\
# Settings

{MADE}
Settings are variables of the environment. An empty one counts as absent. What is wrong with them
is listed at once, and stops the start; a value that is a secret is never shown.
"""
_NOTHING: Final = "\0"
"""What no setting takes, so that each says what it does."""


def page() -> str:
    """The page."""
    return _HEAD + "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    needed = _needed()
    for group, named in WORDS.items():
        yield from ("", f"## {group}", "")
        rows = []
        for name, words in named.items():
            field = getattr(attrs.fields(Settings), name)
            variable = f"{PREFIX}{name.upper()}"
            said = linked(" ".join((words, *needed.get(variable, ()))))
            rows.append((code(variable), said, _takes(field), _default(field)))
        yield from table(("variable", "what it is", "takes", "default"), rows)


def _needed() -> dict[str, list[str]]:
    """What the production environment asks for, in the words with which it complains."""
    needed: dict[str, list[str]] = {}
    for given in ({}, {"smtp_url": "smtp://mail.example"}):
        for line in unfit_for_production(PREFIX, given):
            variable, _, said = line.partition(" is ")
            sentence = f"**Is {said}.**"
            if sentence not in needed.setdefault(variable, []):
                needed[variable].append(sentence)
    return needed


def _takes(field: Any) -> str:
    try:
        field.metadata["parse"](_NOTHING)
    except ValueError as refused:
        said = str(refused).partition("; not ")[0]
        return said.removeprefix("must be ").removeprefix("must ")
    return "a folder" if isinstance(field.default, Path) else "a text"


def _default(field: Any) -> str:
    given = field.default
    if given is None or (isinstance(given, (tuple, frozenset)) and not given):
        return "–"
    if isinstance(given, (tuple, frozenset)):
        return ", ".join(code(_written(one)) for one in given)
    return code(_written(given))


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value.value) if isinstance(value, Enum) else str(value)
