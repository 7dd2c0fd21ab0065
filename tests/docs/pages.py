"""The pages that readers see, and what in them is run."""

from __future__ import annotations

import shutil
from pathlib import Path
from unittest import SkipTest

from sybil import Example, Sybil
from sybil.document import Document
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser, SkipParser

from tests.docs.terminal import Terminal, agrees

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PRELUDE = DOCS / "how-to" / "index.md"
"""What every how-to begins with: its blocks are run before theirs."""
RUN = frozenset({"sh", "output", "python"})
SHOWN = frozenset(
    {"json", "http", "ini", "yaml", "text", "sql", "nginx", "promql", "toctree", "include"}
)
"""What is shown and not run: shapes of messages, files of other programs."""


def pages() -> list[Path]:
    """Every page: the README, the changelog and all of docs."""
    return [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]


def name(page: Path) -> str:
    """How a page is called in a test's name."""
    return page.relative_to(ROOT).as_posix()


def parsed(page: Path) -> Document:
    """A page with its examples, in their order.

    ```sh blocks run in the page's terminal, an ```output block holds what the one before it said,
    ```python blocks and doctests run in one namespace. `<!-- skip: next "a reason" -->` passes over
    the next block, and says so; `<!-- skip: next if(missing("node"), reason="…") -->` does so where
    a program is missing.
    """
    parsers = (
        CodeBlockParser("sh", _run),
        CodeBlockParser("output", _compare),
        PythonCodeBlockParser(),
        SkipParser(),
    )
    return Sybil(parsers=list(parsers), path=str(page.parent)).parse(page)


def needs_a_school(document: Document) -> bool:
    """Whether some block runs in a terminal."""
    return any(_is_shell(example) for example in document.examples())


def play(document: Document, terminal: Terminal | None, ports: dict[str, str]) -> list[str]:
    """Run the examples; the reasons why some were passed over."""
    document.namespace.update(terminal=terminal, ports=ports, missing=missing)
    reasons = []
    for example in document.examples():
        try:
            example.evaluate()
        except SkipTest as skipped:
            reasons.append(f"line {example.line}: {skipped}")
    return reasons


def missing(program: str) -> bool:
    """Whether this machine lacks a program."""
    return shutil.which(program) is None


def _is_shell(example: Example) -> bool:
    return example.region.evaluator in {_run, _compare}


def _run(example: Example) -> None:
    example.namespace["terminal"].run(_here(example))


def _compare(example: Example) -> None:
    said = example.namespace["terminal"].said
    expected = _here(example)
    assert agrees(said, expected), f"line {example.line} shows\n{expected}\nbut it said\n{said}"


def _here(example: Example) -> str:
    """The block, with the ports of this machine instead of the page's."""
    text = str(example.parsed)
    for shown, used in example.namespace["ports"].items():
        text = text.replace(f":{shown}", f":{used}").replace(f" {shown}", f" {used}")
    return text
