"""Reading a Dockerfile of the kind that we write: instructions, stages, what each says."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs

KNOWN = {"ARG", "FROM", "ENV", "WORKDIR", "COPY", "RUN", "USER", "EXPOSE", "STOPSIGNAL"} | {
    "HEALTHCHECK",
    "ENTRYPOINT",
    "CMD",
}
_VARIABLE = re.compile(r"\$\{(\w+)\}|\$(\w+)")


@attrs.frozen
class Instruction:
    """One instruction, with its continued lines as one."""

    name: str
    rest: str

    @property
    def words(self) -> list[str]:
        return shlex.split(self.rest)


@attrs.define
class Stage:
    """What is between one FROM and the next."""

    base: str
    name: str | None
    instructions: list[Instruction] = attrs.field(factory=list)

    def last(self, name: str) -> Instruction | None:
        return next((i for i in reversed(self.instructions) if i.name == name), None)

    def argv(self, name: str) -> list[str]:
        """The words of its ENTRYPOINT, CMD or HEALTHCHECK, which must be written without a shell."""
        said = self.last(name)
        if said is None:
            return []
        words = json.loads(said.rest[said.rest.index("[") :])
        assert all(isinstance(word, str) for word in words)
        return list(words)


def read(path: Path) -> tuple[dict[str, str], list[Stage]]:
    """The defaults of its global arguments, and its stages."""
    arguments: dict[str, str] = {}
    stages: list[Stage] = []
    for instruction in _instructions(path.read_text("utf-8")):
        assert instruction.name in KNOWN, f"nobody here knows {instruction.name}"
        if instruction.name == "FROM":
            base, *more = instruction.words
            stages.append(Stage(base, more[1] if more else None))
        elif stages:
            stages[-1].instructions.append(instruction)
        else:
            name, _, default = instruction.rest.partition("=")
            arguments[name] = default
    return arguments, stages


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its variables, as Docker fills them in."""
    return _VARIABLE.sub(lambda found: values.get(found[1] or found[2], ""), text)


def pairs(instruction: Instruction) -> dict[str, str]:
    """Names and values of an ENV."""
    return dict(word.split("=", 1) for word in instruction.words)


def _instructions(text: str) -> Sequence[Instruction]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    found = (line.split(None, 1) for line in joined.splitlines() if line.strip())
    return [Instruction(name, rest.strip()) for name, rest in found]
