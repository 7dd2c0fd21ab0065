"""Where no mail server is set: every letter is refused, so that its loss is told."""

from __future__ import annotations

from haitech_domain.ports import Mail, Unavailable


class NoMailer:
    """The `Mailer` port of a school without mail."""

    async def send(self, mail: Mail) -> None:
        """:raises Unavailable: always"""
        del mail
        self.must_be_set()

    def must_be_set(self) -> None:
        """:raises Unavailable: always"""
        raise Unavailable("sending mail (HAITECH_SMTP_URL is not set)", 3600)
