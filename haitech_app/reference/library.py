"""`docs/reference/library.md`: what can be imported from `haitech_domain`, from its docstrings."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from enum import Enum
from typing import Final, NewType

import attrs

import haitech_domain
from haitech_app.reference.markdown import MADE, cell_free, code, first_sentence, linked, table
from haitech_domain.errors import DomainError

_HEAD: Final = f"""\
# The library

{MADE}
What stands here is imported from `haitech_domain` and keeps its name within a major version; what is
inside of its packages may move. Importing it brings attrs and cattrs, and nothing else.

How to use it: [embed the domain](../how-to/embed-the-domain.md),
[write an adapter](../how-to/write-an-adapter.md).
"""
_KINDS: Final = ("Functions", "Classes", "Words", "Refusals", "Data")


def page() -> str:
    """The page."""
    return _HEAD + "\n".join(_lines()) + "\n"


def kind_of(thing: object) -> str:
    """Under which heading a thing stands."""
    if not isinstance(thing, type):
        return "Functions" if inspect.isfunction(thing) else "Data"
    if issubclass(thing, Exception):
        return "Refusals"
    return "Words" if issubclass(thing, Enum) else "Classes"


def _lines() -> Iterator[str]:
    surface = {name: getattr(haitech_domain, name) for name in haitech_domain.__all__}
    for kind in _KINDS:
        named = {name: thing for name, thing in surface.items() if kind_of(thing) == kind}
        yield from ("", f"## {kind}", "")
        if kind == "Functions":
            for name in sorted(named):
                yield from _function(name, named[name])
            continue
        rows = ((code(name), *_said(kind, named[name])) for name in sorted(named))
        yield from table(("name", *_HEADS[kind]), rows)


_HEADS: Final = {
    "Classes": ("what it is", "fields"),
    "Words": ("what it is", "values"),
    "Refusals": ("when", "reason"),
    "Data": ("type",),
}


def _function(name: str, function: object) -> Iterator[str]:
    said = inspect.cleandoc(function.__doc__ or "")
    yield from (f"### {name}", "", "```text", _signature(name, function), "```", "")
    before, _, raised = said.partition("\n:raises")
    prose, shown, example = before.partition("\n>>>")
    yield linked(cell_free(prose))
    yield ""
    if shown:
        yield from ("```text", f">>>{example.rstrip()}", "```", "")
    if raised:
        for line in f":raises{raised}".split(":raises ")[1:]:
            refusal, _, when = line.partition(":")
            yield f"- raises {code(refusal)}: {cell_free(when)}"
        yield ""


def _signature(name: str, function: object) -> str:
    """How it is called, an argument a line where they are many."""
    given = inspect.signature(function)  # type: ignore[arg-type]  # a function
    arguments = []
    keyword_only = False
    for one in given.parameters.values():
        if one.kind is one.KEYWORD_ONLY and not keyword_only:
            keyword_only = True
            arguments.append("*")
        arguments.append(f"{one.name}=…" if one.default is not one.empty else one.name)
        if one.kind is one.VAR_KEYWORD:
            arguments[-1] = f"**{one.name}"
    return f"{name}({', '.join(arguments)}) -> {given.return_annotation}"


def _said(kind: str, thing: object) -> tuple[str, ...]:
    if kind == "Data":
        is_id = isinstance(thing, NewType)
        return ("an id, for the type checker" if is_id else code(type(thing).__name__),)
    first = linked(first_sentence(thing))
    if kind == "Words":
        return first, ", ".join(code(member.value) for member in thing)  # type: ignore[attr-defined]
    if kind == "Refusals":
        reason = getattr(thing, "reason", "")
        known = issubclass(thing, DomainError) and isinstance(reason, str)  # type: ignore[arg-type]
        return first, code(reason) if known else "that of what is wrong"
    fields = attrs.fields(thing) if attrs.has(thing) else ()  # type: ignore[arg-type]
    return first, ", ".join(code(field.name) for field in fields)
