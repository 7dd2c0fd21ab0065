"""Whatever is no store keeps the contract of its port."""

from __future__ import annotations

from datetime import timedelta

import pytest

from haitech_adapters.calendar import IcalendarFeeds, IsraeliSchoolCalendar
from haitech_adapters.limits import CountedAttempts, SlidingRates, Windows
from haitech_adapters.memory import CountingIds, FixedClock
from haitech_adapters.memory.attempts import MemoryAttempts
from haitech_adapters.memory.courier import MemoryCourier, MemoryVault
from haitech_adapters.memory.mail import MemoryMailer
from haitech_adapters.postgres.snapshots import PostgresSnapshots
from haitech_adapters.security import (
    Argon2Passwords,
    JwtTokens,
    SharedZoomSecret,
    SignedMeetingLinks,
    SystemRandomness,
)
from haitech_adapters.security.vault import AesGcmVault
from haitech_adapters.sheets import SheetFiles
from haitech_adapters.spool import DiskSpool
from haitech_adapters.system import SystemClock, TimeOrderedIds
from haitech_app.testing import databases
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


class TestPasswords(contracts.PasswordsContract):
    """Argon2."""

    @pytest.fixture
    def passwords(self):
        return Argon2Passwords()


class TestTokens(contracts.TokensContract):
    """JWTs."""

    @pytest.fixture
    def tokens(self):
        return JwtTokens(secret="a secret " * 6, clock=SystemClock(), life=timedelta(hours=1))


class TestRandomness(contracts.RandomnessContract):
    """The system's."""

    @pytest.fixture
    def randomness(self):
        return SystemRandomness()


class TestVault(contracts.VaultContract):
    """AES-GCM."""

    @pytest.fixture
    def vault(self):
        return AesGcmVault(bytes(32))


class TestVaultInMemory(contracts.VaultContract):
    """The vault of tests."""

    @pytest.fixture
    def vault(self):
        return MemoryVault()


class TestMeetingLinks(contracts.MeetingLinksContract):
    """Signed links."""

    @pytest.fixture
    def links(self):
        return SignedMeetingLinks(bytes(32))


class TestZoomSecret(contracts.ZoomSecretContract):
    """The secret of an app at Zoom."""

    @pytest.fixture
    def zoom(self):
        return SharedZoomSecret("a secret")


class TestMailerInMemory(contracts.MailerContract):
    """The mailer of tests."""

    @pytest.fixture
    def mailer(self):
        return MemoryMailer()


class TestCourierInMemory(contracts.CourierContract):
    """The courier of tests."""

    @pytest.fixture
    def courier(self):
        return MemoryCourier()

    @pytest.fixture
    def target(self):
        return "https://hooks.example/one"

    @pytest.fixture
    def refused_target(self):
        return "https://private.example/"


class TestAttemptsInMemory(contracts.AttemptsContract):
    """The attempts of tests."""

    @pytest.fixture
    def allowed(self):
        return 3

    @pytest.fixture
    def attempts(self, allowed):
        return MemoryAttempts(clock=FixedClock(), allowed=allowed)


class TestCountedAttempts(contracts.AttemptsContract):
    """The attempts of the program."""

    @pytest.fixture
    def allowed(self):
        return 3

    @pytest.fixture
    def attempts(self, allowed):
        return CountedAttempts(SlidingRates(Windows(), secret=b"x"), most=allowed)


class TestRateLimits(contracts.RateLimitsContract):
    """The rates of the program."""

    @pytest.fixture
    def rates(self):
        return SlidingRates(Windows(), secret=b"x")


class TestSheets(contracts.SheetsContract):
    """The writers of the program."""

    @pytest.fixture
    def sheets(self):
        return SheetFiles()


class TestSpool(contracts.SpoolContract):
    """Files on the disk."""

    @pytest.fixture
    def spool(self):
        return DiskSpool(SheetFiles())


class TestCalendarFeeds(contracts.CalendarFeedsContract):
    """iCalendar."""

    @pytest.fixture
    def feeds(self):
        return IcalendarFeeds()


class TestSnapshotsInMemory(contracts.SnapshotsContract):
    """A committed state is its own snapshot."""

    @pytest.fixture
    def world(self, memory_world):
        return memory_world

    @pytest.fixture
    def snapshots(self, world):
        return world.uow


@pytest.mark.postgres
class TestSnapshots(contracts.SnapshotsContract):
    """Repeatable read."""

    @pytest.fixture
    def world(self, postgres_world):
        return postgres_world

    @pytest.fixture
    def snapshots(self, world):
        return PostgresSnapshots(databases.database(), world.ids, world.clock)
