"""What all pages of the reference are written with."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

MADE: Final = """\
This page is made by `python -m haitech_app.reference`; a test holds it to the program."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table, line by line."""
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join('---' for _ in head)}|"
    for row in rows:
        yield f"| {' | '.join(map(cell, row))} |"


def cell(text: str) -> str:
    """A text on one line, in which a bar does not end a cell."""
    return " ".join(text.split()).replace("|", "\\|")


def code(text: object) -> str:
    """A text as it is written in the program."""
    return f"`{text}`"


def first_sentence(thing: object) -> str:
    """The first paragraph of a docstring, on one line."""
    said = inspect.cleandoc(getattr(thing, "__doc__", None) or "")
    return cell_free(said.partition("\n\n")[0])


def cell_free(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())


def rules_in(text: str) -> list[str]:
    """The rules that a text names, `R-MONEY-1…3` as three, each once and in order.

    >>> rules_in("R-PAY-2 and R-MONEY-1…3, R-PAY-2")
    ['R-PAY-2', 'R-MONEY-1', 'R-MONEY-2', 'R-MONEY-3']
    """
    found: dict[str, None] = {}
    for family, first, last in re.findall(r"R-([A-Z]+)-(\d+)(?:(?:…|\.\.\.?|–)(\d+))?", text):
        for number in range(int(first), int(last or first) + 1):
            found[f"R-{family}-{number}"] = None
    return list(found)


def linked(text: str) -> str:
    """A text whose rules lead to where they are explained.

    >>> linked("own rows (R-ACC-2)")
    'own rows ([R-ACC-2](rules.md#r-acc-2))'
    """
    return re.sub(r"R-[A-Z]+-\d+", lambda rule: f"[{rule[0]}](rules.md#{rule[0].lower()})", text)
