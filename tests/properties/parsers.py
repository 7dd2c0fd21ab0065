"""Every parser that reads what strangers send, as a call on one text, with the refusals it may make.

Shared by `test_parsers_of_hostile_text.py` (Hypothesis, with every change) and
`tests/fuzz/parsers.py` (`nox -s parsers`: guided by coverage, and for long).
"""

from __future__ import annotations

import base64
import json
import tempfile
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final

import attrs
import jwt
from litestar.exceptions import HTTPException

from haitech_adapters.http.cycle_shapes import CycleBody, CycleQuery
from haitech_adapters.http.etags import named
from haitech_adapters.http.hosts import TrustedHosts
from haitech_adapters.http.languages import language_of
from haitech_adapters.http.meeting_shapes import MeetingQuery
from haitech_adapters.http.negotiation import Negotiation, wants_problem
from haitech_adapters.http.payment_shapes import PaymentBody
from haitech_adapters.http.proxies import TrustedProxies
from haitech_adapters.http.querying import query_of
from haitech_adapters.http.ranges import attachment, part_wanted
from haitech_adapters.http.reading import decoded, identifier
from haitech_adapters.http.repeating import key_of
from haitech_adapters.http.request_scope import facts_of
from haitech_adapters.http.saved_views import SavedViewBody
from haitech_adapters.http.webhook_shapes import WebhookBody
from haitech_adapters.http.zoom_notices import news_of, notice_of, plain_token_of
from haitech_adapters.legacy import UnreadableFile, read_cycles, read_meetings, values
from haitech_adapters.legacy.sheet import clean
from haitech_adapters.memory import CountingIds, FixedClock, MemoryUnitOfWork
from haitech_adapters.security import JwtTokens, SharedZoomSecret, SignedMeetingLinks
from haitech_adapters.security.tokens import ALGORITHM
from haitech_adapters.sheets.text import clean as cell
from haitech_adapters.sheets.text import guarded
from haitech_adapters.webhooks.answers import asked_to_wait
from haitech_adapters.webhooks.guard import read as read_target
from haitech_app.logs import as_line
from haitech_domain.access import Scopes
from haitech_domain.api_key import KeyKind, is_a_key
from haitech_domain.cycle import Cycle
from haitech_domain.errors import BadValue, Invalid
from haitech_domain.fields import civil_date, civil_time
from haitech_domain.money import Money
from haitech_domain.people import Email, Phone, phone_readings
from haitech_domain.ports import Query, RefusedTarget, Unauthenticated
from haitech_domain.ports.cursors import Cursors
from haitech_domain.registration.payment import DayOrInstant
from haitech_domain.session import RefreshToken
from haitech_domain.use_cases import HearZoom
from haitech_domain.use_cases.legacy import CycleColumn, MeetingColumn

KEY: Final = "a key of the tests, for nothing else"
NOW: Final = datetime(2026, 10, 18, 9, 0, tzinfo=UTC)
ORDER: Final = (("name", False), ("start_date", True), ("created_at", True))
SECRET: Final = SharedZoomSecret(KEY)
CLOCK: Final = FixedClock(NOW)
HEAR: Final = HearZoom(
    uow=MemoryUnitOfWork(CountingIds(), CLOCK), clock=CLOCK, ids=CountingIds(), secret=SECRET
)


@attrs.frozen
class Parser:
    """What is called with a text, what it may refuse it with, and texts that it knows well."""

    name: str
    read: Callable[[str], object]
    refuses: tuple[type[Exception], ...] = ()
    known: tuple[str, ...] = ()

    def answers(self, text: str) -> bool:
        """Whether it took the text. :raises Exception: whatever is neither a value nor a refusal"""
        try:
            self.read(text)
        except self.refuses:
            return False
        return True


def raw(text: str) -> bytes:
    """What a text would be on the wire; a lone surrogate stands for a byte that is no UTF-8."""
    return text.encode("utf-8", "surrogatepass")


def scope(**headers: str) -> Any:
    """An HTTP request with such headers, as the server would hand it over."""
    pairs = [(name.replace("_", "-").encode(), raw(value)) for name, value in headers.items()]
    client = ("192.0.2.1", 1)
    return {"type": "http", "method": "GET", "path": "/", "headers": pairs, "client": client}


def _cursor(text: str) -> None:
    Cursors("cycles", Cycle, ORDER, Query(cursor=text)).place()


def _forged_cursor(body: str) -> None:
    """With the digest that belongs to it: everybody can reckon that."""
    digest = Cursors("cycles", Cycle, ORDER, Query())._digest(body)
    _cursor(base64.urlsafe_b64encode(raw(digest + body)).rstrip(b"=").decode())


def _token(text: str) -> None:
    JwtTokens(secret=KEY, clock=CLOCK).read(text)


