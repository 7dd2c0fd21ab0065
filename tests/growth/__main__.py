"""`python -m tests.growth [FEWEST MORE MOST]`: whether lists and single reads stay flat as a school grows.

Three schools, of 10,000, 100,000 and 1,000,000 completed meetings with all that belongs to them, in
one PostgreSQL, each served by the real program. Every question is put to the three in turns, and
what is told of it is the processor time of program and database together for one request, as the
median of some rounds: what else the machine does spoils that least. HAITECH_GROWTH=FOLDER keeps the
schools there, and takes them from there the next time.

The exit code is 0 where no question costs at the most meetings more than 1.5 times what it costs at
the fewest, beyond half a millisecond, the rows that its page has more, and those that its total counts
more, which are 10,000 at most.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import attrs
import httpx

from haitech_adapters.postgres import embedded, migrate
from haitech_adapters.postgres.totals import LONG
from haitech_app.api_document import api_document
from tests.drills.growing import SETTINGS
from tests.drills.reports.school import Size, fill, is_empty
from tests.growth.questions import Question, questions
from tests.journeys.program import Program, programs

SIZES: Final = (10_000, 100_000, 1_000_000)
FLAT: Final = 1.5
"""What the most may cost of the fewest."""
NOISE: Final = 0.0005
"""Seconds of processor time that do not count."""
A_ROW: Final = 0.00006
"""Seconds that it takes to read, show and send one row more."""
COUNTED: Final = 0.000001
"""Seconds that it takes to count one row more, of as many as are counted each time: `LONG` at most."""
ROUNDS: Final = 5
AT_ONCE: Final = 5
"""Requests of one round."""
FAR: Final = 10
"""Pages of a hundred rows before the one that is far behind."""


@attrs.frozen
class School:
    """A school that is served."""

    program: Program
    client: httpx.Client
    backends: int
    """The process of PostgreSQL whose children answer."""

    def asked(self, question: Question, cursor: str | None) -> httpx.Response:
        """An answer. :raises RuntimeError: it is none"""
        query = {**question.query, **({"cursor": cursor} if cursor else {})}
        answer = self.client.get(question.path, params=query)
        if not answer.is_success:
            raise RuntimeError(f"{question.path} {query}: {answer.text}")
        return answer

    def cursor(self, question: Question) -> str | None:
        """Where the page far behind begins; the last page there is, if there are not so many."""
        found: str | None = None
        for _ in range(FAR if question.deep else 0):
            query = {"limit": "100", **({"cursor": found} if found else {})}
            page = self.client.get(question.path, params=query).json()["pagination"]
            if not page.get("nextCursor"):
                break
            found = page["nextCursor"]
        return found

    def used(self) -> float:
        """Seconds of processor time that the program and the database have taken."""
        return sum(map(_time_of, (*_family(self.program.process.pid), *_family(self.backends))))


@attrs.frozen
class Found:
    """What a question cost at each size: at first, then as the median of rounds; and its rows."""

    firsts: Sequence[float]
    medians: Sequence[float]
    rows: Sequence[int]
    totals: Sequence[int]

    @property
    def is_flat(self) -> bool:
        """Whether it costs as much at the most as at the fewest."""
        few, many = (total if total <= LONG else 0 for total in (self.totals[0], self.totals[-1]))
        more = max(0, self.rows[-1] - self.rows[0]) * A_ROW + max(0, many - few) * COUNTED
        return self.medians[-1] <= FLAT * self.medians[0] + NOISE + more


def main(sizes: Sequence[int]) -> int:
    """Make the schools, ask, print."""
    with ExitStack() as open_ones:
        temporary = Path(open_ones.enter_context(tempfile.TemporaryDirectory()))
        folder = Path(os.environ.get("HAITECH_GROWTH", temporary)).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        open_ones.enter_context(embedded.embedded(folder / "postgres"))
        backends = int((folder / "postgres" / "postmaster.pid").read_text().split()[0])
        start = open_ones.enter_context(programs(temporary))
        schools = []
        for size in sizes:
            url = _school(folder / "postgres", size)
            program = start("serve", database_url=url, **SETTINGS).ready()
            client = open_ones.enter_context(program.client())
            schools.append(School(program, client, backends))
        return _table(sizes, schools)


def _school(files: Path, meetings: int) -> str:
    url = embedded.start(files, database=f"meetings_{meetings}")
    migrate.upgrade(url)
    if is_empty(url):
        print(f"a school of {meetings:,} meetings …", flush=True)
        fill(url, Size(meetings=meetings))
    return url


def _table(sizes: Sequence[int], schools: Sequence[School]) -> int:
    heads = "".join(f"{size:>11,}" for size in sizes)
    print(f"\n{os.cpu_count()} cores; processor time of a request, in ms, at so many meetings\n")
    print(
        f"{'read':<36}{'with':<34}{heads}{'ratio':>7}{'at first':>10}{'rows':>9}{'of':>11}"
        f"  goal: at most {FLAT} times",
    )
    steep = asked = 0
    for question in questions(api_document()):
        found = _found(question, schools)
        steep += not found.is_flat
        asked += 1
        print(_line(question, found), flush=True)
    print(f"\n{asked} reads, of which {steep} are not flat")
    return int(steep > 0)


def _line(question: Question, found: Found) -> str:
    path = question.path
    for word in path.split("/"):
        if len(word) == len("00000000-0000-0000-0000-000000000000"):
            path = path.replace(word, "…")
    figures = "".join(f"{seconds * 1000:>11.2f}" for seconds in found.medians)
    return (
        f"{path:<36}{question.called:<34}{figures}{found.medians[-1] / found.medians[0]:>7.2f}"
        f"{found.firsts[-1] * 1000:>10.1f}{f'{found.rows[0]}/{found.rows[-1]}':>9}"
        f"{found.totals[-1]:>11,}"
        f"  {'flat' if found.is_flat else 'NOT FLAT'}"
    )


def _found(question: Question, schools: Sequence[School]) -> Found:
    cursors = [school.cursor(question) for school in schools]
    firsts, rows, totals = [], [], []
    for school, cursor in zip(schools, cursors, strict=True):
        before = school.used()
        answer = school.asked(question, cursor).json()
        data = answer["data"]
        firsts.append(school.used() - before)
        rows.append(len(data) if isinstance(data, list) else 1)
        totals.append(answer.get("pagination", {"total": 1})["total"])
    rounds: list[list[float]] = [[] for _ in schools]
    for _ in range(ROUNDS):
        for school, cursor, taken in zip(schools, cursors, rounds, strict=True):
            before = school.used()
            for _ in range(AT_ONCE):
                school.asked(question, cursor)
            taken.append((school.used() - before) / AT_ONCE)
    return Found(firsts, list(map(statistics.median, rounds)), rows, totals)


def _family(pid: int) -> Iterator[int]:
    """A process and its children."""
    yield pid
    yield from map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


def _time_of(pid: int) -> float:
    """Seconds on a processor, of all threads; none for a process that ended meanwhile."""
    total = 0
    try:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            total += int((thread / "schedstat").read_text().split()[0])
    except OSError:
        return 0.0
    return total / 1e9


def _sizes(given: Sequence[Any]) -> Sequence[int]:
    return tuple(map(int, given)) or SIZES


if __name__ == "__main__":
    sys.exit(main(_sizes(sys.argv[1:])))
