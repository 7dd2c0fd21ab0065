"""`docs/reference/rules.md`: each rule of the domain, where it stands and which tests name it."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import haitech_domain
from haitech_app.reference.markdown import MADE, code, rules_in
from haitech_app.reference.rule_words import WORDS

DOMAIN: Final = Path(haitech_domain.__path__[0])
TESTS: Final = DOMAIN.parent / "tests"
_HEAD: Final = f"""\
# Domain rules

{MADE}
Every rule has a number, which docstrings, explanations of figures and tests name. A test fails where a rule
has no test that names it.

Modules are those of `haitech_domain`, test files those of `tests` in the clone.
"""


def page() -> str:
    """The page."""
    return _HEAD + "\n".join(_lines()) + "\n"


@functools.cache
def naming(folder: Path, pattern: str = "*.py") -> Mapping[str, list[str]]:
    """The files below a folder that name each rule, by its number; the kit for tests is left out."""
    found: dict[str, list[str]] = {}
    for file in sorted(folder.rglob(pattern)):
        place = file.relative_to(folder)
        if place.parts[0] != "testing":
            for rule in rules_in(file.read_text("utf-8")):
                found.setdefault(rule, []).append(place.as_posix())
    return found


def _lines() -> Iterator[str]:
    modules, tests = naming(DOMAIN), naming(TESTS, "test_*.py")
    for family, (about, sentences) in WORDS.items():
        yield from ("", f"## {about}")
        for number, sentence in enumerate(sentences, 1):
            rule = f"R-{family}-{number}"
            stands = [_dotted(place) for place in modules.get(rule, ())]
            yield from ("", f"### {rule}", "", sentence, "")
            yield f"- stands in {_listed(stands)}"
            yield f"- named by the tests {_listed(tests.get(rule, ()))}"


def _dotted(place: str) -> str:
    return place.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _listed(places: list[str] | tuple[str, ...]) -> str:
    return ", ".join(map(code, places)) or "–"
