"""What all tests share: Hypothesis's profiles, and the worlds of the plugin that we publish.

An asynchronous test says `pytestmark = pytest.mark.anyio`.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

pytest_plugins = ["haitech_app.testing.plugin"]

# Fresh examples at every run, in CI as well: a property is a claim about all of them, and a
# failure prints the blob that repeats it. No deadline, and no complaint of slow generation:
# both measure the machine.
_EVERYWHERE = settings(
    deadline=None,
    derandomize=False,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("quick", _EVERYWHERE, max_examples=15)
settings.register_profile("ci", _EVERYWHERE, max_examples=30)
settings.register_profile("thorough", _EVERYWHERE, max_examples=1_000)
# For `nox -s mutation`: the same few examples at every run, and the first failure is enough.
settings.register_profile(
    "mutation",
    _EVERYWHERE,
    max_examples=15,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    report_multiple_bugs=False,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture
def folder():
    """A folder of its own, not in pytest's: each run of pytest closes that one to other users.

    The embedded PostgreSQL is one where root runs the tests.
    """
    with tempfile.TemporaryDirectory(prefix="haitech-", ignore_cleanup_errors=True) as made:
        yield Path(made)
