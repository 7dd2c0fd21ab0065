"""The sliding window counter: what it allows, what it refuses, and when it goes on."""

from __future__ import annotations

import math

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits.errors import StorageError

from haitech_adapters.limits import CountedAttempts, MemoryWindows, SlidingRates, Windows
from haitech_adapters.limits.storage import PAUSE
from haitech_domain.access import Actor, ActorKind
from haitech_domain.ports import Rate, RequestRates, TooManyAttempts, neighbourhood
from haitech_domain.use_cases.logging_in import login_subjects

pytestmark = pytest.mark.anyio
MINUTE = Rate("minute", 5, 60)
HOUR = Rate("hour", 20, 3600)
EPSILON = 1e-6


@attrs.define
class Seconds:
    """A clock to be set."""

    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


def limits(clock, windows=None):
    return SlidingRates(windows or Windows(MemoryWindows(clock)), secret=b"for tests")


async def allowed(rates, *asked, who="user:1"):
    return (await rates.spend(who, asked)).retry_after is None


async def test_allows_as_many_as_the_rate_says_and_no_more():
    rates = limits(Seconds())
    assert [await allowed(rates, MINUTE) for _ in range(8)] == [True] * 5 + [False] * 3
    assert await allowed(rates, MINUTE, who="user:2"), "others are counted by themselves"


async def test_says_what_remains_and_when_the_window_ends():
    clock = Seconds()
    rates = limits(clock)
    first = (await rates.spend("a", [HOUR, MINUTE])).tightest
    assert (first.rate, first.remaining, first.resets_in) == (MINUTE, 4, 60)
    clock.now += 20
    verdict = await rates.spend("a", [HOUR, MINUTE])
    assert [one.rate.name for one in verdict.standings] == ["minute", "hour"]
    assert [one.remaining for one in verdict.standings] == [3, 18]
    assert [one.resets_in for one in verdict.standings] == [40, 3580]


async def test_a_refused_request_costs_nothing_in_any_window():
    """Whoever hammers against the minute still has the hour."""
    clock = Seconds()
    rates = limits(clock)
    for _ in range(500):
        await rates.spend("a", [MINUTE, HOUR])
    minute, hour = (await rates.spend("a", [MINUTE, HOUR])).standings
    assert (minute.remaining, hour.remaining) == (0, 15)


@given(
    most=st.integers(1, 12),
    steps=st.lists(st.tuples(st.floats(0, 40), st.integers(0, 15)), max_size=12),
)
async def test_whoever_waits_as_told_is_let_in(most, steps):
    """For every history: after `retry_after` seconds the next one is allowed, and it is no sooner
    than a second before."""
    clock = Seconds()
    rates = limits(clock)
    rate = Rate("r", most, 60)
    for pause, hits in steps:
        clock.now += pause
        for _ in range(hits):
            await rates.spend("user:1", [rate])
    verdict = await rates.spend("user:1", [rate])
    if verdict.retry_after is None:
        return
    assert 1 <= verdict.retry_after <= 61
    clock.now += verdict.retry_after - 1 - EPSILON
    if verdict.retry_after > 1:
        assert not await allowed(rates, rate)
    clock.now += 1 + EPSILON
    assert await allowed(rates, rate)


@given(
    most=st.integers(1, 12),
    steps=st.lists(st.tuples(st.floats(0.01, 45), st.integers(1, 20)), min_size=1, max_size=25),
)
async def test_the_approximation_never_lets_twice_the_rate_into_any_stretch(most, steps):
    """The counter takes hits of the window before as spread evenly. For every history: never more
    than twice the rate in any 60 seconds, and never more than the rate on average."""
    clock = Seconds()
    rates = limits(clock)
    rate = Rate("r", most, 60)
    let_in = []
    for pause, hits in steps:
        clock.now += pause
        let_in += [clock.now for _ in range(hits) if await allowed(rates, rate)]
    for begin in let_in:
        assert sum(begin <= at < begin + 60 for at in let_in) <= 2 * most
    windows = math.floor((let_in[-1] - let_in[0]) / 60) + 1
    assert len(let_in) <= most * windows


async def test_at_a_steady_pace_the_approximation_is_exact():
    """One a second against 30 a minute: half get in, minute by minute."""
    clock = Seconds()
    rates = limits(clock)
    rate = Rate("r", 30, 60)
    let_in = []
    for _ in range(600):
        clock.now += 1
        let_in.append(await allowed(rates, rate))
    for minute in range(1, 10):
        assert abs(sum(let_in[minute * 60 : minute * 60 + 60]) - 30) <= 1


async def test_memory_forgets_what_has_ended_and_never_grows_beyond_its_bound():
    clock = Seconds()
    windows = MemoryWindows(clock, most_keys=2_000)
    rates = limits(clock, Windows(windows))
    for number in range(1_500):
        await rates.spend(f"address:{number}", [MINUTE])
    clock.now += 121
    for number in range(1_500, 2_200):
        await rates.spend(f"address:{number}", [MINUTE])
    assert len(windows) == 700
    for number in range(5_000):
        await rates.spend(f"other:{number}", [MINUTE])
    assert len(windows) <= 2_000


