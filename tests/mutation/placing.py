"""How a mutant takes the place of the real code in a forked process, in one of two ways.

What runs when it is called is swapped in place: the function's code object is replaced, and
whoever holds the function, decorated or not, runs the mutant. What runs at import is imported
anew: all of ours, the tests too.
"""

from __future__ import annotations

import ast
import gc
import importlib.machinery
import importlib.util
import sys
import types
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Final

import grimp

from tests.mutation.mutants import Mutant, path_of

PACKAGES: Final = ("haitech_domain", "haitech_adapters", "haitech_app")
OURS: Final = {*PACKAGES, "tests"}
Codes = dict[tuple[str, int], types.CodeType]
"""The code of outermost functions by qualified name, and a number where a name comes twice."""


class NotInPlace(Exception):
    """No function is there to be swapped, or none that would fit."""


def compiled(mutant: Mutant) -> types.CodeType | None:
    """The mutated module; None where it means the same. :raises SyntaxError: it means nothing"""
    path = path_of(mutant.module)
    text = mutant.source()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
        if not mutant.is_control and ast.dump(tree) == ast.dump(
            ast.parse(path.read_text(encoding="utf-8"))
        ):
            return None
        return compile(tree, str(path), "exec", dont_inherit=True)


def functions() -> dict[tuple[str, str, int], list[types.FunctionType]]:
    """All functions there are, by file, qualified name and first line."""
    found = defaultdict(list)
    for held in gc.get_objects():
        if isinstance(held, types.FunctionType):
            code = held.__code__
            found[code.co_filename, code.co_qualname, code.co_firstlineno].append(held)
    return found


def swap(
    mutant: Mutant,
    mutated: types.CodeType,
    known: dict[tuple[str, str, int], list[types.FunctionType]],
) -> None:
    """Give the real functions the mutant's code. :raises NotInPlace: it cannot be done"""
    path = path_of(mutant.module)
    ours = _outermost(_original(mutant.module))
    theirs = _outermost(mutated)
    changed = [key for key, code in theirs.items() if _text(code) != _text(ours[key])]
    if not changed and not mutant.is_control:
        raise NotInPlace(mutant.place)
    for key in changed:
        real = ours[key]
        held = known.get((str(path), real.co_qualname, real.co_firstlineno), ())
        if not held or theirs[key].co_freevars != real.co_freevars:
            raise NotInPlace(mutant.place)
        for function in held:
            function.__code__ = theirs[key]


@cache
def _original(module: str) -> types.CodeType:
    path = path_of(module)
    return compile(path.read_text(encoding="utf-8"), str(path), "exec", dont_inherit=True)


def _outermost(module: types.CodeType) -> Codes:
    seen: Counter[str] = Counter()
    found: Codes = {}
    for code in _functions_of(module):
        found[code.co_qualname, seen[code.co_qualname]] = code
        seen[code.co_qualname] += 1
    return found


def _functions_of(code: types.CodeType) -> Iterator[types.CodeType]:
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            if inner.co_flags & 0x2:  # CO_NEWLOCALS is a function's; a class body has it not
                yield inner
            else:
                yield from _functions_of(inner)


def _text(code: types.CodeType) -> tuple[object, ...]:
    """All that a code object does, without where it stands."""
    inner = tuple(
        _text(c) if isinstance(c, types.CodeType) else (type(c), repr(c)) for c in code.co_consts
    )
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    return (code.co_code, inner, names, code.co_flags, code.co_argcount, code.co_exceptiontable)


class _Mutated(importlib.machinery.SourceFileLoader):
    def __init__(self, mutant: Mutant, code: types.CodeType) -> None:
        super().__init__(mutant.module, str(path_of(mutant.module)))
        self._code = code

    def get_code(self, fullname: str) -> types.CodeType:
        return self._code


class _Finder:
    def __init__(self, loader: _Mutated) -> None:
        self._loader = loader

    def find_spec(self, name, path=None, target=None):
        if name != self._loader.name:
            return None
        return importlib.util.spec_from_file_location(name, self._loader.path, loader=self._loader)


def forget(mutant: Mutant, mutated: types.CodeType, tests: set[str]) -> None:
    """From now on all of ours is imported anew, with the mutant: half of it would meet what the rest
    has registered already, tables and events.
    """
    for name in list(sys.modules):
        ours = name.partition(".")[0] in OURS and not name.startswith("tests.mutation.")
        if ours or name in tests:
            del sys.modules[name]
    sys.meta_path.insert(0, _Finder(_Mutated(mutant, mutated)))


@cache
def _graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, cache_dir=None)


def importers(module: str) -> frozenset[str]:
    """Those that import it themselves."""
    return frozenset(_graph().find_modules_that_directly_import(module))
