"""What a drill found: how much was tried, what was lost and what was done twice (the goal is none)."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

import attrs

_WIDE: Final = 46
_ROW: Final = "{:<46}{:>8}{:>7}{:>9}  {:<8}{}"


@attrs.frozen(kw_only=True)
class Outcome:
    """A drill's figures. `lost` was answered and is not there, `doubled` is there unanswered."""

    name: str
    tried: int
    done: int
    lost: int
    doubled: int
    seen: str = ""
    """What else is worth knowing, for people."""
    wrong: Sequence[str] = ()
    """What must not be, besides: answers that nobody promised, figures that are no recount."""

    @property
    def is_clean(self) -> bool:
        """Nothing was lost, nothing done twice, and nothing else is wrong."""
        return not (self.lost or self.doubled or self.wrong)

    @property
    def row(self) -> str:
        """It as a line of the table, and a line for each thing that is wrong."""
        verdict = "clean" if self.is_clean else "FAILED"
        line = _ROW.format(self.name, self.tried, self.lost, self.doubled, verdict, self.seen)
        return "\n".join([line.rstrip(), *(f"{'':<{_WIDE}}  wrong: {why}" for why in self.wrong)])

    @classmethod
    def of(
        cls, name: str, *, tried: int, answered: Iterable[Any], there: Iterable[Any], **more: Any
    ) -> Outcome:
        """What callers were told was done, against what is there."""
        told, found = Counter(answered), Counter(there)
        return cls(
            name=name,
            tried=tried,
            done=told.total(),
            lost=(told - found).total(),
            doubled=(found - told).total(),
            **more,
        )

    @classmethod
    def together(cls, rounds: Iterable[Outcome], *, name: str | None = None) -> Outcome:
        """Several rounds, or parts, of one drill as one."""
        first, *others = rounds
        for one in others:
            first = attrs.evolve(
                first,
                tried=first.tried + one.tried,
                done=first.done + one.done,
                lost=first.lost + one.lost,
                doubled=first.doubled + one.doubled,
                seen="; ".join(filter(None, (first.seen, one.seen))),
                wrong=[*first.wrong, *one.wrong],
            )
        return attrs.evolve(first, name=name or first.name)


def table(outcomes: Iterable[Outcome]) -> str:
    """All outcomes for people."""
    head = _ROW.format("fault", "tried", "lost", "doubled", "verdict", "what else was seen")
    return "\n".join([head, *(outcome.row for outcome in outcomes)])


def part() -> float:
    """The part of every drill that is wanted: HAITECH_DRILL, 1 where it is not set."""
    return float(os.environ.get("HAITECH_DRILL", "1"))


def scaled(whole: int, least: int = 1) -> int:
    """So much of the whole as is wanted, but at least so much."""
    return max(least, round(whole * part()))
