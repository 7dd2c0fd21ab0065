"""How often somebody may ask: rates, how one stands against them, and who counts."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address
from typing import Final, Protocol

import attrs

from haitech_domain.access import Actor

LEADS_PER_MINUTE: Final = 30
_LINE: Final = 64
"""Bits of an IPv6 address that tell one line from another; the rest anybody on it can vary."""


def neighbourhood(address: str) -> str:
    """Whom an address on the network is counted as: itself, or for IPv6 the network of its line.

    >>> neighbourhood("192.0.2.7"), neighbourhood("2001:db8:1:2:3::4")
    ('192.0.2.7', '2001:db8:1:2::/64')
    """
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv6Address):
        return f"{IPv6Address(int(known) >> _LINE << _LINE)}/{_LINE}"
    return str(known)


@attrs.frozen(cache_hash=True)
class Rate:
    """At most `most` times within any `seconds`; `name` is what clients know it by."""

    name: str
    most: int
    seconds: int


@attrs.frozen(kw_only=True)
class Standing:
    """How somebody stands against one rate, and in how many seconds its window ends."""

    rate: Rate
    remaining: int
    resets_in: float


@attrs.frozen(kw_only=True)
class Verdict:
    """Whether one more was allowed: `retry_after` seconds from now it is, None where it was."""

    standings: tuple[Standing, ...]
    retry_after: int | None = None

    @property
    def tightest(self) -> Standing:
        """The rate that leaves the fewest; of equals, the one that takes longest to recover."""
        return min(self.standings, key=lambda one: (one.remaining, -one.resets_in))


class RateLimits(Protocol):
    """Counts of what was done, within moving stretches of time."""

    async def spend(self, subject: str, rates: Sequence[Rate]) -> Verdict:
        """Count one for the subject where every rate allows it; what is refused costs nothing."""
        ...


@attrs.frozen(kw_only=True)
class RequestRates:
    """How often one caller may ask: a rate for the hour, one for bursts, and one for leads."""

    per_hour: int
    per_minute: int
    leads_per_minute: int = LEADS_PER_MINUTE

    @property
    def leads(self) -> Rate:
        """How often one caller may bring leads, besides: forms that a robot fills are stopped."""
        return Rate("leads", self.leads_per_minute, 60)

    def of(self, actor: Actor | None) -> tuple[Rate, ...]:
        """The rates of a caller; None for one who is not known.

        A key's own limit takes the place of the hour's. Its bursts keep the proportion of the
        settings, and are never smaller than everybody's.
        """
        hour, minute = self.per_hour, self.per_minute
        if actor is not None and actor.rate_limit is not None:
            hour = actor.rate_limit
            minute = max(minute, hour * self.per_minute // self.per_hour)
        return Rate("minute", minute, 60), Rate("hour", hour, 3600)
