"""Programs that a journey starts in its folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.program import programs

HERE = Path(__file__).parent


@pytest.fixture
def start(folder):
    """Starts programs in the folder; whatever still runs in the end is swept away."""
    with programs(folder) as starts:
        yield starts


def pytest_collection_modifyitems(items):
    for item in items:
        if "start" in getattr(item, "fixturenames", ()) and HERE in item.path.parents:
            item.add_marker(pytest.mark.program)
