"""Exports of a million rows: memory, a worker killed in the middle, and a disk that is full.

The parts are real: an embedded PostgreSQL in a folder of its own, and `haitech worker` in processes
of their own. The million is the meetings that instructors are paid for, one row each. First both
forms are written, a tenth of the rows and then all of them, and the most memory that the worker
took is compared. Then a worker is killed with -9 in the middle of it, and another goes on; at last
one may write no file of more than a few MB, as on a full disk, until there is room again. Each time
the file must be, to the byte, the one that was written undisturbed.
"""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import attrs
import psycopg

from haitech_adapters.postgres import PoolSettings, PostgresUnitOfWork, embedded, make_pool, migrate
from haitech_adapters.sheets import SheetFiles
from haitech_adapters.system import SystemClock, TimeOrderedIds
from haitech_domain.access import Actor, ActorKind, Role
from haitech_domain.export import Export, ExportFormat, NoRoom, ReportName
from haitech_domain.use_cases.export_asking import AskForExport
from haitech_domain.use_cases.exports import FetchExport
from tests.drills.outcome import Outcome, scaled
from tests.drills.reports.school import Size, statements, unhindered
from tests.journeys.program import environment, haitech

ADMIN: Final = Actor(kind=ActorKind.USER, id=UUID(int=7), role=Role.ADMIN, name="drill")
SECRET_KEY: Final = "a key of the drill, which is long enough for it"
NAME: Final = "an export onto a full disk"
FLAT: Final = 24
"""MB that ten times the rows may take beyond what a tenth took."""
COUNT: Final = """
SELECT count(*) FROM meetings JOIN cycles ON cycles.id = meetings.cycle_id
WHERE meetings.status = 'completed' AND meetings.deleted_at IS NULL AND cycles.deleted_at IS NULL
"""
GATE: Final = """
CREATE FUNCTION gate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_advisory_xact_lock_shared(4711); RETURN NEW; END $$;
CREATE TRIGGER gate BEFORE INSERT ON export_pieces FOR EACH ROW EXECUTE FUNCTION gate()
"""
WAITING: Final = (
    "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted"
)
LINE: Final = "{:<28}{:>9}{:>9}{:>9}{:>12}"
HEAD: Final = LINE.format("export", "rows", "seconds", "MB", "MB of RAM")


@attrs.frozen(kw_only=True)
class Trial:
    """How much there is to write. `room` is the largest file in KiB while the disk is full."""

    meetings: int = 1_035_000
    """Of which a thirtieth is deleted, and so in no report."""
    tenth_until: date = date(2020, 9, 9)
    room: int = 8_192
    formats: tuple[ExportFormat, ...] = tuple(ExportFormat)
    """Those that are written undisturbed."""
    cramped: tuple[ExportFormat, ...] = tuple(ExportFormat)
    """Those that are written onto the full disk."""
    killed_reading: bool = True
    """Whether a worker is killed while it reads, besides the one that keeps the file."""
    url: str | None = None
    """A migrated database without rows; otherwise one is made."""
    patience: float = 3_600.0
    waits_out_leases: bool = True
    """Otherwise a killed worker's leases are ended for it, as half a minute would do."""


@attrs.frozen(kw_only=True)
class Written:
    """One export that was written: the worker's memory is in MB, at most and by then."""

    name: str
    export: Export
    seconds: float
    memory: float

    def row(self) -> str:
        """It as a line of the table."""
        size = (self.export.size or 0) / 1e6
        return LINE.format(
            self.name,
            self.export.rows_written,
            f"{self.seconds:.1f}",
            f"{size:.1f}",
            f"{self.memory:.0f}",
        )


