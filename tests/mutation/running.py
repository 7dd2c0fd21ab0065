"""One warm pytest that has collected all tests, and a forked child of it for each mutant."""

from __future__ import annotations

import gc
import json
import math
import os
import re
import selectors
import sys
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from types import CodeType
from typing import Any, Final

import attrs
import pytest

from tests.mutation import placing
from tests.mutation.baseline import ARGUMENTS, ENVIRONMENT, PATHS, Baseline
from tests.mutation.children import Child, Chosen, Failed, Result, limit
from tests.mutation.mutants import PACKAGE, ROOT, Mutant

ENOUGH: Final = 5.0
"""Seconds of tests after which a mutant counts as survived: they would have seen it by then."""
FILES_FIRST: Final = 3
PATIENCE: Final = 15
"""Seconds of processor time that a mutant has beyond four times what its tests took."""


@attrs.frozen
class Pace:
    """How many mutants are tried at once, and for how many seconds new ones are begun."""

    jobs: int
    seconds: float = math.inf


@attrs.define
class Server:
    """A plugin of pytest that tries mutants in place of running the tests."""

    mutants: list[Mutant]
    known: Baseline
    pace: Pace
    tell: Callable[[Mutant, Result], None]
    _killers: defaultdict[str, list[str]] = attrs.field(factory=lambda: defaultdict(list))
    _items: dict[str, pytest.Item] = attrs.field(factory=dict)
    _functions: Any = None

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._items = {item.nodeid: item for item in session.items}
        self._functions = placing.functions()
        gc.collect()
        gc.freeze()
        waiting = self._in_time()
        running: dict[int, Child] = {}
        with selectors.DefaultSelector() as selector:
            while True:
                while len(running) < self.pace.jobs and (mutant := next(waiting, None)) is not None:
                    child = self._start(mutant)
                    running[child.pid] = child
                    selector.register(child.pipe, selectors.EVENT_READ, child)
                if not running:
                    return True
                for key, _ in selector.select(timeout=1.0):
                    if key.data.has_ended():
                        selector.unregister(key.data.pipe)
                        del running[key.data.pid]
                        self._ended(key.data)
                for child in running.values():
                    child.end_if_stuck()

    def _in_time(self) -> Iterator[Mutant]:
        began = time.monotonic()
        for mutant in self.mutants:
            if time.monotonic() - began > self.pace.seconds:
                return
            yield mutant

    def _ended(self, child: Child) -> None:
        result = child.result()
        if result.by in self.known.seconds:
            for name in (child.mutant.module, _of(child.mutant)):
                first = self._killers[name]
                if result.by in first:
                    first.remove(result.by)
                first.insert(0, result.by)
                del first[6:]
        self.tell(child.mutant, result)

    def tests_for(self, mutant: Mutant) -> list[str]:
        """The tests to try, the likeliest first."""
        tests = self.known.tests_of(mutant.module, self._lines(mutant))
        likely = [test for name in (_of(mutant), mutant.module) for test in self._killers[name]]
        if not mutant.deferred:
            files = _naming(PACKAGE)
            likely += [test for test in self._items if test.partition("::")[0] in files]
            tests |= {*likely} | (set() if tests else self._tests_around(mutant.module))
        order = dict.fromkeys((*likely, *self.known.in_order(tests)))
        return list(_up_to(ENOUGH, (test for test in order if test in tests), self.known.seconds))

    def _tests_around(self, module: str) -> set[str]:
        """Of a module whose lines no test runs: the tests that name it, and those of its importers."""
        files = _naming(module)
        named = {test for test in self._items if test.partition("::")[0] in files}
        seen = near = {module}
        while near:
            near = {other for known in near for other in placing.importers(known)} - seen
            seen |= near
            if tests := {test for other in near for test in self.known.tests_of(other)}:
                return named | tests
        return named

    def _lines(self, mutant: Mutant) -> list[int]:
        """The line itself; in a statement of many lines, the nearest above that any test ran."""
        if not mutant.deferred:
            return []
        for line in range(mutant.line, mutant.top - 1, -1):
            if self.known.tests_of(mutant.module, [line]):
                return [line]
        return [mutant.line]

    def _start(self, mutant: Mutant) -> Child:
        tests = self.tests_for(mutant)
        reading, writing = os.pipe()
        allowed = PATIENCE + 4 * sum(self.known.seconds[test] for test in tests)
        for stream in (sys.stdout, sys.stderr):
            stream.flush()  # else the child says it once more
        pid = os.fork()
        if pid:
            os.close(writing)
            os.set_blocking(reading, False)
            return Child(mutant, pid, reading, allowed, tests)
        try:
            os.close(reading)
            limit(allowed)
            said = self._try(mutant, tests)
        except BaseException:  # noqa: BLE001  # whatever it is, it is told, and the child ends
            said = ("broken", traceback.format_exc()[-3_000:])
        os.write(writing, json.dumps(said).encode())
        os._exit(0)

    def _try(self, mutant: Mutant, tests: list[str]) -> tuple[str, str]:
        try:
            mutated = placing.compiled(mutant)
        except (SyntaxError, ValueError):
            return "no mutant", "it is no Python"
        if mutated is None:
            return "no mutant", "it is the same"
        if not tests:
            return "untested", ""
        return (mutant.deferred and self._in_place(mutant, mutated, tests)) or self._anew(
            mutant, mutated, tests
        )

    def _in_place(
        self, mutant: Mutant, mutated: CodeType, tests: list[str]
    ) -> tuple[str, str] | None:
        """None where what runs at import decides as well."""
        try:
            placing.swap(mutant, mutated, self._functions)
        except placing.NotInPlace:
            return None
        if killer := self._first_to_fail(tests):
            return "killed", killer
        at_import = self.known.runs_at_import(mutant.module, mutant.line)
        return None if at_import else ("survived", "")

    def _first_to_fail(self, tests: list[str]) -> str:
        items = [self._items[test] for test in tests]
        failed = Failed()
        config = items[0].config
        config.pluginmanager.register(failed)
        for item, following in zip(items, [*items[1:], None], strict=True):
            config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if failed.by:
                return failed.by
        return ""

    def _anew(self, mutant: Mutant, mutated: CodeType, tests: list[str]) -> tuple[str, str]:
        placing.forget(mutant, mutated, {_module_of(item) for item in self._items.values()})
        files = list(dict.fromkeys(test.partition("::")[0] for test in tests))
        for some in (files[:FILES_FIRST], files[FILES_FIRST:]):
            if not some:
                continue
            chosen = Chosen({test.partition("[")[0] for test in tests}, set(tests))
            failed = Failed()
            arguments = ["-x", "-q", "-s", "-p", "no:cacheprovider", "-p", "no:faulthandler", *some]
            code = pytest.main(arguments, plugins=[chosen, failed])
            if failed.by:
                return "killed", failed.by
            if code not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
                return "killed", "the import"
        return "survived", ""


