"""`docs/reference/commands.md`: what can be said to `haitech`, from the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import click

from haitech_app.cli import main
from haitech_app.reference.markdown import MADE, cell_free, code, table

_HEAD: Final = f"""\
# Commands

{MADE}
`haitech --help`, and `--help` after every command, say the same in the terminal.

Every command reads its [settings](settings.md) from the environment. Its status is 0 when it did what it was
asked, 1 when the program could not, 2 when the command was not understood or a file cannot be
read. Complaints go to standard error, results to standard output.
"""


def page() -> str:
    """The page."""
    return _HEAD + "\n".join(_lines(main, "haitech")) + "\n"


def _lines(command: click.Command, name: str) -> Iterator[str]:
    if isinstance(command, click.Group):
        for inner in sorted(command.commands):
            yield from _lines(command.commands[inner], f"{name} {inner}")
        return
    options = [one for one in command.params if isinstance(one, click.Option)]
    yield from ("", f"## {name}", "", cell_free(command.help or ""))
    if options:
        yield ""
        yield from table(("option", "what it is"), map(_said, options))


def _said(option: click.Option) -> tuple[str, str]:
    takes = "" if option.is_flag else f" {_kind(option)}"
    notes = ["required"] if option.required else []
    if option.show_default and option.default is not None:
        notes.append(f"else {code(option.default)}")
    if option.envvar is not None:
        notes.append(f"also {code(option.envvar)}")
    said = f"{option.help} ({', '.join(notes)})" if notes else str(option.help)
    return code(f"{option.opts[0]}{takes}"), said


def _kind(option: click.Option) -> str:
    kind = option.type
    if isinstance(kind, click.Choice):
        return "|".join(map(str, kind.choices))
    if isinstance(kind, click.IntRange):
        return f"{kind.min}…{kind.max}"
    return {"path": "FILE", "file": "FILE"}.get(kind.name, "TEXT")
