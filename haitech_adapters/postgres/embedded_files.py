"""What an embedded PostgreSQL has in its folder of who uses it and who serves it, and who is still alive."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Final

NOTE: Final = "postmaster.pid"
"""What a server writes of itself, and removes when it stops in order."""
_HANDLES: Final = ".handle_pids.json"
"""Where the wheel counts the processes that use a folder's server."""
_SOCKETS: Final = 4
"""The line of the server's note that names the folder of its socket, after that of its port."""


def forget_the_dead(folder: Path) -> None:
    """Take processes that ended without leaving (kill -9) off the wheel's list.

    It counts them for ever, and the server would outlive everybody.
    """
    handles = folder / _HANDLES
    try:
        pids = json.loads(handles.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        handles.unlink(missing_ok=True)
        return
    alive = [pid for pid in pids if _is_alive(pid)]
    if alive != pids:
        handles.write_text(json.dumps(alive), "utf-8")


def forget_a_server_that_is_gone(folder: Path) -> None:
    """Remove the note of a server that did not stop properly (kill -9, power cut).

    The wheel takes any process of that number for the server, be it a zombie or, after a restart
    of the machine, a stranger. PostgreSQL repairs the data itself when it starts.
    """
    note = folder / NOTE
    if not note.exists() or runs(folder):
        return
    lines = note.read_text("utf-8").splitlines()
    if len(lines) > _SOCKETS:  # one that was killed as it started wrote less
        sockets, port = Path(lines[_SOCKETS].strip()), lines[_SOCKETS - 1].strip()
        (sockets / f".s.PGSQL.{port}.lock").unlink(missing_ok=True)
    note.unlink()


def runs(folder: Path) -> bool:
    """Whether the process that a server's note names is there; any, where it names none yet."""
    try:
        lines = (folder / NOTE).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return False
    if lines and lines[0].strip().isdigit():
        return _is_alive(int(lines[0]), named="postgres")
    return somebody_is_at(folder)


def somebody_is_at(folder: Path) -> bool:
    """Whether any process of PostgreSQL works in the folder, be it about to start or to end."""
    psutil = import_module("psutil")
    for process in psutil.process_iter(["name", "cwd"]):  # None where it is not ours to ask
        if "postgres" in (process.info["name"] or "") and process.info["cwd"] == str(folder):
            return True
    return False


def _is_alive(pid: int, *, named: str = "") -> bool:
    psutil = import_module("psutil")  # the wheel's own dependency, there whenever the wheel is
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and named in process.name()
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True
