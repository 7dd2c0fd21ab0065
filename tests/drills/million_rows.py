"""`python -m tests.drills.million_rows [ROWS]`: tables that long, and what memory they took.

Each form is written in a process of its own, first a tenth of the rows and then all of them: what
the process held at most must be the same.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

from haitech_adapters.sheets import SheetFiles
from haitech_domain.money import Money
from haitech_domain.reports import Cell, CellKind, Column, FileFormat, Heading

ROWS: Final = 1_000_000
BATCH: Final = 1_000
BOUND: Final = 8
"""Megabytes that ten times the rows may take beyond what a tenth took."""
FORMATS: Final = (FileFormat.CSV, FileFormat.XLSX)
COLUMNS: Final = (
    Column(key="day", kind=CellKind.DAY),
    Column(key="course", kind=CellKind.TEXT),
    Column(key="branch", kind=CellKind.TEXT),
    Column(key="instructor", kind=CellKind.TEXT),
    Column(key="meetings", kind=CellKind.COUNT),
    Column(key="revenue", kind=CellKind.AMOUNT),
    Column(key="profit", kind=CellKind.AMOUNT),
    Column(key="margin", kind=CellKind.RATIO),
)
HEAD: Final = f"{'form':<6}{'rows':>10}{'seconds':>9}{'rows/s':>9}{'MB of file':>12}{'MB of memory':>14}  goal"


def main(rows: int) -> int:
    """Write them, print what it took, and say by the exit code whether memory stayed flat."""
    print(HEAD)
    flat = [is_flat(form, rows) for form in FORMATS]
    return 0 if all(flat) else 1


def is_flat(form: FileFormat, rows: int) -> bool:
    """Write a tenth of them and all, print what each took; whether memory stayed flat."""
    tenth = _alone(form, rows // 10)
    print(flush=True)
    whole = _alone(form, rows)
    flat = whole < tenth + BOUND
    print(f"  at most {BOUND} MB more: {'met' if flat else 'MISSED'}", flush=True)
    return flat


def _alone(form: FileFormat, rows: int) -> float:
    with multiprocessing.get_context("spawn").Pool(1) as alone:
        took, size, held = alone.apply(_written, (form, rows))
    print(
        f"{form:<6}{rows:>10}{took:>9.1f}{rows / took:>9.0f}{size:>12.1f}{held:>14.1f}",
        end="",
        flush=True,
    )
    return held


def _written(form: FileFormat, rows: int) -> tuple[float, float, float]:
    """Seconds, megabytes of the file, and of memory at most."""
    began = time.perf_counter()
    heading = Heading(name="revenue", columns=COLUMNS)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table"
        with path.open("wb") as file, SheetFiles().begin(form, file, heading) as sheet:
            for first in range(0, rows, BATCH):
                sheet.rows(_batch(first, min(BATCH, rows - first)))
            sheet.end((None, None, None, None, rows, Money(rows), Money(rows), None))
        size = path.stat().st_size / 1e6
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return time.perf_counter() - began, size, held


def _batch(first: int, rows: int) -> Iterator[tuple[Cell, ...]]:
    for number in range(first, first + rows):
        yield (
            date(2026, 1, 1) + timedelta(days=number % 365),
            f"רובוטיקה {number % 400}",
            f"סניף {number % 60}",
            f"מדריך {number % 90}",
            1,
            Money(25_000 + number % 9_999),
            Money(9_000 + number % 999),
            Decimal(number % 10_000) / 10_000,
        )


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))
