"""Exact shekels (R-MONEY-1…3, R-MONEY-6).

An amount is held as a whole number of agorot, so no operation depends on a decimal context and
none can pass through a binary float. `Gross` and `Net` are types of their own: adding one to the
other is a type error for the checker and a `TypeError` at run time.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Final, Self, TypeVar

import attrs

from haitech_domain.errors import BadValue

AGOROT: Final = 100
DECIMALS: Final = 2
_NUMBER: Final = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")
MOST: Final = 99_999_999_999_999
"""The largest amount, in agorot: what a `numeric(14, 2)` column holds."""


def rounded(exact: Fraction) -> int:
    """R-MONEY-2: the nearest whole number, halves away from zero."""
    whole, rest = divmod(abs(exact.numerator), exact.denominator)
    whole += 2 * rest >= exact.denominator
    return whole if exact >= 0 else -whole


def decimal_of(exact: Fraction, places: int) -> Decimal:
    """A number with so many decimals, rounded half away from zero."""
    return Decimal(rounded(exact * 10**places)).scaleb(-places)


@functools.lru_cache(maxsize=4_096)  # amounts repeat
def _shekels(agorot: int) -> Decimal:
    return Decimal(_text(agorot))


def _text(agorot: int) -> str:
    whole, rest = divmod(abs(agorot), AGOROT)
    return f"{'-' if agorot < 0 else ''}{whole}.{rest:02}"


@attrs.frozen(order=True)
class Money:
    """An exact amount of shekels (ILS) with two decimals, possibly negative.

    >>> print(Money.of("45.50") * 12)
    546.00
    """

    agorot: int = attrs.field(default=0)

    def __attrs_post_init__(self) -> None:
        if type(self.agorot) is not int:
            message = f"agorot are a whole number, not {type(self.agorot).__name__}"
            raise TypeError(message)
        if abs(self.agorot) > MOST:
            raise BadValue("is too large an amount", reason="money.out_of_range")

    @classmethod
    def of(cls, given: object) -> Self:
        """Read an amount of shekels from a `Decimal`, an `int`, or their text.

        :raises BadValue: not a number, a float, more than two decimals (R-MONEY-6), too large
        """
        if type(given) is cls:
            return given
        if isinstance(given, bool) or not isinstance(given, (int, str, Decimal)):
            raise BadValue("must be an amount like 45.50", reason="money.not_a_number")
        if isinstance(given, str) and not _NUMBER.fullmatch(given):
            raise BadValue("must be an amount like 45.50", reason="money.not_a_number")
        amount = Decimal(given)
        exponent = amount.as_tuple().exponent
        if not isinstance(exponent, int):
            raise BadValue("must be an amount like 45.50", reason="money.not_a_number")
        if exponent < -DECIMALS:
            raise BadValue("has more than two decimals", reason="money.too_many_decimals")
        if amount and amount.adjusted() > len(str(MOST)):
            raise BadValue("is too large an amount", reason="money.out_of_range")
        return cls(int(Fraction(amount) * AGOROT))

    @classmethod
    def rounding(cls, shekels: Fraction) -> Self:
        """The one place where an exact result becomes an amount (R-MONEY-2)."""
        return cls(rounded(shekels * AGOROT))

    @classmethod
    def total(cls, amounts: Iterable[Self]) -> Self:
        """The exact sum; zero for none."""
        return cls(sum(amount.agorot for amount in amounts))

    @property
    def amount(self) -> Decimal:
        """The amount as a `Decimal` with exactly two decimals."""
        return _shekels(self.agorot)

    @property
    def exact(self) -> Fraction:
        """The amount in shekels, for arithmetic that rounds once at its end."""
        return Fraction(self.agorot, AGOROT)

    def __str__(self) -> str:
        return _text(self.agorot)

    def __bool__(self) -> bool:
        return self.agorot != 0

    def __add__(self, other: Self) -> Self:
        return type(self)(self.agorot + self._same(other))

    def __sub__(self, other: Self) -> Self:
        return type(self)(self.agorot - self._same(other))

    def __neg__(self) -> Self:
        return type(self)(-self.agorot)

    def __mul__(self, times: int) -> Self:
        return type(self)(self.agorot * times)

    def _same(self, other: Money) -> int:
        if type(other) is not type(self):
            message = f"{type(self).__name__} and {type(other).__name__} do not mix"
            raise TypeError(message)
        return other.agorot


@attrs.frozen(order=True)
class Gross(Money):
    """An amount with VAT inside.

    >>> print(Gross.of(1180).net(Fraction(18, 100)))
    1000.00
    """

    def net(self, rate: Fraction) -> Net:
        """R-MONEY-4: the amount without VAT of `rate` (18 % is 18/100), rounded once."""
        return Net.rounding(self.exact / (1 + rate))


@attrs.frozen(order=True)
class Net(Money):
    """An amount without VAT."""


M = TypeVar("M", bound=Money)


def allocate(total: M, shares: int) -> list[M]:
    """R-MONEY-3: `shares` amounts that sum to `total`, differ by at most 0.01, larger first.

    >>> [str(share) for share in allocate(Net.of("847.46"), 3)]
    ['282.49', '282.49', '282.48']

    :raises ValueError: fewer than one share
    """
    if shares < 1:
        message = f"an amount cannot be split into {shares} shares"
        raise ValueError(message)
    return [allocated(total, shares, position) for position in range(1, shares + 1)]


def allocated(total: M, shares: int, position: int) -> M:
    """One share of `allocate`, 1-based, without making the others.

    >>> str(allocated(Net.of("847.46"), 3, 3))
    '282.48'

    :raises ValueError: there is no such share
    """
    if not 1 <= position <= shares:
        message = f"there is no share {position} of {shares}"
        raise ValueError(message)
    each, rest = divmod(total.agorot, shares)
    return type(total)(each + (position <= rest))
