"""Folders that nobody leaves behind, however a process ends."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

try:
    import fcntl
except ImportError:  # Windows has none; what a killed process leaves there stays
    fcntl = None  # type: ignore[assignment]  # as above

PREFIX: Final = "haitech-spool-"
_NEW: Final = "haitech-new-"
_LOCK: Final = "held"


@contextmanager
def spool_folder(within: Path | None) -> Iterator[Path]:
    """A new folder for the time of the context, `within` another or the system's temporary one.

    Its owner holds a lock on it, which ends with the process: folders of killed processes are
    found by that, and removed.

    :raises OSError: there is no room even for that
    """
    if within is not None:
        within.mkdir(parents=True, exist_ok=True)
    forget_the_dead(Path(within or tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=_NEW, dir=within))
    try:
        with (folder / _LOCK).open("wb") as lock:
            if fcntl is not None:
                fcntl.flock(lock, fcntl.LOCK_EX)
            # nobody looks for its lock before it has one
            folder = folder.rename(folder.with_name(folder.name.replace(_NEW, PREFIX)))
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def forget_the_dead(within: Path) -> None:
    """Remove the folders of processes that were killed."""
    if fcntl is None:
        return
    for folder in within.glob(f"{PREFIX}*"):
        with suppress(OSError):  # another process is at the same
            if _is_free(folder / _LOCK):
                shutil.rmtree(folder, ignore_errors=True)


def _is_free(lock: Path) -> bool:
    """Whether nobody holds the lock of a folder; one that has none is of nobody, too."""
    try:
        descriptor = os.open(lock, os.O_RDWR)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True
