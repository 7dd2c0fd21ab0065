"""Calendars, clocks and ids keep the contracts of their ports."""

from __future__ import annotations

import pytest

from haitech_adapters.calendar import IsraeliSchoolCalendar
from haitech_adapters.memory import CountingIds, FixedClock
from haitech_adapters.system import SystemClock, TimeOrderedIds
from haitech_domain.testing import contracts


class TestIsraeliSchoolCalendar(contracts.HolidayCalendarContract):
    """R-SCHED-2: the calendar of the program."""

    @pytest.fixture
    def calendar(self):
        return IsraeliSchoolCalendar()


class TestSystemClock(contracts.ClockContract):
    """The clock of the program."""

    @pytest.fixture
    def clock(self):
        return SystemClock()


class TestFixedClock(contracts.ClockContract):
    """The clock of tests."""

    @pytest.fixture
    def clock(self):
        return FixedClock()


class TestIds(contracts.IdsContract):
    """The ids of the program."""

    @pytest.fixture
    def ids(self):
        return TimeOrderedIds()


class TestCountingIds(contracts.IdsContract):
    """The ids of tests."""

    @pytest.fixture
    def ids(self):
        return CountingIds()
