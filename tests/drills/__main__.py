"""`python -m tests.drills [NAME…]`: every drill against the real parts, and what was lost and doubled.

The exit code is 0 only where nothing was, and what is measured keeps to its bounds.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Final

from tests.drills import exporting, registrations, telling
from tests.drills.outcome import Outcome
from tests.journeys.live_school import LiveSchool, live_school

ROUNDS: Final = 10
Drill = Callable[[LiveSchool], Awaitable[Outcome]]
DRILLS: Final[dict[str, Drill]] = {
    "last-places": registrations.last_places,
    "one-balance": registrations.one_balance,
    "everything-at-once": registrations.everything_at_once,
}
"""Each is run ten times in a row on an empty school of its own."""
ONCE: Final[dict[str, Callable[[], bool]]] = {"telling": telling.run, "exporting": exporting.run}
"""Those that are run once, with a database and programs of their own, some for a quarter of an hour."""

HEAD: Final = f"{'drill':<22}{'tried':>7}{'done':>7}{'lost':>7}{'doubled':>9}{'seconds':>9}"


async def _drilled(drill: Drill) -> Outcome:
    outcomes = []
    for _ in range(ROUNDS):
        async with live_school() as school:
            outcomes.append(await drill(school))
    return Outcome.together(outcomes)


def main(names: list[str]) -> int:
    """Run the named drills, or all of them."""
    known = [*DRILLS, *ONCE]
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"no drill is called {', '.join(unknown)}; there are {', '.join(known)}")
        return 2
    chosen = names or known
    raced = [name for name in chosen if name in DRILLS]
    clean = _raced(raced) if raced else True
    once = [ONCE[name]() for name in chosen if name in ONCE]
    return 0 if clean and all(once) else 1


def _raced(names: list[str]) -> bool:
    print(HEAD)
    clean = True
    for name in names:
        began = time.perf_counter()
        found = asyncio.run(_drilled(DRILLS[name]))
        took = time.perf_counter() - began
        figures = f"{found.tried:>7}{found.done:>7}{found.lost:>7}{found.doubled:>9}{took:>9.1f}"
        print(f"{name:<22}{figures}", flush=True)
        clean = clean and found.is_clean
    return clean


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
