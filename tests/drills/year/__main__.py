"""`python -m tests.drills.year`: a school year, played through the verbs and counted once more.

The exit code is 0 only where nothing differs.
"""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import date
from typing import Any, Final

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tests.drills.year.days import live
from tests.drills.year.founding import found
from tests.drills.year.recount import Compared, recounted
from tests.drills.year.school import MONTH, YEAR, Size, YearSchool, year_school

SHOWN: Final = 3
"""So many differences of a kind are printed."""


async def played(
    size: Size, seed: int, tick: Any = lambda _: None
) -> tuple[YearSchool, list[Compared]]:
    """A year from its first day to its recount."""
    async with year_school(size, seed) as school:
        await live(school, await found(school), tick)
        return school, [compared async for compared in recounted(school)]


@click.command()
@click.option("--small", is_flag=True, help="A few cycles and a few weeks.")
@click.option("--seed", default=0, help="The same year again, but for what happens at once.")
def main(*, small: bool, seed: int) -> None:
    """Play a year and print what was tried, and what differs: nothing."""
    size = MONTH if small else YEAR
    seed = seed or int.from_bytes(os.urandom(4))
    console = Console()
    with Progress(console=console) as progress:
        days = (size.last - size.first).days + 1
        task = progress.add_task(f"seed {seed}", total=days)

        def tick(day: date) -> None:
            progress.update(task, advance=1, description=f"{day:%d %b %Y}")

        school, compared = asyncio.run(played(size, seed, tick))
    console.print(_verbs(school))
    console.print(_recount(compared, seed))
    sys.exit(1 if any(one.differences for one in compared) else 0)


def _verbs(school: YearSchool) -> Table:
    table = Table("verb", "done", "refused", "for", title="what was done")
    total = [0, 0]
    for verb in sorted({verb for verb, _ in school.told}):
        refused = {r: n for (v, r), n in school.told.items() if v == verb and r != "done"}
        done = school.told[verb, "done"]
        total = [total[0] + done, total[1] + sum(refused.values())]
        table.add_row(verb, str(done), str(sum(refused.values())), ", ".join(sorted(refused)))
    table.add_row("all", *map(str, total), "")
    return table


def _recount(compared: list[Compared], seed: int) -> Table:
    table = Table("what", "tried", "differences", title=f"counted once more (seed {seed})")
    for one in compared:
        shown = "".join(f"\n  {wrong}" for wrong in one.differences[:SHOWN])
        table.add_row(one.what, str(one.tried), f"{len(one.differences)}{shown}")
    tried = sum(one.tried for one in compared)
    table.add_row("all", str(tried), str(sum(len(one.differences) for one in compared)))
    return table


if __name__ == "__main__":
    main()