@attrs.define(kw_only=True)
class Scene:
    """All that takes part."""

    trial: Trial
    folder: Path
    url: str
    uow: PostgresUnitOfWork
    worker: subprocess.Popen[bytes] | None = None

    def start(self, *, room: int | None = None) -> None:
        """A worker; with little `room` it may write no file of more KiB."""
        settings = {
            "env": "staging",
            "database_url": self.url,
            "secret_key": SECRET_KEY,
            "jwt_secret": SECRET_KEY[::-1],
            "spool_dir": self.folder / "spool",
            "log_level": "ERROR",
        }
        most = resource.RLIM_INFINITY if room is None else room * 2**10
        with (self.folder / "worker.log").open("ab") as log:
            self.worker = subprocess.Popen(
                [haitech(), "worker"],
                cwd=self.folder,
                env=environment(self.folder, **settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=lambda: resource.setrlimit(  # noqa: PLW1509  # nothing else runs here
                    resource.RLIMIT_FSIZE, (most, most)
                ),
            )

    def kill(self) -> None:
        """End the worker, in the middle of whatever it does."""
        if self.worker is not None:
            self.worker.send_signal(signal.SIGKILL)
            self.worker.wait()
            if not self.trial.waits_out_leases:
                self.sql("UPDATE jobs SET due_at = now() WHERE held_by IS NOT NULL")
        self.worker = None

    def memory(self) -> float:
        """The most that the worker has held, in MB."""
        pid = self.worker.pid if self.worker is not None else os.getpid()
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        [most] = [line.split()[1] for line in lines if line.startswith("VmHWM")]
        return int(most) / 1024

    def sql(self, statement: str) -> list[Any]:
        """Ask the database, past the program."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    async def ask(self, format: ExportFormat, until: date | None = None) -> UUID:
        """Ask for the meetings one by one."""
        asked: dict[str, Any] = {"lines": True}
        if until is not None:
            asked["to_day"] = until
        ask = AskForExport(
            uow=self.uow, clock=SystemClock(), ids=TimeOrderedIds(), sheets=SheetFiles()
        )
        report = ReportName.INSTRUCTOR_PAYMENTS
        return (await ask(actor=ADMIN, report=report, asked=asked, format=format)).id

    async def when(self, id: UUID, holds: Callable[[Export], bool]) -> Export:
        """The export once this holds of it. :raises TimeoutError: patience ends before"""
        async with asyncio.timeout(self.trial.patience):
            while True:
                export = await self.uow.read(lambda tx: tx.exports.get(id))
                if holds(export):
                    return export
                await asyncio.sleep(0.05)

    async def written(self, name: str, format: ExportFormat, until: date | None = None) -> Written:
        """Have it written, and wait for it."""
        began = time.monotonic()
        export = await self.when(await self.ask(format, until), lambda e: not e.is_under_way)
        return self.told(name, export, time.monotonic() - began)

    def told(self, name: str, export: Export, seconds: float) -> Written:
        """What was written, which is printed at once: the whole takes long."""
        written = Written(name=name, export=export, seconds=seconds, memory=self.memory())
        sys.stdout.write(f"{written.row()}\n")
        sys.stdout.flush()
        return written

    async def content(self, export: Export) -> str:
        """The SHA-256 of what is fetched."""
        fetch = FetchExport(uow=self.uow, clock=SystemClock())
        _, file = await fetch(actor=ADMIN, id=export.id)
        digest = sha256()
        async for part in fetch.part(file, 0, file.size - 1):
            digest.update(part)
        return digest.hexdigest()

    def left(self) -> list[str]:
        """What lies about that is of no export that is ready."""
        spooled = [p.name for p in (self.folder / "spool").glob("*")]
        kept = "SELECT file_id FROM exports WHERE file_id IS NOT NULL"
        of_none = f"SELECT DISTINCT file_id FROM export_pieces WHERE file_id NOT IN ({kept})"  # noqa: S608
        return [*spooled, *(str(id) for (id,) in self.sql(of_none))]


@attrs.frozen(kw_only=True)
class Found:
    """What became of it."""

    written: list[Written]
    tried: int
    lost: int
    doubled: int
    refusals: set[str | None]
    """What was said of the full disk."""
    left: list[str]

    @property
    def is_clean(self) -> bool:
        """Nothing lost, doubled or left, a full disk told as one, and memory flat."""
        return self.is_flat and not (self.lost or self.doubled or self.left or self.is_silent)

    @property
    def refusal(self) -> str:
        """What was said of the full disk, for people."""
        return ", ".join(str(why) for why in self.refusals)

    @property
    def is_silent(self) -> bool:
        """Whether the full disk was not told as one."""
        return self.refusals != {NoRoom().message}

    @property
    def is_flat(self) -> bool:
        """Whether ten times the rows took no more memory."""
        by_name = {one.name: one.memory for one in self.written}
        tenths = [name for name in by_name if name.endswith(" a tenth")]
        return all(by_name[t.removesuffix(" a tenth")] <= by_name[t] + FLAT for t in tenths)

    @property
    def outcome(self) -> Outcome:
        """It as a line beside other drills."""
        most = max((one.memory for one in self.written), default=0.0)
        return Outcome(
            name=NAME,
            tried=self.tried,
            done=self.tried - self.lost,
            lost=self.lost,
            doubled=self.doubled,
            seen=f"workers killed as well; told as «{self.refusal}»; {most:.0f} MB of RAM at most",
            wrong=[
                *[f"the disk was not told to be full: {self.refusal}"] * self.is_silent,
                *[f"left lying about: {', '.join(self.left)}"] * bool(self.left),
                *["ten times the rows took more memory"] * (not self.is_flat),
            ],
        )

    def table(self) -> str:
        """The figures for people."""
        lines = [HEAD, *(one.row() for one in self.written)]
        lines.append(f"tried {self.tried}, lost {self.lost}, doubled {self.doubled}")
        lines.append(f"a full disk is told so: {self.refusal}")
        lines.append(f"left lying about: {', '.join(self.left) or 'nothing'}")
        return "\n".join(lines)


async def exported(trial: Trial) -> Found:
    """Do it all, and say what became of it."""
    async with _scene(trial) as scene:
        written = []
        for format in trial.formats:
            scene.start()  # one for each, so that its memory is its own
            tenth = await scene.written(f"{format} a tenth", format, trial.tenth_until)
            written += [tenth, await scene.written(str(format), format)]
            scene.kill()
        cut_short = await _cut_short(scene)
        written.append(cut_short)
        refusals = set()
        for format in trial.cramped:
            refused, mended = await _without_room(scene, format)
            refusals.add(refused.failure)
            written.append(mended)
        exports = [one.export for one in written if not one.name.endswith(" a tenth")]
        [(rows,)] = scene.sql(COUNT)
        alike = {e.digest for e in exports if e.format is ExportFormat.CSV}
        right = [await scene.content(e) == e.digest for e in exports if e.file_id is not None]
        return Found(
            written=written,
            tried=len(exports),
            lost=sum(e.rows_written < rows for e in exports) + len(exports) - right.count(True),
            doubled=sum(e.rows_written > rows for e in exports) + len(alike) - 1,
            refusals=refusals,
            left=scene.left(),
        )


async def _cut_short(scene: Scene) -> Written:
    """Kill the worker half way: while it reads, and while it keeps the file."""
    began = time.monotonic()
    if scene.trial.killed_reading:
        scene.start()
    id = await scene.ask(ExportFormat.CSV)
    if scene.trial.killed_reading:
        await scene.when(id, lambda e: e.rows_written > 0)
        scene.kill()
        scene.start()
    with _no_piece_kept(scene.url):
        if not scene.trial.killed_reading:
            scene.start()
        async with asyncio.timeout(scene.trial.patience):
            while not await asyncio.to_thread(scene.sql, WAITING):  # noqa: ASYNC110  # another process
                await asyncio.sleep(0.05)
        scene.kill()
    scene.start()
    export = await scene.when(id, lambda e: not e.is_under_way)
    return scene.told("csv, its workers killed", export, time.monotonic() - began)


@contextmanager
def _no_piece_kept(url: str) -> Iterator[None]:
    """Whoever keeps a piece of a file waits, as long as this lasts."""
    with psycopg.connect(url, autocommit=True) as other:
        other.execute(GATE)
        other.execute("SELECT pg_advisory_lock(4711)")
        try:
            yield
        finally:
            other.execute("SELECT pg_advisory_unlock(4711)")
            other.execute("DROP FUNCTION gate CASCADE")


async def _without_room(scene: Scene, format: ExportFormat) -> tuple[Export, Written]:
    """Write while there is no room, and again once there is."""
    scene.kill()
    began = time.monotonic()
    scene.start(room=scene.trial.room)
    id = await scene.ask(format)
    refused = await scene.when(id, lambda e: e.failure is not None or not e.is_under_way)
    scene.kill()
    if not scene.trial.waits_out_leases:
        scene.sql("UPDATE jobs SET due_at = now() WHERE kind = 'export.write'")
    scene.start()
    export = await scene.when(id, lambda e: not e.is_under_way)
    took = time.monotonic() - began
    return refused, scene.told(f"{format}, the disk full at first", export, took)


@asynccontextmanager
async def _scene(trial: Trial) -> AsyncIterator[Scene]:
    with tempfile.TemporaryDirectory(prefix="haitech-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        made_here = trial.url is None
        url = trial.url or str(await asyncio.to_thread(embedded.start, folder / "postgres"))
        try:
            if made_here:
                await asyncio.to_thread(migrate.upgrade, url)
            await asyncio.to_thread(_filled, url, trial)
            async with make_pool(url, PoolSettings(max_size=4)) as pool:
                uow = PostgresUnitOfWork(pool, TimeOrderedIds(), SystemClock())
                scene = Scene(trial=trial, folder=folder, url=url, uow=uow)
                try:
                    yield scene
                finally:
                    scene.kill()
        finally:
            if made_here:
                await asyncio.to_thread(embedded.stop, folder / "postgres")


def _filled(url: str, trial: Trial) -> None:
    """The meetings, and all that they belong to."""
    with psycopg.connect(url, autocommit=True) as connection:
        with unhindered(connection):
            for what, statement in statements(Size(meetings=trial.meetings)):
                connection.execute(statement)
                if what == "meetings":
                    break
        connection.execute("VACUUM ANALYZE")


def run() -> Sequence[Outcome]:
    """Do it once and print the figures."""
    whole = Trial()
    trial = attrs.evolve(whole, meetings=scaled(whole.meetings), room=scaled(whole.room, 64))
    sys.stdout.write(f"exporting: {trial.meetings} meetings of which some are deleted\n{HEAD}\n")
    sys.stdout.flush()
    found = asyncio.run(exported(trial))
    sys.stdout.write(found.table() + "\n")
    return [found.outcome]
