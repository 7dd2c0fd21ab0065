"""A plugin of pytest: writes the processor time of each test to the file named in HAITECH_SECONDS."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

_seconds: dict[str, float] = {}
_skipped: set[str] = set()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    before = time.process_time()
    try:
        return (yield)
    finally:
        _seconds[item.nodeid] = round(time.process_time() - before, 5)


def pytest_runtest_logreport(report):
    if report.skipped:
        _skipped.add(report.nodeid)


def pytest_sessionfinish():
    run = {test: seconds for test, seconds in _seconds.items() if test not in _skipped}
    Path(os.environ["HAITECH_SECONDS"]).write_text(json.dumps(run), encoding="utf-8")
