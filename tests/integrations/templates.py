"""The templates of docs/integrations, and what may be said of any of them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

FOLDER: Final = Path(__file__).parents[2] / "docs" / "integrations"
N8N: Final = sorted((FOLDER / "n8n").glob("*.json"))
MAKE: Final = sorted((FOLDER / "make").glob("*.json"))
SCHOOL: Final = "https://school.example"
SECRET_LOOKING: Final = re.compile(r"haitech_live_|whsec_|\b(?=\w*\d)(?=\w*[A-Za-z])\w{24,}\b")
"""A key of ours, a secret of ours in either writing, or anything else that long and mixed."""
WALK: Final = Path(__file__).parent / "walk.mjs"


def read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def texts(part: Any) -> Iterator[str]:
    """Every text in a template, names of fields included."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, Mapping):
        for name, value in part.items():
            yield name
            yield from texts(value)
    elif isinstance(part, Sequence):
        for one in part:
            yield from texts(one)


def walked(name: str, *walks: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What happens in a workflow of n8n: nodes visited, answers given, requests made."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("the program node is not here")
    done = subprocess.run(
        [node, str(WALK)],
        input=json.dumps({"workflow": read(FOLDER / "n8n" / name), "walks": walks}),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def in_document(document: Any, method: str, url: str) -> Any:
    """The operation of the API's document that a template's address means."""
    path = re.sub(r"\{\{.*?\}\}", "{id}", url.removeprefix("=").partition("}}")[2])
    return document["paths"][path][method.lower()]


def has_field(document: Any, schema: Any, path: Sequence[str]) -> bool:
    """Whether the schema of an answer has such a field; lists are gone into by their items."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if not path:
        return True
    if "items" in schema:
        return has_field(document, schema["items"], path)
    inner = schema.get("properties", {}).get(path[0])
    return inner is not None and has_field(document, inner, path[1:])
