"""Mail on the terminal of whoever develops; never in a log."""

from __future__ import annotations

import sys
from typing import TextIO

import attrs

from haitech_domain.ports import Mail


@attrs.frozen
class ConsoleMailer:
    """The `Mailer` port: prints each letter."""

    stream: TextIO = attrs.field(factory=lambda: sys.stdout)

    async def send(self, mail: Mail) -> None:
        """Print the letter."""
        rule = "-" * 72
        print(
            f"{rule}\nTo: {mail.to}\nSubject: {mail.subject}\n\n{mail.text}{rule}",
            file=self.stream,
            flush=True,
        )

    def must_be_set(self) -> None:
        """It is."""