def _signed_token(claims: str) -> None:
    """A token that is signed with our key, whatever it says."""
    _token(jwt.PyJWS().encode(raw(claims), KEY, ALGORITHM))


def _unsigned_token(head: str) -> None:
    _token(base64.urlsafe_b64encode(raw(head)).rstrip(b"=").decode() + ".e30.AA")


def _notice(text: str) -> None:
    notice = notice_of(raw(text))
    news_of(notice)
    plain_token_of(notice)


def _signature(text: str) -> None:
    HEAR.must_be_signed(b"{}", timestamp=text, signature=text)


def _accept(text: str) -> None:
    async def app(*_: object) -> None:
        wants_problem(text)

    call = Negotiation(app)(scope(accept=text), None, None)  # type: ignore[arg-type]
    try:
        call.send(None)
    except StopIteration:
        return


def _proxied(text: str) -> None:
    asked = scope(x_forwarded_for=text, x_forwarded_proto=text, x_forwarded_host=text)
    proxies = TrustedProxies((ip_network("192.0.2.0/24"), ip_network("::/0")))
    proxies.believed(asked)
    assert isinstance(asked["client"][0], str)


def _named_file(name: str) -> None:
    """A name may hold anything but halves of characters, which no text of ours has."""
    header = attachment(name.encode("utf-8", "replace").decode())
    assert header.isascii()
    assert header.isprintable()


def _facts(text: str) -> None:
    facts = facts_of(scope(x_request_id=text, user_agent=text))
    assert facts.request_id.isascii()
    assert facts.user_agent is not None
    assert facts.user_agent.isprintable()


