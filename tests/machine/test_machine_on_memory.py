"""Any verbs in any order over the memory adapters: the paper school agrees on every figure."""

from hypothesis import settings

from haitech_domain.testing.machine import machine_over
from tests.machine.stages import memory_stage

TestTheSchoolInMemory = machine_over(memory_stage).TestCase
TestTheSchoolInMemory.settings = settings(stateful_step_count=30)