async def test_nothing_readable_of_a_subject_is_stored():
    windows = MemoryWindows()
    rates = limits(Seconds(), Windows(windows))
    await rates.spend("login:account:dana@example.com", [MINUTE])
    [key] = windows._windows
    assert "dana" not in key
    assert "login" not in key
    assert rates.hidden("a") != SlidingRates(Windows(), secret=b"another").hidden("a")


def test_a_key_has_its_own_hour_and_bursts_in_proportion():
    """domain.md: `rate_limit` of a key is requests an hour; bursts are never below everybody's."""
    rates = RequestRates(per_hour=1_000, per_minute=100)
    key = Actor(kind=ActorKind.API_KEY, rate_limit=50_000)
    small = Actor(kind=ActorKind.API_KEY, rate_limit=10)
    user = Actor(kind=ActorKind.USER)
    assert [rate.most for rate in rates.of(key)] == [5_000, 50_000]
    assert [rate.most for rate in rates.of(small)] == [100, 10]
    assert [rate.most for rate in rates.of(user)] == [100, 1_000]
    assert [(rate.name, rate.seconds) for rate in rates.of(None)] == [
        ("minute", 60),
        ("hour", 3600),
    ]


class TestAttempts:
    """Ten failures in 15 minutes, for an address and for an account."""

    async def test_the_eleventh_failure_and_every_question_after_the_tenth_are_refused(self):
        attempts = CountedAttempts(limits(Seconds()), most=10)
        for _ in range(10):
            await attempts.check("address:1", "account:a")
            await attempts.failed("address:1", "account:a")
        for subjects in (("address:1",), ("account:a",), ("address:9", "account:a")):
            with pytest.raises(TooManyAttempts) as refused:
                await attempts.check(*subjects)
            assert 1 <= refused.value.retry_after <= 901
        with pytest.raises(TooManyAttempts):
            await attempts.failed("address:2", "account:a")
        await attempts.check("address:2", "account:b")

    async def test_asking_costs_nothing(self):
        attempts = CountedAttempts(limits(Seconds()), most=1)
        for _ in range(5):
            await attempts.check("address:1")
        await attempts.failed("address:1")

    async def test_after_a_quarter_of_an_hour_it_goes_on(self):
        clock = Seconds()
        attempts = CountedAttempts(limits(clock), most=2)
        await attempts.failed("a")
        await attempts.failed("a")
        with pytest.raises(TooManyAttempts) as refused:
            await attempts.check("a")
        clock.now += refused.value.retry_after
        await attempts.check("a")


class FailingWindows(MemoryWindows):
    """A shared storage that can be out of reach."""

    def __init__(self, clock):
        super().__init__(clock)
        self.failure: Exception | None = None
        self.asked = 0

    async def acquire_sliding_window_entry(self, key, limit, expiry):
        self.asked += 1
        if self.failure is not None:
            raise self.failure
        return await super().acquire_sliding_window_entry(key, limit, expiry)

    async def close(self):
        self.asked = 0


@pytest.mark.parametrize(
    "failure", [StorageError(ConnectionError()), ConnectionResetError(), TimeoutError()]
)
async def test_without_its_shared_storage_a_process_counts_by_itself_and_says_so_once(
    failure, capture_logs
):
    clock = Seconds()
    shared = FailingWindows(clock)
    windows = Windows(MemoryWindows(clock), shared, now=clock)
    rates = limits(clock, windows)
    for _ in range(3):
        assert await allowed(rates, MINUTE)
    shared.failure = failure
    assert [await allowed(rates, MINUTE) for _ in range(7)] == [True] * 5 + [False] * 2
    assert shared.asked == 4, "after the first failure it is left alone"
    clock.now += PAUSE
    await allowed(rates, MINUTE)
    await allowed(rates, MINUTE)
    assert shared.asked == 5, "one request tries it again"
    shared.failure = None
    clock.now += PAUSE
    assert [await allowed(rates, MINUTE) for _ in range(3)] == [True, True, False]
    assert [line["log_level"] for line in capture_logs] == ["warning", "info"]
    await windows.close()
    assert shared.asked == 0


async def test_a_whole_line_of_ipv6_counts_as_one_address():
    """Whoever has a line has 2⁶⁴ addresses to vary; failed logins are counted by it, too."""
    assert (
        neighbourhood("2001:db8:1:2::7")
        == neighbourhood("2001:db8:1:2:ffff::")
        != "2001:db8:1:2::7"
    )
    assert neighbourhood("2001:db8:1:3::7") == "2001:db8:1:3::/64"
    assert neighbourhood("192.0.2.7") == "192.0.2.7"
    assert neighbourhood("not an address") == "not an address"
    assert set(login_subjects("dana@example.com", "2001:db8:1:2::7")) == set(
        login_subjects("dana@example.com", "2001:db8:1:2::8")
    )
