"""Programs that a journey starts in its folder."""

from __future__ import annotations

import pytest

from tests.journeys.program import programs


@pytest.fixture
def start(folder):
    """Starts programs in the folder; whatever still runs in the end is swept away."""
    with programs(folder) as starts:
        yield starts
