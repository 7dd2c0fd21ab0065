"""Mail by SMTP."""

from __future__ import annotations

import ssl
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from typing import Final, Self
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib
import attrs

from haitech_domain.ports import Mail, Unavailable

SECONDS: Final = 15.0
"""How long any step of a delivery may take."""
_PORTS: Final = {"smtp": 587, "smtps": 465}
_STARTTLS: Final[dict[str, bool | None]] = {"required": True, "auto": None, "never": False}


@attrs.frozen(kw_only=True)
class SmtpServer:
    """Where mail is handed over. `starttls`: required, where offered (None), or never."""

    host: str
    port: int
    user: str | None = None
    password: str | None = attrs.field(default=None, repr=False)
    tls: bool = False
    starttls: bool | None = None

    @classmethod
    def of(cls, url: str) -> Self:
        """Read `smtp://user:password@host:port`, `smtps://…`, with `?starttls=required|auto|never`.

        With a password, a connection that cannot be encrypted is refused unless it says `never`.

        :raises ValueError: it is no such address
        """
        parts = urlsplit(url)
        options = parse_qs(parts.query, keep_blank_values=True)
        if parts.scheme not in _PORTS or not parts.hostname or set(options) - {"starttls"}:
            raise ValueError("not the address of an SMTP server")
        tls = parts.scheme == "smtps"
        wanted = options.get("starttls", ["required" if parts.password else "auto"])[-1]
        if wanted not in _STARTTLS or (tls and "starttls" in options):
            raise ValueError("starttls is one of required, auto, never, with smtp:// only")
        return cls(
            host=parts.hostname,
            port=parts.port or _PORTS[parts.scheme],
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            tls=tls,
            starttls=False if tls else _STARTTLS[wanted],
        )


@attrs.frozen(kw_only=True)
class SmtpMailer:
    """The `Mailer` port. `trust` is given in tests, whose server has a certificate of its own."""

    server: SmtpServer
    sender: str
    seconds: float = SECONDS
    trust: ssl.SSLContext | None = None

    async def send(self, mail: Mail) -> None:
        """Hand a letter over. :raises Unavailable: the server cannot be reached, or refuses it"""
        server = self.server
        try:
            await aiosmtplib.send(
                self._message(mail),
                hostname=server.host,
                port=server.port,
                username=server.user,
                password=server.password,
                use_tls=server.tls,
                start_tls=server.starttls,
                timeout=self.seconds,
                tls_context=self.trust,
            )
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise Unavailable("the mail server", 60) from error

    def must_be_set(self) -> None:
        """It is."""

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage(policy=SMTP)
        message["From"] = self.sender
        message["To"] = str(mail.to)
        message["Subject"] = mail.subject
        message["Date"] = formatdate()
        message["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2].strip("> "))
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        return message
