"""Which mutants there are: mutmut's operators at every place of a module.

mutmut itself passes over decorated functions, class bodies, decorators and defaults, since it
puts all mutants of a function behind one trampoline. Here each mutant is a text of the module
with one place replaced, so there is no such blind spot. Left alone are docstrings, annotations
(but not the rules within `Annotated[…]`, which are read at run time), and calls of `len` and
`isinstance`, as mutmut leaves them.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import attrs
import libcst as cst
from libcst.metadata import MetadataWrapper, WhitespaceInclusivePositionProvider
from mutmut.mutation.mutators import mutation_operators

ROOT: Final = Path(__file__).parents[2]
PACKAGE: Final = "haitech_domain"
LEFT_ALONE: Final = {"len", "isinstance"}
SHOWN: Final = 140
"""Characters of each side of a change that are shown; what both sides share is cut first."""


@attrs.frozen
class Mutant:
    """One change of one module; `place` says in which function or class, `nth` which of its like."""

    module: str
    place: str
    change: str
    nth: int
    line: int
    top: int
    """The first line of the outermost function around it; else its own line."""
    deferred: bool
    """Whether the place runs when it is called, not when the module is imported."""
    start: int
    end: int
    text: str

    def control(self) -> Mutant:
        """The same place unchanged: whatever kills that is at fault itself."""
        same = path_of(self.module).read_text(encoding="utf-8")[self.start : self.end]
        return attrs.evolve(self, change="", text=same)

    @property
    def room(self) -> str:
        """The concept or floor of the domain that its module belongs to."""
        return ".".join(self.module.split(".")[1:2]) or PACKAGE

    @property
    def is_control(self) -> bool:
        """Whether it changes nothing, on purpose."""
        return not self.change

    @property
    def of(self) -> tuple[str, str, str, int]:
        """What names it in the list of survivors."""
        return self.module, self.place, self.change, self.nth

    @property
    def key(self) -> str:
        """The same as long as the place and the change read the same, wherever they move."""
        said = "\0".join((self.module, self.place, self.change, str(self.nth)))
        return hashlib.sha256(said.encode()).hexdigest()[:12]

    def source(self) -> str:
        """The module's text, changed."""
        before = path_of(self.module).read_text(encoding="utf-8")
        return before[: self.start] + self.text + before[self.end :]


def path_of(module: str) -> Path:
    """The file of a module of the domain."""
    folder = ROOT.joinpath(*module.split("."))
    return folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")


def modules(package: str = PACKAGE) -> list[str]:
    """All modules of the domain but its testing kit, in order."""
    found = []
    for path in sorted((ROOT / package).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if "testing" not in parts:
            found.append(".".join(parts).removesuffix(".__init__"))
    return found


def mutants_of(module: str) -> list[Mutant]:
    """Every mutant of a module, in the order of its text."""
    source = path_of(module).read_text(encoding="utf-8")
    wrapper = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True)
    finder = _Finder(module, source, wrapper.module)
    wrapper.visit(finder)
    return finder.found


class _Finder(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (WhitespaceInclusivePositionProvider,)

    def __init__(self, module: str, source: str, tree: cst.Module) -> None:
        super().__init__()
        self.found: list[Mutant] = []
        self._module = module
        self._source = source
        self._tree = tree
        self._names: list[str] = []
        self._tops: list[int] = []
        self._annotations = 0
        self._rules = 0
        self._seen: Counter[tuple[str, str]] = Counter()
        self._texts: set[tuple[int, int, str]] = set()
        self._starts = [0]
        for line in source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Import | cst.ImportFrom | cst.ClassDef | cst.FunctionDef):
            if not isinstance(node, cst.ClassDef | cst.FunctionDef):
                return False
            self._names.append(node.name.value)
        elif isinstance(node, cst.Annotation):
            self._annotations += 1
        elif _is_rule(node):
            self._rules += 1
        if _left_alone(node):
            return False
        if self._annotations and not self._rules:
            return True
        for kind, operator in mutation_operators:
            if isinstance(node, kind):
                for mutated in operator(node):
                    self._note(node, mutated)
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if isinstance(original_node, cst.ClassDef | cst.FunctionDef):
            self._names.pop()
        elif isinstance(original_node, cst.Annotation):
            self._annotations -= 1
        elif _is_rule(original_node):
            self._rules -= 1

    def visit_FunctionDef_body(self, node: cst.FunctionDef) -> None:  # noqa: N802  # libcst's name
        at: Any = self.get_metadata(WhitespaceInclusivePositionProvider, node.body)
        self._tops.append(at.start.line)

    def leave_FunctionDef_body(self, node: cst.FunctionDef) -> None:  # noqa: N802  # libcst's name
        self._tops.pop()

    def _note(self, node: cst.CSTNode, mutated: cst.CSTNode) -> None:
        span: Any = self.get_metadata(WhitespaceInclusivePositionProvider, node)
        start = self._starts[span.start.line - 1] + span.start.column
        end = self._starts[span.end.line - 1] + span.end.column
        text = self._text(mutated, " " * span.start.column)
        if (start, end, text) in self._texts:
            return
        self._texts.add((start, end, text))
        change = shown(self._source[start:end], text)
        place = ".".join(self._names) or "module"
        self._seen[place, change] += 1
        nth = self._seen[place, change]
        line = span.start.line
        self.found.append(
            Mutant(
                module=self._module,
                place=place,
                change=change,
                nth=nth,
                line=line,
                top=min([line, *self._tops]),
                deferred=bool(self._tops),
                start=start,
                end=end,
                text=text,
            )
        )

    def _text(self, mutated: cst.CSTNode, margin: str) -> str:
        text = self._tree.code_for_node(mutated)
        if isinstance(mutated, cst.Match):
            text = text.replace("\n", "\n" + margin)
        return text


def _left_alone(node: cst.CSTNode) -> bool:
    return (
        isinstance(node, cst.Call)
        and isinstance(node.func, cst.Name)
        and node.func.value in LEFT_ALONE
    )


def _is_rule(node: cst.CSTNode) -> bool:
    return (
        isinstance(node, cst.Subscript)
        and isinstance(node.value, cst.Name)
        and node.value.value == "Annotated"
    )


def shown(before: str, after: str) -> str:
    """Both sides in one line, without the long run that they share."""
    one, two = (re.sub(r"\s+", " ", text).strip() for text in (before, after))
    if max(len(one), len(two)) <= SHOWN:
        return f"{one} → {two}"
    same = _shared(one, two)
    tail = _shared(one[same:][::-1], two[same:][::-1])
    first, last = max(0, same - 40), max(0, tail - 40)
    cut = [text[first : len(text) - last] for text in (one, two)]
    dots = ("…" if first else "", "…" if last else "")
    return " → ".join(f"{dots[0]}{text}{dots[1]}" for text in cut)


def _shared(one: str, two: str) -> int:
    length = 0
    for left, right in zip(one, two, strict=False):
        if left != right:
            break
        length += 1
    return length


def all_mutants(chosen: list[str]) -> Iterator[Mutant]:
    """The mutants of the modules, one module after the other."""
    for module in chosen:
        yield from mutants_of(module)
