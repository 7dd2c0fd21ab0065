"""Figures that explain themselves (R-REV-6)."""

from __future__ import annotations

from typing import Generic, TypeVar

import attrs

from haitech_domain.money import Money


def _shekels(amount: Money) -> Money:
    """A line's amount is an amount as such: whether gross or net, its text says."""
    return Money(amount.agorot)


@attrs.frozen
class Line:
    """One step of a calculation.

    `text` is the step as it is read aloud («12 children × 45.50 = 546.00»); `amount` what it
    came to; `rule` the number of the rule it follows. `quantity`, `unit` and `rate` are its parts
    where it is a product.
    """

    text: str
    amount: Money = attrs.field(converter=_shekels)
    rule: str
    quantity: str | None = None
    unit: str | None = None
    rate: str | None = None

    def __str__(self) -> str:
        return self.text


M_co = TypeVar("M_co", bound=Money, covariant=True)


@attrs.frozen
class Figure(Generic[M_co]):
    """An amount with the lines that lead to it."""

    amount: M_co
    lines: tuple[Line, ...]

    def __str__(self) -> str:
        return "\n".join(map(str, self.lines))


def product(quantity: object, unit: str, rate: object, amount: Money, rule: str) -> Line:
    """The line of a product: «12 children × 45.50 = 546.00»."""
    text = f"{quantity} {unit} × {rate} = {amount}"
    return Line(text, amount, rule, str(quantity), unit, str(rate))
