"""`haitech audit verify`: seal what is new, then say what is not as it was written."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TextIO

import attrs
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from haitech_adapters.postgres import (
    Anchor,
    AuditSealer,
    AuditVerifier,
    Finding,
    SealsBroken,
    Verified,
)

HINT: Final = "is HAITECH_SECRET_KEY the one that the server has?"


@attrs.define
class Report:
    """What is printed, finding by finding: in lines, or as one JSON object."""

    out: TextIO
    as_json: bool
    found: int = 0

    def begin(self) -> None:
        """Before the first finding."""
        if self.as_json:
            self.out.write('{"findings": [')

    def tell(self, finding: Finding) -> None:
        """One finding."""
        if self.as_json:
            self.out.write((", " if self.found else "") + json.dumps(as_data(finding)))
        else:
            self.out.write(f"{finding}\n")
        self.found += 1

    def end(self, seen: Verified) -> None:
        """The sum of it."""
        head = seen.head.anchor if seen.head else None
        if self.as_json:
            summary = {
                "ok": not self.found,
                "sealed": seen.rows,
                "unsealed": seen.unsealed,
                "head": head,
            }
            self.out.write("], " + json.dumps(summary)[1:] + "\n")
            return
        outcome = f"{self.found} found" if self.found else "nothing wrong"
        self.out.write(f"{seen.rows} sealed rows, {seen.unsealed} new ones: {outcome}\n")
        if head is not None:
            self.out.write(f"head {head}\n")


def as_data(finding: Finding) -> dict[str, Any]:
    """A finding in the shape that `--json` prints; what is not known is left out."""
    named = {
        "what": finding.what.value,
        "position": finding.position,
        "id": finding.id and str(finding.id),
        "entity": finding.entity,
        "entityId": finding.entity_id and str(finding.entity_id),
        "seal": finding.number,
        "throughSeal": finding.through,
    }
    return {name: value for name, value in named.items() if value is not None}


async def verify_audit(
    sealer: AuditSealer,
    verifier: AuditVerifier,
    *,
    expected: Anchor | None = None,
    as_json: bool = False,
    console: Console | None = None,
    out: TextIO | None = None,
) -> bool:
    """Whether everything is as it was written; the report goes to `out`, progress to `console`.

    :raises AnotherKey: nothing was signed with this key
    :raises Unavailable: the database cannot be reached
    """
    told = console or Console(stderr=True, highlight=False)
    report = Report(out or sys.stdout, as_json)
    try:
        await sealer(wait=True)
    except SealsBroken as broken:
        told.print(f"nothing was sealed: {broken}; {HINT}", markup=False)
    seen = Verified()
    report.begin()
    with _bar(told) as bar:

        def progress(now: Verified) -> None:
            nonlocal seen
            seen = now
            bar(now)

        async for finding in verifier(expected=expected, progress=progress):
            report.tell(finding)
    report.end(seen)
    return not report.found


@contextmanager
def _bar(console: Console) -> Iterator[Callable[[Verified], object]]:
    """A progress bar where somebody watches."""
    if not console.is_terminal:
        yield lambda _: None
        return
    columns = (TextColumn("verifying"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("verifying", total=None)
        yield lambda now: bar.update(task, completed=now.rows, total=now.total)
