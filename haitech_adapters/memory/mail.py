"""Mail that stays here, for trying out and for tests."""

from __future__ import annotations

from haitech_domain.ports import Mail, Unavailable


class MemoryMailer:
    """The `Mailer` port: what was sent is in `sent`.

    `broken` refuses as a dead server would, `absent` as where none is set.
    """

    def __init__(self) -> None:
        self.sent: list[Mail] = []
        self.broken = False
        self.absent = False

    async def send(self, mail: Mail) -> None:
        """Keep the letter. :raises Unavailable: `broken` is set"""
        if self.broken:
            raise Unavailable("the mail server", 60)
        self.sent.append(mail)

    def must_be_set(self) -> None:
        """:raises Unavailable: `absent` is set"""
        if self.absent:
            raise Unavailable("sending mail", 3600)
