"""`python -m tests.mutation`: change the domain in one place at a time, and see a test fail.

Prints what became of the mutants, by room of the domain, and the survivors that no list names. The
exit code is 0 where 90 % or more were killed. What is known stays in `.mutation/`, so that a run
which was cut short goes on where it was.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import takewhile
from math import inf
from typing import Final

import click
import pytest
from rich.console import Console
from rich.table import Table

from tests.mutation.baseline import baseline
from tests.mutation.children import Result
from tests.mutation.mutants import ROOT, Mutant, all_mutants, modules, path_of
from tests.mutation.results import ALIVE, DEAD, Listed, Results, by_room, figures, listed
from tests.mutation.running import Pace, run

GOAL: Final = 90.0
EVERY: Final = 30.0
"""Seconds between two lines of progress."""
CONTROLS: Final = 4
Found = list[tuple[Mutant, Result]]


def chosen_modules(names: Iterable[str], since: str | None) -> list[str]:
    """The modules in the named rooms (`cycle`, `use_cases.closing`), changed since a commit."""
    every = modules()
    rooms = tuple(f"haitech_domain.{name}" for name in names)
    some = [
        module
        for module in every
        if not rooms or any(module == room or module.startswith(f"{room}.") for room in rooms)
    ]
    if not some:
        raise click.UsageError(f"no module of the domain is called {', '.join(names)}")
    if since is None:
        return some
    command = ("git", "diff", "--name-only", since, "--", "haitech_domain")
    changed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = {ROOT / name for name in changed.split()}
    return [module for module in some if path_of(module) in paths]


def sampled(mutants: list[Mutant], size: int | None, seed: int) -> list[Mutant]:
    """So many of them, or all, in an order of chance.

    What was tried until a run was cut short is therefore a sample as well, and a smaller sample of
    a seed is the beginning of a larger one.
    """
    shuffled = list(mutants)
    random.Random(seed).shuffle(shuffled)  # noqa: S311  # no secret
    return shuffled[:size]


def controls(mutants: list[Mutant]) -> list[Mutant]:
    """Some that change nothing, from all over and of each way of placing: they have to survive."""
    some = []
    for deferred in (True, False):
        those = [mutant for mutant in mutants if mutant.deferred is deferred]
        some += [mutant.control() for mutant in those[:: max(1, len(those) // CONTROLS)]]
    return some


def tried(mutants: list[Mutant], results: Results, jobs: int, seconds: float) -> Found:
    """Try those of which nothing is known, and say how far it is; no new one after so many seconds.

    What is known then of later ones, from other runs, is left out: it would be no sample.

    :raises SystemExit: tests fail that were given nothing to fail by
    """
    waiting = [mutant for mutant in mutants if results.of(mutant) is None]
    done = 0
    fault = ""
    said = time.monotonic()

    def tell(mutant: Mutant, result: Result) -> None:
        nonlocal done, fault, said
        if mutant.is_control:
            if result.status not in ALIVE:
                fault = f"{mutant.module} unchanged is {result.status} by {result.by}"
                pytest.exit(fault)
            return
        results.note(mutant, result)
        done += 1
        if result.status == "broken":
            print(f"cannot be tried: {mutant}\n{result.by}", flush=True)
        if time.monotonic() - said > EVERY or done == len(waiting):
            said = time.monotonic()
            print(f"{done} of {len(waiting)}, now in {mutant.module}", flush=True)

    print(f"{len(mutants)} mutants, {len(waiting)} to try, {jobs} at once", flush=True)
    if waiting:
        run([*controls(waiting), *waiting], baseline(jobs), Pace(jobs, seconds), tell)
    if fault:
        sys.exit(fault)
    known = ((mutant, results.of(mutant)) for mutant in mutants)
    until = takewhile(lambda pair: pair[1] is not None or results.is_broken(pair[0]), known)
    return [(mutant, result) for mutant, result in until if result is not None]


def table_of(found: Found, known: list[Listed]) -> Table:
    """The figures of each room of the domain, and of all."""
    table = Table(title="mutants of haitech_domain")
    for head in ("room", "mutants", "killed", "timed out", "survived", "no test", "score"):
        table.add_column(head, justify="left" if head == "room" else "right")
    for room, of_room in {**by_room(found), "all": found}.items():
        tally = figures(of_room, known)
        counts = (tally.mutants, tally.killed, tally.late, tally.survived, tally.untested)
        if room == "all":
            table.add_section()
        table.add_row(room, *map(str, counts), f"{tally.score:.1f} %")
    return table


def to_read(found: Found, known: list[Listed], every: list[Mutant]) -> Iterator[str]:
    """Survivors that nobody has read, and entries of the list that are not true any more."""
    entries = {entry.of: entry for entry in known}
    for mutant, result in sorted(found, key=lambda pair: (pair[0].module, pair[0].start)):
        entry = entries.get(mutant.of)
        if result.status in ALIVE and entry is None:
            where = f"{path_of(mutant.module).relative_to(ROOT)}:{mutant.line}"
            yield f"{result.status}: {where} {mutant.place} [{mutant.nth}]: {mutant.change}"
        elif result.status in DEAD and entry is not None:
            yield f"listed, but killed by {result.by}: {entry}"
    there = {mutant.of for mutant in every}
    tried = {mutant.module for mutant in every}
    for entry in known:
        if entry.module in tried and entry.of not in there:
            yield f"listed, but there is no such mutant: {entry}"


@click.command()
@click.option("--module", "names", multiple=True, help="Only a room: cycle, use_cases.closing.")
@click.option("--sample", type=int, help="Only so many of the mutants, taken at random.")
@click.option("--seed", default=1, show_default=True, help="Of the sample: the same again.")
@click.option("--since", help="Only modules that differ from a commit, such as main.")
@click.option("--minutes", default=100.0, show_default=True, help="No new mutant after; 0: no end.")
@click.option("--jobs", type=int, help="Mutants at once; as many as there are cores.")
@click.option("--fresh", is_flag=True, help="Forget what earlier runs have found.")
def main(
    *,
    names: tuple[str, ...],
    sample: int | None,
    seed: int,
    since: str | None,
    minutes: float,
    jobs: int | None,
    fresh: bool,
) -> None:
    jobs = jobs or len(os.sched_getaffinity(0))
    console = Console()
    began, before = time.monotonic(), os.times()
    every = list(all_mutants(chosen_modules(names, since)))
    mutants = sampled(every, sample, seed)
    results = Results.at(fresh=fresh)
    found = tried(mutants, results, jobs, 60 * minutes or inf)
    known = listed()
    console.print(table_of(found, known))
    for line in to_read(found, known, every):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    tally = figures(found, known)
    spent = os.times()
    cpu = sum(spent[:4]) - sum(before[:4])
    print(f"{time.monotonic() - began:.0f} s, {cpu:.0f} s of processor time, {jobs} at once")
    if len(found) < len(every):
        least, most = tally.interval()
        print(
            f"a sample of {len(found)} of {len(every)} mutants, seed {seed}: "
            f"with 95 % confidence the score of all is {least:.1f} to {most:.1f} %"
        )
    print(f"score without {tally.equivalent} equivalents: {tally.score_without_equivalents:.1f} %")
    print(f"score: {tally.score:.1f} % (goal: {GOAL:.0f} %)")
    broken = sum(map(results.is_broken, mutants))
    if broken:
        print(f"{broken} mutants could not be tried: the session's own fault")
    sys.exit(tally.score < GOAL or broken > 0 or not found)


if __name__ == "__main__":
    main()
