"""Several processes of one server: the folder in which they find each other's figures."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

_FOLDER: Final = "HAITECH_PROCESSES_FOLDER"
"""How a server tells its processes; nothing that anybody sets."""


@contextmanager
def meeting(processes: int) -> Iterator[None]:
    """Around a server of so many processes; a single one needs no place to meet."""
    if processes == 1:
        yield
        return
    with TemporaryDirectory(prefix="haitech-") as folder:
        os.environ[_FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[_FOLDER]


def meeting_place() -> Path | None:
    """Where the processes of this one's server meet; None where it is the only one."""
    folder = os.environ.get(_FOLDER)
    return Path(folder) if folder else None
