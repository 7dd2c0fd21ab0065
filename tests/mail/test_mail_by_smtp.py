"""Mail handed over to a real SMTP server on this machine, with and without encryption."""

from __future__ import annotations

import io
import socket
import ssl
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from haitech_adapters.mail import ConsoleMailer, NoMailer, SmtpMailer, SmtpServer
from haitech_domain.people import Email
from haitech_domain.ports import Mail, Unavailable
from tests.certificates import certified

pytestmark = pytest.mark.anyio
TEXT = "שלום דנה,\n\nhttps://school.example/reset-password#token=abc\n.\nסוף\n"
MAIL = Mail(to=Email("dana@example.com"), subject="איפוס סיסמה · Reset", text=TEXT)
SENDER = "no-reply@school.example"


class Kept:
    """A server's handler that keeps what it takes, and refuses some."""

    def __init__(self):
        self.taken = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802  # aiosmtpd's name
        if address.startswith("nobody"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  # as above
        self.taken.append((envelope, session.ssl is not None, session.authenticated))
        return "250 taken"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for this machine, made for these tests, and who trusts it."""
    return certified(tmp_path_factory.mktemp("tls"), "localhost")


class Encrypted(Controller):
    """A server of TLS from the first byte; the stock one knocks at its door without trust."""

    trusting: ssl.SSLContext

    def _trigger_server(self):
        with (
            socket.create_connection((self.hostname, self.port)) as bare,
            self.trusting.wrap_socket(bare, server_hostname="localhost") as knocking,
        ):
            knocking.recv(1)


def known(server, session, envelope, mechanism, data):
    right = (data.login, data.password) == (b"haitech", b"a p@ss:word")
    return AuthResult(success=right)


@pytest.fixture
def serve():
    """Start servers; stopped at the end."""
    started = []

    def start(kind=Controller, **options):
        kept = Kept()
        controller = kind(kept, hostname="localhost", port=0, **options)
        controller.port = free_port()
        controller.start()
        started.append(controller)
        return kept, controller.port

    yield start
    for controller in started:
        controller.stop()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def mailer(url, **more):
    return SmtpMailer(server=SmtpServer.of(url), sender=SENDER, **{"seconds": 5, **more})


async def test_a_letter_arrives_whole(serve):
    kept, port = serve()
    await mailer(f"smtp://localhost:{port}").send(MAIL)
    [(envelope, encrypted, _)] = kept.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == (SENDER, ["dana@example.com"])
    assert not encrypted
    message = message_from_bytes(envelope.content, policy=policy.default)
    assert (message["Subject"], message["To"]) == (MAIL.subject, "dana@example.com")
    assert message["From"] == SENDER
    assert message["Message-ID"].endswith("@school.example>")
    assert message["Date"]
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().replace("\r\n", "\n") == TEXT


async def test_with_a_password_the_connection_is_encrypted_first(serve, certificate):
    serving, trusting = certificate
    kept, port = serve(
        tls_context=serving, authenticator=known, auth_require_tls=True, require_starttls=True
    )
    url = f"smtp://haitech:a%20p%40ss%3Aword@localhost:{port}"
    await mailer(url, trust=trusting).send(MAIL)
    [(_, encrypted, authenticated)] = kept.taken
    assert encrypted
    assert authenticated


async def test_a_password_is_not_sent_in_the_clear(serve):
    """A server without encryption is refused, unless the address says `never`."""
    kept, port = serve(authenticator=known, auth_require_tls=False)
    login = "haitech:a%20p%40ss%3Aword"
    with pytest.raises(Unavailable):
        await mailer(f"smtp://{login}@localhost:{port}").send(MAIL)
    assert kept.taken == []
    await mailer(f"smtp://{login}@localhost:{port}?starttls=never").send(MAIL)
    assert len(kept.taken) == 1


async def test_a_wrong_password_and_an_unknown_certificate_are_told(serve, certificate):
    serving, trusting = certificate
    kept, port = serve(tls_context=serving, authenticator=known, require_starttls=True)
    with pytest.raises(Unavailable):
        await mailer(f"smtp://haitech:wrong@localhost:{port}", trust=trusting).send(MAIL)
    with pytest.raises(Unavailable):
        await mailer(f"smtp://haitech:a%20p%40ss%3Aword@localhost:{port}").send(MAIL)
    assert kept.taken == []


async def test_encryption_is_used_where_it_is_offered(serve, certificate):
    serving, trusting = certificate
    kept, port = serve(tls_context=serving)
    await mailer(f"smtp://localhost:{port}", trust=trusting).send(MAIL)
    assert [encrypted for _, encrypted, _ in kept.taken] == [True]


async def test_smtps_is_encrypted_from_the_first_byte(serve, certificate):
    serving, trusting = certificate
    kind = type("Trusted", (Encrypted,), {"trusting": trusting})
    kept, port = serve(kind, ssl_context=serving)
    await mailer(f"smtps://localhost:{port}", trust=trusting).send(MAIL)
    assert len(kept.taken) == 1


async def test_a_refused_mailbox_a_dead_server_and_a_silent_one_are_unavailable(serve):
    _, port = serve()
    unknown = Mail(to=Email("nobody@example.com"), subject="x", text="x\n")
    with pytest.raises(Unavailable) as refused:
        await mailer(f"smtp://localhost:{port}").send(unknown)
    assert "nobody" not in str(refused.value)
    with pytest.raises(Unavailable):
        await mailer(f"smtp://localhost:{free_port()}").send(MAIL)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(Unavailable):
            await mailer(f"smtp://127.0.0.1:{port}", seconds=0.2).send(MAIL)


async def test_a_subject_with_a_line_feed_is_not_a_header_more(serve):
    """Names of people stand in texts only; should one reach a header, it is refused."""
    kept, port = serve()
    sly = Mail(to=Email("dana@example.com"), subject="x\nBcc: all@example.com", text="x\n")
    with pytest.raises(Unavailable):
        await mailer(f"smtp://localhost:{port}").send(sly)
    assert kept.taken == []


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", SmtpServer(host="mail.example", port=587)),
        ("smtps://mail.example", SmtpServer(host="mail.example", port=465, tls=True, starttls=False)),
        ("smtp://mail.example:25?starttls=never",
         SmtpServer(host="mail.example", port=25, starttls=False)),
        ("smtp://u:p@mail.example",
         SmtpServer(host="mail.example", port=587, user="u", password="p", starttls=True)),
        ("smtp://u:p@mail.example?starttls=auto",
         SmtpServer(host="mail.example", port=587, user="u", password="p", starttls=None)),
    ],
)  # fmt: skip
def test_an_address_is_read(url, server):
    assert SmtpServer.of(url) == server
    assert "password" not in repr(server)


@pytest.mark.parametrize(
    "url",
    ["", "mail.example", "http://mail.example", "smtp://", "smtp://mail.example:port",
     "smtp://mail.example?tls=yes", "smtp://mail.example?starttls=maybe",
     "smtps://mail.example?starttls=required", "smtp://mail.example:99999"],
)  # fmt: skip
def test_what_is_no_address_is_refused(url):
    with pytest.raises(ValueError, match=r"SMTP server|starttls|[Pp]ort"):
        SmtpServer.of(url)


async def test_the_terminal_shows_the_letter(capsys):
    stream = io.StringIO()
    await ConsoleMailer(stream).send(MAIL)
    assert "dana@example.com" in stream.getvalue()
    assert TEXT in stream.getvalue()
    await ConsoleMailer().send(MAIL)
    assert TEXT in capsys.readouterr().out


async def test_where_there_is_no_server_every_letter_is_refused():
    with pytest.raises(Unavailable, match="HAITECH_SMTP_URL"):
        await NoMailer().send(MAIL)
