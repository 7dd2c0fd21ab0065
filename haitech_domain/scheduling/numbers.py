"""The numbers of a cycle's meetings (R-SCHED-4, R-SCHED-5)."""

from __future__ import annotations

from collections.abc import Collection
from itertools import count


def missing_numbers(taken: Collection[int], total: int) -> list[int]:
    """The numbers in 1…total that no teaching meeting holds, rising."""
    held = set(taken)
    return [number for number in range(1, total + 1) if number not in held]


def lowest_free(taken: Collection[int]) -> int:
    """The number of a meeting made by hand: the lowest free one, however high."""
    held = set(taken)
    return next(number for number in count(1) if number not in held)


def own_or_free(number: int | None, taken: Collection[int]) -> int:
    """R-MEET-2: a restored meeting's own number, or a free one where that is taken."""
    return number if number is not None and number not in set(taken) else lowest_free(taken)
