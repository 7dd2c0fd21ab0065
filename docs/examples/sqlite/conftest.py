"""The suites are asynchronous tests of anyio's plugin; here they run on asyncio alone.

A profile of Hypothesis says how much is tried: the suites scale with `max_examples`. Without
`PHASES` Hypothesis also looks for the smallest example, which takes some seconds more.
"""

import pytest
from hypothesis import Phase, settings

PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
settings.register_profile("quick", max_examples=30, phases=PHASES, database=None, derandomize=True)
settings.load_profile("quick")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """As anyio's plugin calls the fixture that says on what tests run."""
    return "asyncio"
