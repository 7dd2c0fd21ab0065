"""`python -m tests.drills.reports [MEETINGS]`: each report over a million completed meetings.

A school is made by SQL in a PostgreSQL of its own (some minutes), the real program serves it, and
every report is asked for by every grouping, with and without filters. `FOLDER` in HAITECH_REPORTS
keeps the database there, and takes it from there the next time.

Then a million rows are written as CSV, as exports write them, in memory that must stay flat.

The exit code is 0 where it does and each is answered within a second: as the fastest of some answers, for what
a busy machine adds is not the report's. Beside it stands the processor time that PostgreSQL took
for one answer, which a busy machine hardly changes.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import attrs
import httpx
import psycopg

from haitech_adapters.postgres import embedded, migrate
from haitech_domain.reports import AttendanceBy, FileFormat, RevenueBy
from tests.drills import million_rows
from tests.drills.reports.school import Size, fill, is_empty
from tests.journeys.program import as_url, programs
from tests.postgres.filled import id_of

GOAL: Final = 1.0
"""Seconds."""
TIMES: Final = 3
YEAR: Final = {"from": "2022-01-01", "to": "2022-12-31"}
ODD_DAYS: Final = {"from": "2022-01-10", "to": "2022-12-20"}
"""Days that begin and end within months."""
HEAD: Final = (
    f"{'report':<22}{'by':<12}{'filters':<16}{'rows':>8}{'seconds':>9}{'at most':>9}{'CPU s':>8}"
    f"{'KB':>8}  goal"
)


@attrs.frozen
class Question:
    """A report, by what, and how it is narrowed; `called` says how."""

    report: str
    by: str = ""
    called: str = ""
    query: dict[str, Any] = attrs.field(factory=dict)

    def params(self) -> dict[str, Any]:
        """The query string."""
        return {**({"groupBy": self.by} if self.by else {}), **self.query}


def questions(ids: dict[str, str]) -> Iterator[Question]:
    """Every report by everything, then narrowed."""
    cut = {"limit": 10_000}
    for by in RevenueBy:
        yield Question("revenue", by)
        yield Question("revenue", by, "a year", YEAR)
    for name in ("branchId", "courseId", "instructorId", "cycleId"):
        yield Question("revenue", "month", name, {name: ids[name]})
    yield Question("instructor-payments")
    yield Question("instructor-payments", "", "a year", YEAR)
    yield Question("instructor-payments", "", "with meetings", {"include": "meetings"})
    for kind in AttendanceBy:
        yield Question("attendance-summary", kind, "10,000 rows", cut)
        yield Question("attendance-summary", kind, "a year", {**YEAR, **cut})
        yield Question("attendance-summary", kind, "odd days", {**ODD_DAYS, **cut})
    yield Question("attendance-summary", "cycle", "branchId", {"branchId": ids["branchId"]})
    yield Question("cycle-progress", "", "100 rows", {"limit": 100})
    yield Question("cycle-progress", "", "1,000 rows", {})  # as many as nobody asked for
    yield Question("cycle-progress", "", "branchId", {"branchId": ids["branchId"]})


def main(meetings: int) -> int:
    """Make the school, ask, print."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(os.environ.get("HAITECH_REPORTS", temporary)).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        with embedded.embedded(folder / "postgres") as url:
            migrate.upgrade(url)
            _made(url, Size(meetings=meetings))
            with programs(Path(temporary)) as start:
                program = start("serve", database_url=as_url(url), env="dev").ready()
                with program.client() as client, psycopg.connect(url, autocommit=True) as own:
                    return _asked(client, own)


def _made(url: str, size: Size) -> None:
    if is_empty(url):
        print(f"making a school of {size.meetings} completed meetings", flush=True)
        fill(url, size)


def _asked(client: httpx.Client, own: psycopg.Connection[Any]) -> int:
    server = int(_stat(own.info.backend_pid)[1])
    tables = {"branchId": "branches", "courseId": "courses", "instructorId": "instructors",
              "cycleId": "cycles"}  # fmt: skip
    ids = {}
    for name, table in tables.items():
        [(found,)] = own.execute(f"SELECT {id_of(table, '7')}").fetchall()
        ids[name] = str(found)
    print(HEAD)
    slow = 0
    for question in questions(ids):
        slow += _one(client, question, server)
    load = f"{os.cpu_count()} cores, whose load is {os.getloadavg()[0]:.1f}"
    print(f"{slow} took longer than {GOAL:.0f} s, on {load}\n")
    print(million_rows.HEAD)
    flat = million_rows.is_flat(FileFormat.CSV, million_rows.ROWS)
    return int(slow > 0 or not flat)


def _one(client: httpx.Client, question: Question, server: int) -> bool:
    took, used, answers = [], [], []
    for _ in range(TIMES):
        before, began = _time_of(server), time.perf_counter()
        answers.append(client.get(f"/reports/{question.report}", params=question.params()))
        took.append(time.perf_counter() - began)
        used.append(_time_of(server) - before)
        if not answers[-1].is_success:
            raise RuntimeError(answers[-1].text)
    rows = len(answers[-1].json()["data"]["rows"])
    print(
        f"{question.report:<22}{question.by:<12}{question.called:<16}{rows:>8}{min(took):>9.3f}"
        f"{max(took):>9.3f}{min(used):>8.2f}{len(answers[-1].content) // 1024:>8}"
        f"  under {GOAL:.0f} s: {'MISSED' if min(took) > GOAL else 'met'}",
        flush=True,
    )
    return min(took) > GOAL


def _time_of(server: int) -> float:
    """Seconds of processor time that a server and its processes took, those that ended included."""
    ticks = sum(map(int, _stat(server)[11:15]))
    for process in map(int, Path(f"/proc/{server}/task/{server}/children").read_text().split()):
        ticks += sum(map(int, _stat(process)[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _stat(pid: int) -> list[str]:
    """What Linux says of a process after its name; zeros, if it ended meanwhile."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ["0"] * 20


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
