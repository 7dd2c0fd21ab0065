"""`docs/reference/errors.md`: every refusal there is, from the classes that refuse."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from typing import Final

import haitech_adapters
import haitech_domain
from haitech_adapters.http.documented_errors import TRANSITIONS
from haitech_adapters.http.failures import BY_KIND, BY_STATUS
from haitech_adapters.http.reading import Unreadable
from haitech_app.reference.markdown import MADE, code, first_sentence, linked, rules_in, table
from haitech_app.reference.problems import problems
from haitech_domain.change import Transition
from haitech_domain.errors import DomainError, Invalid, Kind, Several

_HEAD: Final = f"""\
# Errors

{MADE}
A refusal has a `code`, the coarse class that goes with the HTTP status, and a `reason`, the stable name
of the rule that refused. Both are part of the API; the sentences are for people, and may change.
Facts stand in *slanting* letters. `details` lists each value at fault by its path, with a reason of
its own.
"""
_OF_VALUES: Final = """
## Single values

Reasons in `details` of a 400 `VALIDATION_ERROR`; where there is only one, it is the reason of the
whole.
"""
_OF_HTTP: Final = """
## HTTP itself

What is refused before anything of the school is asked.
"""
_NO_REFUSALS: Final = (".testing", ".migrations")
_FAMILIES: Final = {Invalid, Several, Transition, Unreadable}
"""Families, whose reasons are those of what they carry."""


def page() -> str:
    """The page."""
    return _HEAD + "\n".join(_lines()) + "\n"


def refusals() -> list[type[DomainError]]:
    """Every class that refuses, by reason."""
    for package in (haitech_domain, haitech_adapters):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not any(part in module.name for part in _NO_REFUSALS):
                importlib.import_module(module.name)
    known = {cls for cls in _below(DomainError) if _is_ours(cls)} - _FAMILIES
    return sorted(known, key=lambda cls: (cls.reason, cls.__module__, cls.__name__))


def _below(cls: type[DomainError]) -> Iterator[type[DomainError]]:
    for inner in cls.__subclasses__():
        yield inner
        yield from _below(inner)


def _is_ours(cls: type) -> bool:
    return cls.__module__.startswith(("haitech_domain.", "haitech_adapters."))


def _lines() -> Iterator[str]:
    yield from ("", "## Classes", "")
    yield from table(
        ("kind", "HTTP", "code"),
        ((code(kind.value), str(BY_KIND[kind][0]), code(BY_KIND[kind][1])) for kind in Kind),
    )
    yield from ("", "## Refusals", "")
    yield from table(("reason", "HTTP", "it says", "when"), map(_row, refusals()))
    yield from ("", "## Verbs that a status does not allow", "")
    yield "A 409 each, from one sentence: " + _facts(Transition.says) + "."
    yield ""
    yield from table(("reason", "refused, for instance, when", "allowed when"), _transitions())
    yield from _OF_VALUES.splitlines()
    yield ""
    yield from table(("reason", "it says"), ((code(r), _any_of(said)) for r, said in problems()))
    yield from _OF_HTTP.splitlines()
    yield ""
    yield from table(
        ("HTTP", "code", "reason", "it says"),
        (
            (str(status), code(of_status), code(reason), said)
            for status, (of_status, reason, said) in BY_STATUS.items()
        ),
    )


def _row(cls: type[DomainError]) -> tuple[str, str, str, str]:
    said = first_sentence(cls).removeprefix("api.md: ")
    named = rules_in(said)
    if named and said.startswith(f"{named[0]}: "):
        said = f"{said.removeprefix(f'{named[0]}: ').rstrip('.')} ({named[0]})"
    when = linked(said.rstrip("."))
    own = vars(cls).get("message")
    sentence = _facts(cls.says) if own is None else first_sentence(own)
    return code(cls.reason), str(BY_KIND[cls.kind][0]), sentence, when


def _transitions() -> Iterator[tuple[str, str, str]]:
    for reason, (status, allowed) in sorted(TRANSITIONS.items()):
        yield code(reason), status, allowed


def _facts(says: str) -> str:
    return says.replace("{", "*").replace("}", "*").replace("_", " ")


def _any_of(said: Iterable[str]) -> str:
    return "; or: ".join(said)
