"""A cycle's progress, derived from its meetings (R-CYC-1)."""

from __future__ import annotations

from datetime import date

import attrs


@attrs.frozen(kw_only=True)
class Tally:
    """What counting a cycle's live meetings gives.

    `completed_in_plan` counts the completed ones numbered 1…total; `last_day` and
    `highest_number` look at teaching (scheduled or completed) meetings only.
    """

    completed: int = 0
    scheduled: int = 0
    cancelled: int = 0
    postponed: int = 0
    completed_in_plan: int = 0
    last_day: date | None = None
    highest_number: int = 0


@attrs.frozen(kw_only=True)
class Progress:
    """How far a cycle is: counts of its meetings by status, and how many remain."""

    total: int
    completed: int
    scheduled: int
    cancelled: int
    postponed: int
    remaining: int
