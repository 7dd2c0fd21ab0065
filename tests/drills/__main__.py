"""`python -m tests.drills [NAME…]`: every fault of quality.md against the real parts, in one table at the end.

Each drill prints what was tried, what was lost and what was doubled. The exit code is 0 only where nothing was,
and nothing else is wrong. HAITECH_DRILL=0.1 does a tenth of everything.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
import traceback
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from typing import Final

from tests.drills import exporting, filling, killing, racing, registrations, telling
from tests.drills.outcome import Outcome, part, scaled, table
from tests.journeys.live_school import LiveSchool, live_school

ROUNDS: Final = 10
Race = Callable[[LiveSchool], Awaitable[Outcome]]
Drill = Callable[[], Sequence[Outcome]]


def _repeated(race: Race) -> Sequence[Outcome]:
    """A race of the verbs themselves, several times in a row, each on an empty school of its own."""

    async def rounds() -> list[Outcome]:
        outcomes = []
        for _ in range(scaled(ROUNDS)):
            async with live_school() as school:
                outcomes.append(await race(school))
        return outcomes

    return [Outcome.together(asyncio.run(rounds()))]


DRILLS: Final[dict[str, Drill]] = {
    "last-places": partial(_repeated, registrations.last_places),
    "one-balance": partial(_repeated, registrations.one_balance),
    "everything-at-once": partial(_repeated, registrations.everything_at_once),
    **{name: partial(racing.run, name) for name in racing.RACES},
    "full-pool": filling.run,
    "api-killed": killing.api_killed,
    "postgres-restarted": killing.postgres_restarted,
    "telling": telling.run,
    "exporting": exporting.run,
}
"""By name; each has a database and programs of its own."""


def _steps(names: list[str]) -> Iterator[tuple[str, Drill]]:
    """The drills in their order; races over HTTP on the same servers, which take longest to start."""
    raced = [name for name in names if name in racing.RACES]
    for name in names:
        if name not in raced:
            yield name, DRILLS[name]
        elif name == raced[0]:
            yield ", ".join(raced), partial(racing.run, *raced)


def _found(name: str, drill: Drill) -> Sequence[Outcome]:
    """What a drill found; one that broke off is a failure among others, which are run all the same."""
    try:
        return drill()
    except Exception as error:  # noqa: BLE001  # it is printed, and told in the table
        traceback.print_exc()
        why = [f"it broke off: {error!r:.200}"]
        return [Outcome(name=name, tried=0, done=0, lost=0, doubled=0, wrong=why)]


def main(names: list[str]) -> int:
    """Run the named drills, or all of them."""
    unknown = [name for name in names if name not in DRILLS]
    if unknown:
        print(f"no drill is called {', '.join(unknown)}; there are {', '.join(DRILLS)}")
        return 2
    outcomes: list[Outcome] = []
    for name, drill in _steps(names or list(DRILLS)):
        print(f"{name} …", flush=True)
        began = time.perf_counter()
        found = _found(name, drill)
        print(f"{table(found)}\n{name}: {time.perf_counter() - began:.0f} s\n", flush=True)
        outcomes += found
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    print(f"\n{part():g} of every drill, {machine}; the goal: nothing lost, nothing doubled")
    print(table(outcomes))
    return 0 if all(outcome.is_clean for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