@cache
def _naming(module: str) -> frozenset[str]:
    words = re.compile(rf"^(from|import) {re.escape(module)} ?(import|as|$)", re.MULTILINE)
    files = (file for path in PATHS for file in (ROOT / path).rglob("test_*.py"))
    return frozenset(
        file.relative_to(ROOT).as_posix()
        for file in files
        if words.search(file.read_text(encoding="utf-8"))
    )


def _module_of(item: pytest.Item) -> str:
    module = item.getparent(pytest.Module)
    return module.obj.__name__ if module else ""


def _of(mutant: Mutant) -> str:
    return f"{mutant.module}:{mutant.place}"


def _up_to(most: float, tests: Iterable[str], seconds: dict[str, float]) -> Iterator[str]:
    total = 0.0
    for test in tests:
        total += seconds[test]
        yield test
        if total > most:
            return


def run(
    mutants: list[Mutant],
    known: Baseline,
    pace: Pace,
    tell: Callable[[Mutant, Result], None],
    arguments: Sequence[str] = ARGUMENTS,
) -> None:
    """Try the mutants in their order; `tell` is called for each as it ends."""
    os.environ.update(ENVIRONMENT)
    server = Server(mutants, known, pace, tell)
    pytest.main([*arguments, "-q", "-s"], plugins=[server])
