"""How people get in, and how mail reaches them, by the settings."""

from __future__ import annotations

from datetime import timedelta

from haitech_adapters.mail import ConsoleMailer, NoMailer, SmtpMailer, SmtpServer
from haitech_app.settings import Environment, Settings
from haitech_domain.ports import Mailer
from haitech_domain.use_cases import LoginRules
from haitech_domain.user import PasswordPolicy


def mails(settings: Settings) -> bool:
    """Whether letters go anywhere."""
    return settings.smtp_url is not None or settings.for_trying_out


def mailer(settings: Settings) -> Mailer:
    """The mail server that was set; else, in development and the demo, the terminal; elsewhere nobody."""
    if settings.smtp_url is not None:
        return SmtpMailer(server=SmtpServer.of(settings.smtp_url), sender=settings.mail_from)
    return ConsoleMailer() if settings.for_trying_out else NoMailer()


def login_rules(settings: Settings) -> LoginRules:
    """How people get in, by these settings."""
    return LoginRules(
        passwords=PasswordPolicy(refuses_common=settings.env is Environment.PROD),
        refresh_life=timedelta(days=settings.refresh_days),
        session_life=timedelta(days=settings.session_days),
        reset_life=timedelta(minutes=settings.reset_minutes),
        invitation_life=timedelta(days=settings.invitation_days),
        public_url=settings.effective_public_url,
    )
