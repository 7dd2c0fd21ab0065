"""What several test files of the HTTP API share."""

from __future__ import annotations

import pytest
import structlog


@pytest.fixture
def capture_logs():
    """The lines that are logged meanwhile."""
    with structlog.testing.capture_logs() as lines:
        yield lines
