"""A plugin of pytest: writes the processor time of each test to the file named in HAITECH_SECONDS.

With pytest-xdist the workers measure, and the one that they report to writes.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NAME = "seconds of processor time"
_seconds: Counter[str] = Counter()
_skipped: set[str] = set()


@contextmanager
def _measured(item: pytest.Item) -> Iterator[None]:
    before = time.process_time()
    try:
        yield
    finally:
        item.user_properties.append((NAME, round(time.process_time() - before, 5)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    with _measured(item):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    with _measured(item):
        return (yield)


def pytest_runtest_logreport(report):
    if report.when == "teardown":
        _seconds[report.nodeid] = sum(s for name, s in report.user_properties if name == NAME)
    if report.skipped:
        _skipped.add(report.nodeid)


def pytest_sessionfinish(session):
    if not hasattr(session.config, "workerinput"):
        run = {test: seconds for test, seconds in _seconds.items() if test not in _skipped}
        Path(os.environ["HAITECH_SECONDS"]).write_text(json.dumps(run), encoding="utf-8")
