"""Mail that stays here, for trying out and for tests."""

from __future__ import annotations

from haitech_domain.ports import Mail, Unavailable


class MemoryMailer:
    """The `Mailer` port: what was sent is in `sent`; `broken` refuses as a dead server would."""

    def __init__(self) -> None:
        self.sent: list[Mail] = []
        self.broken = False

    async def send(self, mail: Mail) -> None:
        """Keep the letter. :raises Unavailable: `broken` is set"""
        if self.broken:
            raise Unavailable("the mail server", 60)
        self.sent.append(mail)
