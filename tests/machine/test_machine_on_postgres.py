"""Any verbs in any order over a real PostgreSQL: the paper school agrees on every figure."""

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from haitech_domain.testing.machine import machine_over
from tests.machine.stages import postgres_stages

pytestmark = pytest.mark.postgres


def test_the_school_on_postgresql():
    few = max(3, settings().max_examples // 10)
    with postgres_stages() as open_stage:
        run_state_machine_as_test(
            machine_over(open_stage), settings=settings(max_examples=few, stateful_step_count=25)
        )
