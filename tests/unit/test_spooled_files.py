"""Files that grow on the disk: what a full one says, and that nothing is left of any."""

from __future__ import annotations

import asyncio
import errno
import io
import os
import signal
import subprocess
import sys
import threading
from hashlib import sha256

import pytest

from haitech_adapters.sheets import SheetFiles
from haitech_adapters.spool import DiskSpool
from haitech_adapters.spool.folders import PREFIX, forget_the_dead
from haitech_domain.export import ExportTooLarge, NoRoom
from haitech_domain.ports import PIECE
from haitech_domain.reports import CellKind, Column, FileFormat, Heading, Language

pytestmark = pytest.mark.anyio

HEADING = Heading(
    name="revenue",
    columns=(Column(key="course", kind=CellKind.TEXT), Column(key="meetings", kind=CellKind.COUNT)),
    language=Language.ENGLISH,
)
FORMATS = pytest.mark.parametrize("format", [FileFormat.CSV, FileFormat.XLSX])


def rows(count):
    return [(f"course {n} {'x' * 200}", n) for n in range(count)]


async def whole(spooled):
    return b"".join([piece async for piece in spooled.pieces()])


@FORMATS
async def test_what_was_written_is_read_in_pieces_with_its_size_and_digest(tmp_path, format):
    async with DiskSpool(SheetFiles(), tmp_path).begin(format, HEADING) as spooled:
        for _ in range(3):
            await spooled.rows(iter(rows(2_000)))
        told = await spooled.end(("all", 3))
        pieces = [piece async for piece in spooled.pieces()]
        assert [len(piece) for piece in pieces[:-1]] == [PIECE] * (len(pieces) - 1)
        content = b"".join(pieces)
        assert (told.size, told.digest) == (len(content), sha256(content).hexdigest())
    expected = io.BytesIO()
    with SheetFiles().begin(format, expected, HEADING) as sheet:
        for _ in range(3):
            sheet.rows(rows(2_000))
        sheet.end(("all", 3))
    assert content == expected.getvalue()
    assert list(tmp_path.iterdir()) == []


@FORMATS
async def test_nothing_is_left_of_a_file_that_is_given_up(tmp_path, format):
    with pytest.raises(ZeroDivisionError):
        async with DiskSpool(SheetFiles(), tmp_path / "made").begin(format, HEADING) as spooled:
            await spooled.rows((str(1 // n), n) for n in (1, 0))
    assert list((tmp_path / "made").iterdir()) == []


async def test_who_is_cancelled_waits_for_the_thread_and_leaves_nothing(tmp_path):
    begun, go_on = threading.Event(), threading.Event()

    def slow():
        begun.set()
        assert go_on.wait(30)
        yield "late", 1

    async def write():
        async with DiskSpool(SheetFiles(), tmp_path).begin(FileFormat.CSV, HEADING) as spooled:
            await spooled.rows(slow())

    task = asyncio.create_task(write())
    await asyncio.to_thread(begun.wait, 30)
    task.cancel()
    await asyncio.sleep(0.01)
    assert len(list(tmp_path.iterdir())) == 1, "the thread still writes there"
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert list(tmp_path.iterdir()) == []


class FullSheets(SheetFiles):
    """Writers on a disk that has no more room."""

    number = errno.ENOSPC

    def begin(self, format, to, heading):
        raise OSError(self.number, os.strerror(self.number))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
async def test_a_full_disk_is_told_as_one(tmp_path, number):
    sheets = FullSheets()
    sheets.number = number
    with pytest.raises(NoRoom):
        async with DiskSpool(sheets, tmp_path).begin(FileFormat.CSV, HEADING):
            pass
    assert list(tmp_path.iterdir()) == []


async def test_another_fault_of_the_disk_is_one(tmp_path):
    sheets = FullSheets()
    sheets.number = errno.EIO
    with pytest.raises(OSError, match="Input/output"):
        async with DiskSpool(sheets, tmp_path).begin(FileFormat.CSV, HEADING):
            pass


@FORMATS
async def test_a_file_that_would_be_too_large_is_refused(tmp_path, format):
    async def write():
        async with DiskSpool(SheetFiles(), tmp_path, most=2_000).begin(format, HEADING) as spooled:
            await spooled.rows(rows(900))
            await spooled.end(None)

    with pytest.raises(ExportTooLarge):
        await write()
    assert list(tmp_path.iterdir()) == []


KILLED = """
import asyncio, sys, time
from pathlib import Path
from haitech_adapters.sheets import SheetFiles
from haitech_adapters.spool import DiskSpool
from tests.unit.test_spooled_files import HEADING, FileFormat, rows

async def write():
    async with DiskSpool(SheetFiles(), Path(sys.argv[1])).begin(FileFormat.XLSX, HEADING) as spooled:
        await spooled.rows(rows(10))
        print("written", flush=True)
        time.sleep(60)

asyncio.run(write())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no locks of this kind on Windows")
async def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path):
    """And what a living one has is not."""
    with subprocess.Popen(  # noqa: ASYNC220  # nobody else runs meanwhile
        [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "written\n"
        [left] = tmp_path.glob(f"{PREFIX}*")
        forget_the_dead(tmp_path)
        assert left.exists(), "its process lives"
        process.send_signal(signal.SIGKILL)
    async with DiskSpool(SheetFiles(), tmp_path).begin(FileFormat.CSV, HEADING):
        assert not left.exists()
