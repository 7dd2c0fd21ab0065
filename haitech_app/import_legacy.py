"""`haitech import legacy`: read the two files, import them, say what came of it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO, TypeVar

import attrs
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from haitech_adapters.legacy import UnreadableFile, read_cycles, read_meetings
from haitech_domain.use_cases.import_legacy import ImportLegacy
from haitech_domain.use_cases.import_legacy import Progress as Told
from haitech_domain.use_cases.legacy import (
    Counts,
    CycleRow,
    ImportReport,
    MeetingRow,
    Rejection,
)

_T = TypeVar("_T")


@attrs.frozen(kw_only=True)
class Export:
    """Both files of an export, read."""

    cycles: list[CycleRow | Rejection]
    meetings: list[MeetingRow | Rejection]


def read_export(cycles_path: Path, meetings_path: Path) -> Export:
    """Read both files, before anything else is touched.

    Reports name a file by its base name, or by its path where both have the same name.

    :raises ExceptionGroup: of `UnreadableFile`, one for each file that cannot be used
    """
    same = cycles_path.name == meetings_path.name
    unreadable: list[UnreadableFile] = []

    def read(reader: Callable[..., list[_T]], path: Path) -> list[_T]:
        try:
            return reader(path, file=str(path) if same else path.name)
        except UnreadableFile as bad:
            unreadable.append(bad)
            return []

    export = Export(
        cycles=read(read_cycles, cycles_path), meetings=read(read_meetings, meetings_path)
    )
    if unreadable:
        raise ExceptionGroup("the export cannot be read", unreadable)
    return export


async def import_legacy(
    use_case: ImportLegacy,
    export: Export,
    *,
    dry_run: bool = False,
    as_json: bool = False,
    console: Console | None = None,
    out: TextIO | None = None,
) -> None:
    """Import an export that was read, and print the report to `out`; progress to `console`."""
    told = console or Console(stderr=True, highlight=False)
    to = out or sys.stdout
    with _bar(told) as progress:
        report = await use_case(
            cycles=export.cycles, meetings=export.meetings, dry_run=dry_run, progress=progress
        )
    if as_json:
        plain_ascii = "utf" not in (getattr(to, "encoding", None) or "utf-8").lower()
        to.write(json.dumps(as_data(report), ensure_ascii=plain_ascii, indent=2) + "\n")
    else:
        _print_summary(report, Console(file=to, highlight=False))


def as_data(report: ImportReport) -> Mapping[str, Any]:
    """The report in the shape that `--json` prints."""
    return {
        "cycles": attrs.asdict(report.cycles),
        "meetings": {
            **attrs.asdict(report.meetings),
            "byStatus": {status.value: count for status, count in report.by_status.items()},
        },
        "rejections": [attrs.asdict(rejection) for rejection in report.rejections],
        "warnings": list(report.warnings),
    }


@contextmanager
def _bar(console: Console) -> Iterator[Told | None]:
    """A progress bar where somebody watches; None elsewhere."""
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("importing"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("importing", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _print_summary(report: ImportReport, console: Console) -> None:
    for rejection in report.rejections:
        where = f"{rejection.file}:{rejection.line}"
        _line(console, f"refused  {where}: {rejection.field}: {rejection.reason}")
    for warning in report.warnings:
        _line(console, f"warning  {warning}")
    title = "Dry run, nothing is stored" if report.dry_run else "Imported"
    table = Table("", "read", "created", "unchanged", "rejected", title=title)
    _row(table, "cycles", report.cycles)
    _row(table, "meetings", report.meetings)
    console.print(table)
    made = ", ".join(f"{count} {status.value}" for status, count in report.by_status.items())
    _line(console, f"Meetings created: {made}. Warnings: {len(report.warnings)}.")


def _row(table: Table, name: str, counts: Counts) -> None:
    figures = (counts.read, counts.created, counts.unchanged, counts.rejected)
    table.add_row(name, *map(str, figures))


def _line(console: Console, text: str) -> None:
    """One line as it is: names may hold what rich would take for markup."""
    console.print(Text(text), soft_wrap=True)
