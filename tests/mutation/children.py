"""A forked process that tries one mutant, as seen from outside, and what it runs its tests with."""

from __future__ import annotations

import json
import os
import resource
import signal
import time

import attrs

from tests.mutation.mutants import Mutant


@attrs.frozen
class Result:
    """What became of a mutant: killed, survived, late, untested, or no mutant at all."""

    status: str
    by: str = ""
    seconds: float = 0.0


@attrs.define
class Child:
    mutant: Mutant
    pid: int
    pipe: int
    allowed: float
    tests: list[str]
    began: float = attrs.field(factory=time.monotonic)
    _said: bytes = b""

    def has_ended(self) -> bool:
        """What it said is read; an end of the pipe is the end of the child."""
        try:
            while piece := os.read(self.pipe, 65_536):
                self._said += piece
        except BlockingIOError:
            return False
        return True

    def end_if_stuck(self) -> None:
        """One that waits uses no processor time: its end is a matter of the clock."""
        if time.monotonic() - self.began > 60 + 10 * self.allowed:
            os.kill(self.pid, signal.SIGKILL)

    def result(self) -> Result:
        """What became of it."""
        os.close(self.pipe)
        _, status, used = os.wait4(self.pid, 0)
        seconds = used.ru_utime + used.ru_stime
        if os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL):
            return Result("late", seconds=seconds)
        if not self._said:
            return Result("killed", "the end of the process", seconds)
        said, by = json.loads(self._said)
        return Result(said, by, seconds)


class Failed:
    """A plugin that knows the first test to fail."""

    def __init__(self) -> None:
        self.by = ""

    def pytest_runtest_logreport(self, report):
        if report.failed and not self.by:
            self.by = report.nodeid


class Chosen:
    """A plugin that keeps the chosen tests, also where a mutant has renamed their parameters."""

    def __init__(self, functions: set[str], tests: set[str]) -> None:
        self._functions = functions
        self._tests = tests

    def pytest_collection_modifyitems(self, items):
        there = {item.nodeid for item in items}
        lost = {test.partition("[")[0] for test in self._tests - there}
        items[:] = [
            item
            for item in items
            if item.nodeid in self._tests or item.nodeid.partition("[")[0] in lost
        ]


def limit(seconds: float) -> None:
    """The child is silent, and ends by itself when it takes too much."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    most = int(seconds) + 1
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (most, most + 5))
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