def _legacy(reader: Callable[[Path], object], columns: Iterable[str]) -> Callable[[str], None]:
    """A file of which the fuzzed text is a row, and one that is the text alone."""
    head = ",".join(columns)

    def read(text: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "export.csv"
            file.write_bytes(raw(f"{head}\n{text}"))
            reader(file)

    return read


def _shown(text: str) -> None:
    assert not guarded(cell(text)).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def _logged(text: str) -> None:
    line = as_line({"event": text, "about": {"text": [text]}})
    assert line.isprintable()
    assert json.loads(line)["about"] == {"text": [text]}


DEEP: Final = "[" * 2_000 + "]" * 2_000
HUGE: Final = "9" * 5_000
TEXTS: Final = (
    "",
    "\x00",
    "\ud800",
    "٣" * 10,
    "１２３",
    "1e1000000",
    "-0e99999999",
    "NaN",
    "\u202e",
    "%00",
    "\r\nX: y",
    "\x1b[31m",
    DEEP,
    "[" * 1_400,
    HUGE,
    '{"a":' * 400,
    "," * 3_000,
    " " * 3_000 + "x",
)
"""What has broken parsers elsewhere; each of ours is shown all of them."""

PARSERS: Final = (
    Parser("phones", Phone.of, (BadValue,), ("050-123-4567", "+972 (0)50 1234567", "+44 20 79460000")),
    Parser("parts of phones", phone_readings, (), ("050-123", "00972")),
    Parser("emails", Email.of, (BadValue,), ("Dana@Example.com", "a@b.c-d.ef")),
    Parser("amounts", Money.of, (BadValue,), ("45.50", "-0.01")),
    Parser("dates", civil_date, (BadValue,), ("2026-01-31",)),
    Parser("times", civil_time, (BadValue,), ("16:30",)),
    Parser("instants or dates", DayOrInstant(), (BadValue,), ("2026-01-31T16:30:00.5Z",)),
    Parser("ids", identifier, (Invalid,), ("01900000-0000-7000-8000-000000000001",)),
    Parser("scopes", lambda t: Scopes.of(t.split(",")), (BadValue,), ("read:*,write:cycles",)),
    Parser("bodies: a cycle", lambda t: decoded(raw(t), CycleBody, entity=Cycle), (Invalid,),
           ('{"name":"a","type":"private","startDate":"2026-01-01","pricePerStudent":1e2}',)),
    Parser("bodies: a payment", lambda t: decoded(raw(t), PaymentBody), (Invalid,),
           ('{"amount":"1180.00","paidAt":"2026-01-01"}', '{"amount":1e1000000}', '{"amount":0e9999999}')),
    Parser("bodies: a view", lambda t: decoded(raw(t), SavedViewBody).given(), (Invalid,),
           ('{"name":"a","entity":"cycles","filters":{"isActive":true,"n":-1}}',)),
    Parser("bodies: a webhook", lambda t: decoded(raw(t), WebhookBody), (Invalid,),
           ('{"url":"https://a.example","events":["*"],"headers":{"X-A":"b"}}',)),
    Parser("queries: cycles", lambda t: query_of(raw(t), CycleQuery), (Invalid,),
           ("status=active&limit=20&sortBy=name&search=%D7%90", "offset=1&cursor=x")),
    Parser("queries: meetings", lambda t: query_of(raw(t), MeetingQuery), (Invalid,),
           ("from=2026-01-01&to=2026-02-01&status=completed",)),
    Parser("cursors", _cursor, (Invalid,), ("e30", "WyJhIl0=")),
    Parser("cursors with their digest", _forged_cursor, (Invalid,),
           ('["a","2026-01-01","2026-01-01T00:00:00+00:00","01900000-0000-7000-8000-000000000001"]',)),
    Parser("access tokens", _token, (Unauthenticated,), ("a.b.c",)),
    Parser("heads of access tokens", _unsigned_token, (Unauthenticated,),
           ('{"alg":"HS256","typ":"JWT"}', '{"alg":"none"}', '{"alg":"HS256","crit":["b64"],"b64":false}')),
    Parser("claims of access tokens", _signed_token, (Unauthenticated,),
           ('{"iss":"haitech","aud":"haitech-api","sub":"x","iat":1,"exp":9999999999,"role":"admin","name":1}',)),
    Parser("refresh tokens", RefreshToken.of, (), ("a.b",)),
    Parser("API keys", lambda t: is_a_key(t, KeyKind.TEST), (), ("haitech_test_" + "a" * 36,)),
    Parser("links to meetings", SignedMeetingLinks(raw(KEY)).read, (), ("A" * 96, "_" * 96)),
    Parser("Zoom: signatures", _signature, (Unauthenticated,), ("v0=" + "0" * 64,)),
    Parser("Zoom: times", HEAR.must_be_recent, (Unauthenticated,), ("1792348260",)),
    Parser("Zoom: bodies", _notice, (Invalid,),
           ('{"event":"meeting.ended","event_ts":1,"payload":{"object":{"id":"1","uuid":"a","start_time":"2026-10-18T13:01:00Z"}}}',
            '{"event":"endpoint.url_validation","payload":{"plainToken":"a"}}',
            '{"event":"a","event_ts":' + DEEP + "}")),
    Parser("addresses of webhooks", read_target, (RefusedTarget,),
           ("https://hooks.example/a?b=c", "http://[::ffff:127.0.0.1]:80/", "http://0x7f.1/", "http://xn--a.example")),
    Parser("Retry-After of targets", lambda t: asked_to_wait(t, at=NOW), (),
           ("120", "Wed, 21 Oct 2026 07:28:00 GMT")),
    Parser("Range", lambda t: part_wanted(scope(range=t, if_range='"a"'), size=9, tag='"a"'),
           (HTTPException,), ("bytes=0-4", "bytes=-3", "bytes=5-")),
    Parser("Accept", _accept, (HTTPException,),
           ("application/problem+json;q=0.9, */*;q=0.1", "text/html; charset=utf-8")),
    Parser("Accept-Language", language_of, (), ("he-IL,he;q=0.9,en;q=0.8",)),
    Parser("If-Match", lambda t: named(scope(if_match=t), b"if-match"), (Invalid,), ('"a", W/"b"', "*")),
    Parser("Idempotency-Key", lambda t: key_of(scope(idempotency_key=t)), (Invalid,),
           ("a-key", r'"a \" key"')),
    Parser("X-Forwarded-…", _proxied, (), ("198.51.100.7, [2001:db8::1]:4711", "https")),
    Parser("Host", TrustedHosts(("school.example", "*.example.com")).trusts, (), ("school.example:443",)),
    Parser("X-Request-ID and User-Agent", _facts, (), ("a.b_c-1", "Mozilla/5.0 (X11)")),
    Parser("names of files", _named_file, (), ("דוח.xlsx", 'a"b\r\nc')),
    Parser("cells of files", _shown, (), ("=1+1", "\u200b@SUM(A1)")),
    Parser("lines of the log", _logged, (), ("\x1b[2J\u009b31m", "a\nlevel=error")),
    Parser("imports: cells", clean, (), (" \u200fא\u202a ",)),
    Parser("imports: dates", values.iso_date, (BadValue,), ("2026-01-31",)),
    Parser("imports: moments", values.moment, (BadValue,), ("31/01/2026 16:30",)),
    Parser("imports: amounts", values.money, (BadValue,), ("300.00",)),
    Parser("imports: lengths", values.duration, (BadValue,), ("90", "90.00")),
    Parser("imports: a file of cycles", _legacy(read_cycles, CycleColumn), (UnreadableFile,),
           (",".join("א" * len(CycleColumn)), '"a\nb",c')),
    Parser("imports: a file of meetings", _legacy(read_meetings, MeetingColumn), (UnreadableFile,),
           ("a,31/01/2026 16:30,31/01/2026 17:30,b,-,התקיימה,x",)),
)  # fmt: skip
