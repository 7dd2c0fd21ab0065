"""A file system of one's own over this machine's: whatever is done in it, the machine stays as it is.

It needs root. Everything is mounted in a process whose mounts are its own, and goes with it: nothing
here is ever removed by walking through it, since devices of the machine would be on the way.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs

PYTHON = Path("/usr/local/python")
"""Where the base has its Python: an empty environment over the one that runs this."""
PATH = f"{PYTHON}/bin:/usr/sbin:/usr/bin:/sbin:/bin"
DEVICES = ("null", "zero", "random", "urandom")


def mount(*arguments: str | Path) -> None:
    subprocess.run(["mount", *map(str, arguments)], check=True)


@attrs.frozen(kw_only=True)
class Root:
    """The machine's files below, an empty layer above them, and nothing of the clone."""

    folder: Path
    hidden: Sequence[Path]

    @property
    def top(self) -> Path:
        return self.folder / "merged"

    def within(self, path: str | Path) -> Path:
        return self.top / str(path).lstrip("/")

    @classmethod
    def over_this_machine(cls, folder: Path, *, hidden: Sequence[Path]) -> Root:
        """A root whose `hidden` folders are empty, with a Python as a base image has one."""
        root = cls(folder=folder, hidden=hidden)
        for name in ("upper", "work", "merged"):
            (folder / name).mkdir(parents=True)
        layers = f"lowerdir=/,upperdir={folder / 'upper'},workdir={folder / 'work'}"
        mount("-t", "overlay", "overlay", "-o", layers, root.top)
        mount("-t", "proc", "proc", root.within("proc"))
        for path in (*map(str, hidden), "/tmp", "/dev"):  # noqa: S108  # the root's, not ours
            mount("-t", "tmpfs", "-o", "mode=1777", "tmpfs", root.within(path))
        root.within("/dev/shm").mkdir(mode=0o1777)  # noqa: S108  # as above
        for device in DEVICES:
            root.within(f"/dev/{device}").touch()
            mount("--bind", f"/dev/{device}", root.within(f"/dev/{device}"))
        root._has_a_python()
        return root

    def _has_a_python(self) -> None:
        base = Path(sys._base_executable).resolve()  # type: ignore[attr-defined]
        for parent in base.parents:
            self.within(parent).chmod(self.within(parent).stat().st_mode | 0o555)
        self.run([str(base), "-m", "venv", str(PYTHON)], environment={})

    def run(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        folder: str = "/",
        user: str | None = None,
    ) -> None:
        """Run a command to its end, and insist that it went well."""
        with self.started(command, environment=environment, folder=folder, user=user) as process:
            status = process.wait()
        assert status == 0, f"{list(command)} ended with {status}"

    def started(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        folder: str = "/",
        user: str | None = None,
    ) -> subprocess.Popen[bytes]:
        """A command in this root, with nothing in its environment but what is given."""
        given = {"PATH": PATH, **environment}
        become = [] if user is None else ["setpriv", *_identity(user), "--"]
        chroot = shutil.which("chroot") or "/usr/sbin/chroot"
        inside = ["env", "-i", "-C", folder, *(f"{k}={v}" for k, v in given.items())]
        return subprocess.Popen([chroot, str(self.top), *become, *inside, *command])

    def read_only(self) -> None:
        """From now on, nothing can be written but in /tmp."""
        mount("-o", "remount,ro", self.top)


def _identity(user: str) -> list[str]:
    uid, _, gid = user.partition(":")
    return ["--reuid", uid, "--regid", gid or uid, "--clear-groups", "--no-new-privs"]


def alone(module: str) -> int:
    """Run the module in a process whose mounts are its own, with an empty folder to mount in.

    Its exit status.
    """
    scratch = tempfile.mkdtemp(prefix="haitech-root-")
    unshare = ["unshare", "--mount", "--propagation", "private"]
    try:
        ended = subprocess.run([*unshare, sys.executable, "-m", module, scratch], check=False)
    finally:
        os.rmdir(scratch)  # noqa: PTH106  # it takes an empty folder only, and so can do no harm
    return ended.returncode
