"""What a drill found: how much was tried, what was lost and what was done twice (the goal is none)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import attrs


@attrs.frozen(kw_only=True)
class Outcome:
    """A drill's figures. `lost` was answered and is not there, `doubled` is there unanswered."""

    name: str
    tried: int
    done: int
    lost: int
    doubled: int

    @property
    def is_clean(self) -> bool:
        """Nothing was lost, and nothing done twice."""
        return not (self.lost or self.doubled)

    @classmethod
    def of(cls, name: str, *, tried: int, answered: Iterable[Any], there: Iterable[Any]) -> Outcome:
        """What callers were told was done, against what is there."""
        told, found = Counter(answered), Counter(there)
        return cls(
            name=name,
            tried=tried,
            done=told.total(),
            lost=(told - found).total(),
            doubled=(found - told).total(),
        )

    @classmethod
    def together(cls, rounds: Iterable[Outcome]) -> Outcome:
        """Several rounds of one drill as one."""
        first, *others = rounds
        for one in others:
            first = attrs.evolve(
                first,
                tried=first.tried + one.tried,
                done=first.done + one.done,
                lost=first.lost + one.lost,
                doubled=first.doubled + one.doubled,
            )
        return first
