"""A folder for each journey, and programs that are started in it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tests.journeys.program import programs


@pytest.fixture
def folder():
    """A folder of its own, not in pytest's: each run of pytest closes that one to other users.

    The embedded PostgreSQL is one where root runs the tests.
    """
    with tempfile.TemporaryDirectory(prefix="haitech-", ignore_cleanup_errors=True) as made:
        yield Path(made)


@pytest.fixture
def start(folder):
    """Starts programs in the folder; whatever still runs in the end is swept away."""
    with programs(folder) as starts:
        yield starts
