"""`python -m tests.machine --examples 5000 --on postgres`: the machine for as long as one likes.

Prints how often each verb was done and refused, and stops at the first disagreement with the
steps that lead to it; the exit code is 0 only where there is none.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

import click
from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from haitech_domain.testing.machine import machine_over
from tests.machine.stages import memory_stage, postgres_stages

BATCH: Final = 200
"""Examples of one search; Hypothesis remembers all of a search, so a long one is many."""


@contextmanager
def stages(on: str) -> Iterator[Any]:
    if on == "memory":
        yield memory_stage
        return
    with postgres_stages() as open_stage:
        yield open_stage


def counted(machine: type[Any], tally: Counter[tuple[str, bool]], tick: Any) -> type[Any]:
    """The machine, which says what it does."""

    class Counted(machine):  # type: ignore[misc]  # which machine, the stage decides
        def does(self, act, on_paper):
            verb = act.__qualname__.removesuffix(".__call__")
            done = super().does(act, on_paper)
            tally[verb, done is not None] += 1
            return done

        def teardown(self):
            super().teardown()
            tick()

    return Counted


@click.command()
@click.option("--examples", default=2_000, show_default=True, help="How many plays.")
@click.option("--steps", default=50, show_default=True, help="Steps of each play.")
@click.option("--on", type=click.Choice(["memory", "postgres"]), default="memory")
@click.option("--seed", "first", default=0, help="The first seed; the same plays again.")
@click.option("--shrink/--no-shrink", default=True, help="Look for the fewest steps.")
def main(examples: int, steps: int, on: str, first: int, *, shrink: bool) -> None:
    tally: Counter[tuple[str, bool]] = Counter()
    console = Console()
    phases = [Phase.generate, *([Phase.shrink] if shrink else [])]
    first = first or int.from_bytes(os.urandom(4))
    with stages(on) as open_stage, Progress(console=console) as progress:
        task = progress.add_task(f"playing on {on}, seed {first}", total=examples)
        tick = partial(progress.advance, task)
        for number, start in enumerate(range(0, examples, BATCH)):
            machine = counted(machine_over(open_stage), tally, tick)
            run_state_machine_as_test(
                seed(first + number)(machine),
                settings=settings(
                    max_examples=min(BATCH, examples - start),
                    stateful_step_count=steps,
                    phases=phases,
                    verbosity=Verbosity.normal,
                    database=None,
                    deadline=None,
                    report_multiple_bugs=False,
                    print_blob=False,
                    suppress_health_check=list(HealthCheck),
                ),
            )
    table = Table("verb", "done", "refused", title=f"{examples} plays on {on}: 0 differences")
    for verb in sorted({verb for verb, _ in tally}):
        table.add_row(verb, str(tally[verb, True]), str(tally[verb, False]))
    table.add_row(
        "all", *(str(sum(n for (_, d), n in tally.items() if d is done)) for done in (True, False))
    )
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
