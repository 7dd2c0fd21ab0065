"""Doing jobs: what whoever does one answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Final, TypeAlias

import attrs

from haitech_domain.ports.jobs import Job
from haitech_domain.ports.unit_of_work import Transaction

Settle: TypeAlias = Callable[[Transaction], Awaitable[object]]
"""What it answers, where that is a `Note`, is told once the transaction is kept."""


@attrs.frozen
class Note:
    """What the people who run the program should read in its log: a sentence, and facts."""

    says: str
    facts: Mapping[str, str]


@attrs.frozen(kw_only=True)
class Outcome:
    """What became of a job. `settle` writes what follows, in the transaction that ends the job.

    `again_at` puts it off, and `buried` gives it up, for the reason `why`.
    """

    settle: Settle | None = None
    again_at: datetime | None = None
    buried: bool = False
    why: str | None = None


DONE: Final = Outcome()

Handler: TypeAlias = Callable[[Job], Awaitable[Outcome]]
"""Does the jobs of a kind, without a transaction. What it raises makes the job be tried again."""
