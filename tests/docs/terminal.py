"""A terminal in which the blocks of a page are run one after the other, as a reader would."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

PATIENCE = 300
"""Seconds after which a block never ends, also on a machine that does much else."""
END = "--- the block has ended ---"
ANYTHING = "…"
MARK = "\ufeff"


class Terminal:
    """One bash for a whole page: variables, functions and programs in the background stay."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._block = folder / ".block.sh"
        self._bash = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            start_new_session=True,
        )
        self.said = ""
        """What the last block wrote."""
        self.run("set -euo pipefail")

    def run(self, block: str) -> None:
        """Run a block to its end.

        :raises AssertionError: one of its commands failed, or it took too long
        """
        assert self._bash.stdin is not None
        self._block.write_text(block, "utf-8")
        self._bash.stdin.write(f'. "{self._block}" </dev/null; echo; echo "{END}"\n')
        self._bash.stdin.flush()
        timer = threading.Timer(PATIENCE, self.close)
        timer.start()
        try:
            self.said, ended = self._heard()
        finally:
            timer.cancel()
        assert ended, f"a command failed:\n{block}\nit said:\n{self.said}"

    def _heard(self) -> tuple[str, bool]:
        assert self._bash.stdout is not None
        lines: list[str] = []
        for line in self._bash.stdout:
            if line.rstrip("\n") == END:
                return "".join(lines), True
            lines.append(line)
        return "".join(lines), False

    def close(self) -> None:
        """End it, and whatever it left running."""
        with suppress(ProcessLookupError):
            os.killpg(self._bash.pid, signal.SIGKILL)

    def ended(self) -> None:
        """Wait until it is gone."""
        self._bash.communicate()


@contextmanager
def terminal(folder: Path, environment: Mapping[str, str]) -> Iterator[Terminal]:
    """A terminal in a folder; nothing of it runs on in the end."""
    opened = Terminal(folder, environment)
    try:
        yield opened
    finally:
        opened.close()
        opened.ended()


def agrees(said: str, expected: str) -> bool:
    """Whether a program said what a page shows.

    `…` stands for anything within a line, and alone on its line for any number of lines. A byte
    order mark, which no terminal shows, does not count.
    """
    pattern = "\n".join(
        r"(?:.*\n)*?.*" if line.strip() == ANYTHING else _line(line)
        for line in expected.strip().splitlines()
    )
    lines = "\n".join(line.rstrip() for line in said.replace(MARK, "").strip().splitlines())
    return re.fullmatch(pattern, lines) is not None


def _line(line: str) -> str:
    return ".*?".join(re.escape(part) for part in line.rstrip().split(ANYTHING))
