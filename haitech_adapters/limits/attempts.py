"""Failures counted against addresses and accounts: the port `Attempts`."""

from __future__ import annotations

from typing import Final

from haitech_adapters.limits.counting import SlidingRates
from haitech_domain.ports import Rate, TooManyAttempts, Verdict

QUARTER: Final = 15 * 60


class CountedAttempts:
    """At most `most` failures in 15 minutes for each subject."""

    def __init__(self, rates: SlidingRates, *, most: int) -> None:
        self._rates = rates
        self._rate = Rate("failed", most, QUARTER)

    async def check(self, *subjects: str) -> None:
        """:raises TooManyAttempts: one of the subjects has used up what it is allowed"""
        _insist([await self._rates.look(subject, self._rate) for subject in subjects])

    async def failed(self, *subjects: str) -> None:
        """Count one failure against each subject.

        :raises TooManyAttempts: one of them had used up what it is allowed before this one
        """
        _insist([await self._rates.spend(subject, [self._rate]) for subject in subjects])


def _insist(verdicts: list[Verdict]) -> None:
    waits = [verdict.retry_after for verdict in verdicts if verdict.retry_after is not None]
    if waits:
        raise TooManyAttempts(max(waits))
