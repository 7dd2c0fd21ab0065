"""How many came."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from typing import Self

import attrs

from haitech_domain.attendance.entity import AttendanceStatus, Mark


@attrs.frozen(kw_only=True)
class MarkCounts:
    """Marks by status, whatever they are counted over: a meeting, a child, a cycle, a branch."""

    present: int = 0
    absent: int = 0
    late: int = 0

    @classmethod
    def of(cls, marks: Iterable[Mark]) -> Self:
        """Those of some marks."""
        counted = Counter(mark.status for mark in marks)
        return cls(**{status.value: counted[status] for status in AttendanceStatus})

    def __add__(self, other: Self) -> Self:
        return type(self)(
            present=self.present + other.present,
            absent=self.absent + other.absent,
            late=self.late + other.late,
        )

    @property
    def total(self) -> int:
        """How many marks."""
        return self.present + self.absent + self.late

    @property
    def rate(self) -> Fraction | None:
        """R-ATT-4: (present + late) / all marks, from 0 to 1; without marks there is none."""
        return Fraction(self.present + self.late, self.total) if self.total else None
