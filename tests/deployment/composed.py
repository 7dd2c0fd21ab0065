"""compose.yaml as Compose would read it: anchors resolved, variables filled in."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

CLONE = Path(__file__).resolve().parents[2]
EXAMPLE = CLONE / "deploy" / "example.env"
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(?::([?-])([^}]*))?\}")


class NotSet(Exception):
    """A variable that must be set, and is not."""


def settings_of(text: str) -> dict[str, str]:
    """What an .env says."""
    lines = (line.partition("=") for line in text.splitlines() if line and line[0] != "#")
    return {name: value for name, _, value in lines}


def example() -> dict[str, str]:
    return settings_of(EXAMPLE.read_text("utf-8"))


def new_env(example: Path = EXAMPLE) -> dict[str, str]:
    """An example with secrets of one's own, as the pages say to make it."""
    with example.open("rb") as given:
        made = subprocess.run(
            ["sh", CLONE / "deploy" / "new-env.sh"], stdin=given, capture_output=True, check=True
        )
    return settings_of(made.stdout.decode())


def source() -> str:
    return (CLONE / "compose.yaml").read_text("utf-8")


def composed(environment: Mapping[str, str]) -> dict[str, Any]:
    """The whole file, with the variables of the environment."""

    def value(found: re.Match[str]) -> str:
        name, how, other = found[1], found[2], found[3]
        if environment.get(name):
            return environment[name]
        if how == "-":
            return str(other)
        raise NotSet(name)

    text = "\n".join(line for line in source().splitlines() if not line.lstrip().startswith("#"))
    read = yaml.safe_load(VARIABLE.sub(value, text))
    assert isinstance(read, dict)
    for service in read["services"].values():
        environment = service.get("environment", {})
        service["environment"] = {name: value or "" for name, value in environment.items()}
    return read


def mounted(service: Mapping[str, Any]) -> list[str]:
    """The files and folders of the clone that a service sees."""
    places = (str(volume).split(":")[0] for volume in service.get("volumes", ()))
    return [place for place in places if place.startswith(("./", "/"))]
