"""The `Mailer` port: over SMTP, on the terminal of a developer, and where there is no mail."""

from haitech_adapters.mail.console import ConsoleMailer
from haitech_adapters.mail.nowhere import NoMailer
from haitech_adapters.mail.smtp import SmtpMailer, SmtpServer

__all__ = ["ConsoleMailer", "NoMailer", "SmtpMailer", "SmtpServer"]
