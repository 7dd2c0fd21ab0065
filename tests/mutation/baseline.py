"""Which tests there are, what each covers and what it costs: asked once, before any mutant."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import attrs
from coverage import CoverageData

from tests.mutation.mutants import PACKAGE, ROOT

KEPT: Final = ROOT / ".mutation"
PATHS: Final = (
    *("tests/unit", "tests/properties", "tests/contract", "tests/machine"),
    *("tests/http", "tests/webhooks"),
)
"""Tests in one process: of the domain, and of what is before it in memory."""
ARGUMENTS: Final = (
    *PATHS,
    *("-m", "not postgres and not program"),
    *("-p", "no:cacheprovider", "-p", "no:faulthandler", "-q"),
)
MATTERS: Final = (PACKAGE, "haitech_adapters/memory", "haitech_app/testing", "tests/conftest.py")
ENVIRONMENT: Final = {"HYPOTHESIS_PROFILE": "mutation", "PYTHONDONTWRITEBYTECODE": ""}


@attrs.frozen
class Baseline:
    """What the unchanged domain's tests did. Seconds are of processor time, under coverage."""

    seconds: dict[str, float]
    """How long each test took."""
    lines: dict[str, dict[int, frozenset[str]]]
    """By module and line: the tests that ran it; an empty name is the import itself."""
    breadth: dict[str, int]
    """How many modules each test runs lines of."""

    def tests_of(self, module: str, lines: Iterable[int] = ()) -> set[str]:
        """Those that run one of the lines, or where none is named, any line of the module."""
        of_module = self.lines.get(module, {})
        chosen = list(lines) or list(of_module)
        return {test for line in chosen for test in of_module.get(line, ()) if test}

    def runs_at_import(self, module: str, line: int) -> bool:
        """Whether the line runs before any test does."""
        return "" in self.lines.get(module, {}).get(line, ())

    def in_order(self, tests: Iterable[str]) -> list[str]:
        """First those that are quick and about little else."""
        return sorted(tests, key=lambda test: (self._cost(test), test))

    def _cost(self, test: str) -> float:
        return (0.005 + self.seconds[test]) * (3 + self.breadth[test])


def digest(*names: str) -> str:
    """What the files, or all Python files of the folders, hold now."""
    found = hashlib.sha256()
    for name in names:
        path = ROOT / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            found.update(file.relative_to(ROOT).as_posix().encode())
            found.update(file.read_bytes())
    return found.hexdigest()[:16]


def baseline(jobs: int) -> Baseline:
    """Measured now in so many processes, or read where nothing has changed since. :raises SystemExit: tests fail"""
    state = digest(*MATTERS, *PATHS)
    data, times, stamp = KEPT / "coverage", KEPT / "seconds.json", KEPT / "state"
    if not (stamp.exists() and stamp.read_text(encoding="utf-8") == state):
        _measure(data, times, jobs)
        stamp.write_text(state, encoding="utf-8")
    return _read(data, json.loads(times.read_text(encoding="utf-8")))


def _measure(data: Path, times: Path, jobs: int) -> None:
    KEPT.mkdir(exist_ok=True)
    (KEPT / "state").unlink(missing_ok=True)
    print("running the tests once, to see what each covers: a few minutes", flush=True)
    measured = (
        *("--cov", PACKAGE, "--cov-context", "test", "--cov-report="),
        *("-n", str(jobs), "--dist", "worksteal", "-p", "tests.mutation.timing"),
    )
    environment = os.environ | ENVIRONMENT
    environment |= {"COVERAGE_FILE": str(data), "HAITECH_SECONDS": str(times)}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *ARGUMENTS, *measured],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"the tests fail without any mutant:\n{done.stdout[-5_000:]}")


def _read(path: Path, seconds: dict[str, float]) -> Baseline:
    data = CoverageData(basename=str(path))
    data.read()
    lines: dict[str, dict[int, frozenset[str]]] = {}
    touched: dict[str, set[str]] = defaultdict(set)
    for name in data.measured_files():
        module = _module_of(name)
        lines[module] = {
            line: frozenset(
                test
                for test in (context.partition("|")[0] for context in contexts)
                if not test or test in seconds
            )
            for line, contexts in data.contexts_by_lineno(name).items()
        }
        for tests in lines[module].values():
            for test in tests:
                touched[test].add(module)
    return Baseline(seconds, lines, {test: len(touched[test]) for test in seconds})


def _module_of(name: str) -> str:
    path = (ROOT / name).relative_to(ROOT).with_suffix("")
    return ".".join(path.parts).removesuffix(".__init__")
