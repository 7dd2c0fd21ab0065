"""Files that grow on the local disk, written in a thread of their own."""

from __future__ import annotations

import asyncio
import errno
import hashlib
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

import attrs

from haitech_adapters.spool.folders import spool_folder
from haitech_domain.export import LARGEST_FILE, ExportTooLarge, NoRoom
from haitech_domain.ports import PIECE, Sheets, SheetWriter, Spooled
from haitech_domain.reports import Cell, FileFormat, Heading

R = TypeVar("R")

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_HASHED_AT_ONCE: Final = 2**18


@contextmanager
def _told() -> Iterator[None]:
    """:raises NoRoom: what is done within finds the disk full, or a file too large for it"""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise NoRoom from error
        raise


class DiskSpool:
    """A folder for each file, `within` another or the system's temporary one, by these writers.

    Files of more than `most` bytes are refused.
    """

    def __init__(
        self, sheets: Sheets, within: Path | None = None, *, most: int = LARGEST_FILE
    ) -> None:
        self._sheets = sheets
        self._within = within
        self._most = most

    @asynccontextmanager
    async def begin(self, format: FileFormat, heading: Heading) -> AsyncIterator[DiskFile]:
        """A new file, for as long as the context lasts. :raises NoRoom: the disk is full"""
        thread = ThreadPoolExecutor(1, thread_name_prefix="spool")
        stack = ExitStack()
        in_thread = _InThread(thread)

        def begun() -> tuple[BinaryIO, SheetWriter]:
            folder = stack.enter_context(spool_folder(self._within))
            file = stack.enter_context((folder / f"report.{format}").open("w+b"))
            return file, stack.enter_context(self._sheets.begin(format, file, heading))

        def ended() -> None:
            with suppress(OSError):  # what could not be written has been told
                stack.close()

        try:
            yield DiskFile(*await in_thread(begun), in_thread, self._most)
        finally:
            # behind whatever the thread is at, so nothing is taken away from under it
            await asyncio.shield(in_thread(ended))
            thread.shutdown(wait=False)


@attrs.frozen
class _InThread:
    """Does work in the one thread that a file has, one after another."""

    thread: ThreadPoolExecutor

    async def __call__(self, work: Callable[[], R]) -> R:
        """What it gives. :raises NoRoom: it finds the disk full"""

        def guarded() -> R:
            with _told():
                return work()

        return await asyncio.get_running_loop().run_in_executor(self.thread, guarded)


class DiskFile:
    """A file that grows."""

    def __init__(
        self, file: BinaryIO, writer: SheetWriter, in_thread: _InThread, most: int
    ) -> None:
        self._file = file
        self._writer = writer
        self._in_thread = in_thread
        self._most = most

    async def rows(self, batch: Iterable[Sequence[Cell]]) -> None:
        """Write some rows."""

        def write() -> None:
            self._writer.rows(batch)
            self._must_be_kept(self._file.tell())

        await self._in_thread(write)

    async def end(self, totals: Sequence[Cell] | None) -> Spooled:
        """Write the totals, and all that was held back."""

        def write() -> Spooled:
            self._writer.end(totals)
            self._file.flush()
            size = self._file.seek(0, 2)
            self._must_be_kept(size)
            return Spooled(size=size, digest=self._digest())

        return await self._in_thread(write)

    async def pieces(self) -> AsyncIterator[bytes]:
        """The whole file, in pieces."""
        self._file.seek(0)
        while piece := await self._in_thread(lambda: self._file.read(PIECE)):
            yield piece

    def _digest(self) -> str:
        self._file.seek(0)
        digest = hashlib.sha256()
        while part := self._file.read(_HASHED_AT_ONCE):
            digest.update(part)
        return digest.hexdigest()

    def _must_be_kept(self, size: int) -> None:
        if size > self._most:
            raise ExportTooLarge(self._most // 2**20)
