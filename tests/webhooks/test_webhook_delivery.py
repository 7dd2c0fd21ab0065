"""Carrying events over real sockets to targets on this machine, good and bad."""

from __future__ import annotations

import asyncio
import gzip
import socket
import threading
from datetime import timedelta
from ipaddress import ip_address

import pytest
from standardwebhooks.webhooks import Webhook

from haitech_adapters.webhooks import SystemLookUp, signed
from haitech_adapters.webhooks.answers import MOST_READ, asked_to_wait
from haitech_adapters.webhooks.looking_up import Unreachable
from haitech_domain.webhook import ANSWER_KEPT, whsec
from tests.certificates import certified
from tests.webhooks import targets
from tests.webhooks.targets import (
    AT,
    EVENT,
    SECRET,
    Names,
    and_hang_up,
    answer,
    closed_port,
    courier,
    dripping,
    hanging,
    parcel,
    resetting,
    target,
)

pytestmark = pytest.mark.anyio
NO_HTTP = "its answer is not HTTP, or broke off"
BROKEN = "the connection broke before the answer ended"
PRIVATE = (
    "nothing was sent: the address must lead to the public internet; "
    "nothing is sent to private addresses"
)
PUBLIC = "93.184.216.34"


async def carried(behave=targets.OK, **options):
    """What comes of carrying one event to a target that does so."""
    async with target(behave) as to, courier("127.0.0.1", **options) as carrier:
        return await carrier.carry(parcel(to.url), at=AT)


class TestWhatArrives:
    async def test_is_the_signed_body_and_its_headers_and_nothing_more(self):
        headers = {"Authorization": "Bearer of the school"}
        async with target() as to, courier("127.0.0.1") as carrier:
            sent = parcel(f"{to.url}?a=ש#part", headers=headers)
            receipt = await carrier.carry(sent, at=AT)
        [got] = to.requests
        expected = signed(sent, at=AT)
        assert got.line == "POST /hook?a=%D7%A9 HTTP/1.1"
        assert got.body == expected.body
        assert dict(got.headers) == {
            **expected.headers,
            "Host": f"127.0.0.1:{to.port}",
            "Accept": "*/*",
            "Connection": "keep-alive",
            "Content-Length": str(len(expected.body)),
        }
        assert (receipt.response_status, receipt.error, receipt.answer) == (204, None, "")
        assert receipt.took_ms >= 0

    async def test_verifies_with_the_published_package(self):
        """The very bytes of the socket."""
        async with target() as to, courier("127.0.0.1") as carrier:
            await carrier.carry(parcel(to.url), at=targets.now())
        [got] = to.requests
        assert Webhook(whsec(SECRET)).verify(got.body, dict(got.headers))["id"] == EVENT

    async def test_does_not_go_by_a_proxy_or_a_password_of_this_machines_environment(
        self, monkeypatch, tmp_path
    ):
        (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password hidden\n")
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
        async with target() as to, courier("127.0.0.1") as carrier:
            assert (await carrier.carry(parcel(to.url), at=AT)).response_status == 204
        assert "Authorization" not in to.requests[0].headers

    async def test_goes_over_one_connection_while_events_follow_each_other(self):
        names = Names({"target.example": ["127.0.0.1"]})
        async with target() as to, courier("target.example", look_up=names) as carrier:
            url = f"http://target.example:{to.port}/"
            for _ in range(3):
                assert (await carrier.carry(parcel(url), at=AT)).response_status == 204
        assert (to.connections, len(to.requests)) == (1, 3)
        assert names.asked == ["target.example"]

    async def test_goes_to_many_targets_at_once_and_none_waits_for_a_silent_one(self):
        async with target(hanging) as silent, target() as well, courier("127.0.0.1") as carrier:
            waiting = [
                asyncio.ensure_future(carrier.carry(parcel(silent.url), at=AT)) for _ in range(40)
            ]
            receipts = await asyncio.gather(
                *(carrier.carry(parcel(well.url), at=AT) for _ in range(40))
            )
            assert {receipt.response_status for receipt in receipts} == {204}
            assert not any(one.done() for one in waiting)
            for one in waiting:
                one.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
            assert (await carrier.carry(parcel(well.url), at=AT)).response_status == 204


class TestAnAnswer:
    @pytest.mark.parametrize(
        "status", ["200 OK", "201 Created", "299 Fine", "404 Not Found", "410 Gone", "599 No"]
    )
    async def test_is_told_by_its_status_and_beginning(self, status):
        receipt = await carried(answer(status, "תודה".encode()))
        assert receipt.response_status == int(status[:3])
        assert (receipt.answer, receipt.error, receipt.retry_after) == ("תודה", None, None)

    @pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 T", "308 P"])
    async def test_that_leads_elsewhere_is_not_followed(self, status):
        async with (
            target() as elsewhere,
            target(answer(status, Location=elsewhere.url)) as to,
            courier("127.0.0.1") as carrier,
        ):
            receipt = await carrier.carry(parcel(to.url), at=AT)
        assert (receipt.response_status, elsewhere.connections) == (int(status[:3]), 0)

    async def test_that_wants_to_be_remembered_is_not(self):
        async with (
            target(answer("200 OK", Set_Cookie="session=1; Path=/")) as to,
            courier("127.0.0.1") as carrier,
        ):
            for _ in range(2):
                await carrier.carry(parcel(to.url), at=AT)
        assert "cookie" not in {name.lower() for got in to.requests for name in got.headers}

    async def test_of_any_length_is_read_to_a_limit_and_judged_by_its_status(self):
        """The target of an endless answer is hung up on."""
        broken = asyncio.Event()

        async def endless(writer):
            try:
                await targets.endless(writer)
            finally:
                broken.set()

        async with target(endless) as to, courier("127.0.0.1") as carrier:
            receipt = await carrier.carry(parcel(to.url), at=AT)
            await asyncio.wait_for(broken.wait(), 10)
        assert receipt.response_status == 200
        assert receipt.answer == "y" * ANSWER_KEPT

    async def test_at_the_limit_is_read(self):
        receipt = await carried(answer("200 OK", b"z" * MOST_READ))
        assert (receipt.response_status, receipt.answer) == (200, "z" * ANSWER_KEPT)

    async def test_is_kept_as_text_whatever_it_is(self):
        """No control characters (PostgreSQL takes no NUL), no half a letter at the end."""
        body = b"a\x00b\x1b[31m\xff\r\n\t\xc2\x85" + "ש".encode() * ANSWER_KEPT
        receipt = await carried(answer("500 Oh", body))
        assert receipt.answer.startswith("a\ufffdb\ufffd[31m\ufffd\r\n\t\ufffdשש")
        assert receipt.answer.endswith("שש")
        assert len(receipt.answer.encode()) <= ANSWER_KEPT * 3
        assert len(receipt.answer) <= ANSWER_KEPT

    async def test_that_is_compressed_is_not_blown_up(self):
        bomb = gzip.compress(b"0" * 10_000_000)
        receipt = await carried(answer("200 OK", bomb, Content_Encoding="gzip"))
        assert (receipt.response_status, receipt.answer) == (200, "(encoded, and so not shown)")

    async def test_can_ask_for_a_pause(self):
        receipt = await carried(answer("429 Slow", Retry_After="120"))
        assert (receipt.response_status, receipt.retry_after) == (429, timedelta(minutes=2))
        later = "Wed, 25 Nov 2026 13:00:00 GMT"
        receipt = await carried(answer("503 Later", Retry_After=later))
        assert receipt.retry_after == timedelta(hours=1)

    @pytest.mark.parametrize(
        ("given", "seconds"),
        [
            (None, None),
            ("0", 0),
            (" 30 ", 30),
            ("9" * 20, 10**9),
            ("9" * 21, None),
            ("-5", None),
            ("1.5", None),
            ("٣", None),
            ("soon", None),
            ("", None),
            ("Wed, 25 Nov 2026 12:01:00 GMT", 60),
            ("Wed, 25 Nov 2026 12:01:00 -0000", 60),
            ("Wed, 25 Nov 2026 14:01:00 +0200", 60),
            ("Wednesday, 25-Nov-26 12:01:00 GMT", 60),
            ("Wed, 25 Nov 2020 12:00:00 GMT", 0),
            ("Wed, 45 Nov 2026 12:00:00 GMT", None),
            ("Wed, 25 Nov 99999999999999999999 12:00:00 GMT", None),
        ],
    )
    async def test_asks_for_a_pause_in_seconds_or_by_a_date(self, given, seconds):
        expected = None if seconds is None else timedelta(seconds=seconds)
        assert asked_to_wait(given, at=AT) == expected


class TestATargetThatMisbehaves:
    @pytest.mark.parametrize(
        "behave",
        [
            hanging,
            dripping(b""),
            dripping(b"HTTP/1.1 200 OK\r\nX-Drip: "),
            dripping(b"HTTP/1.1 200 OK\r\n\r\n"),
            dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"),
        ],
        ids=["says nothing", "drips a status", "drips a header", "drips a body", "drips slowly"],
    )
    async def test_has_so_long_in_all_however_little_comes_at_a_time(self, behave):
        receipt = await carried(behave, seconds=0.2)
        assert receipt.error == "no whole answer within 0.2 s"
        assert receipt.response_status is None

    @pytest.mark.parametrize(
        ("behave", "error"),
        [
            (and_hang_up(b""), NO_HTTP),
            (and_hang_up(b"HTTP/1.1 200"), NO_HTTP),
            (and_hang_up(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), NO_HTTP),
            (and_hang_up(b"SSH-2.0-OpenSSH_9.6\r\n"), NO_HTTP),
            (and_hang_up(b"\x00\xff" * 100), NO_HTTP),
            (and_hang_up(b"HTTP/1.1 42 What\r\n\r\n"), NO_HTTP),
            (and_hang_up(b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n"), NO_HTTP),
            (and_hang_up(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"), NO_HTTP),
            (and_hang_up(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), NO_HTTP),
            (and_hang_up(b"HTTP/1.1 200 OK\r\n" + b"X-Long: y\r\n" * 20_000), NO_HTTP),
            (
                and_hang_up(
                    b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nraw"
                ),
                NO_HTTP,
            ),
            (resetting(), BROKEN),
            (resetting(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), BROKEN),
        ],
    )
    async def test_is_told_in_words_that_are_always_the_same(self, behave, error):
        receipt = await carried(behave)
        assert (receipt.error, receipt.response_status, receipt.answer) == (error, None, None)

    @pytest.mark.parametrize(
        ("said", "status"),
        [
            (answer("302 Found", Location="http://["), 302),
            (answer("302 Found", Location="\xff://\xff"), 302),
            (answer("200 OK", Content_Encoding="\xff, br"), 200),
            (answer("200 OK", Retry_After="\xff"), 200),
            (answer("200 OK", Set_Cookie="\xff=\xff; Expires=\xff"), 200),
            (answer("200 OK", Content_Type="text/plain; charset=nonsense"), 200),
            (b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + answer("200 OK"), 200),
            (b"HTTP/1.0 200 OK\r\n\r\nuntil the end", 200),
        ],
    )
    async def test_by_odd_headers_alone_has_still_answered(self, said, status):
        receipt = await carried(and_hang_up(said))
        assert (receipt.response_status, receipt.error) == (status, None)

    async def test_leaves_others_alone(self):
        """After every kind of failure, connections are as good as new."""
        kinds = [hanging, dripping(b"HTTP/1.1 200 OK\r\n\r\n"), targets.endless, resetting()]
        async with target() as well, courier("127.0.0.1") as carrier:
            for behave in kinds:
                async with target(behave) as bad:
                    carrier._seconds = 0.1
                    await carrier.carry(parcel(bad.url), at=AT)
                    carrier._seconds = 10.0
                    assert (await carrier.carry(parcel(well.url), at=AT)).response_status == 204

    async def test_after_taking_a_request_is_not_asked_again(self):
        """It may have done what it was asked for."""
        async with target(resetting()) as to, courier("127.0.0.1") as carrier:
            await carrier.carry(parcel(to.url), at=AT)
        assert len(to.requests) == 1


class TestConnecting:
    async def test_is_tried_three_times_where_nobody_listens(self):
        names = Names({"target.example": ["127.0.0.1"]})
        async with courier("target.example", look_up=names) as carrier:
            url = f"http://target.example:{closed_port()}/"
            receipt = await carrier.carry(parcel(url), at=AT)
        assert receipt.error == "nothing was sent: it takes no connection"
        assert len(names.asked) == 3

    async def test_succeeds_when_the_target_is_there_the_next_moment(self):
        names = Names({"target.example": ["127.0.0.2", "127.0.0.1"]})
        async with target() as to, courier("target.example", look_up=names) as carrier:
            url = f"http://target.example:{to.port}/"
            assert (await carrier.carry(parcel(url), at=AT)).response_status == 204
        assert (len(to.requests), len(names.asked)) == (1, 2)

    async def test_goes_on_to_the_next_address_of_a_host(self):
        names = Names({"target.example": ["127.0.0.2 127.0.0.3 127.0.0.1"]})
        async with target() as to, courier("target.example", look_up=names) as carrier:
            url = f"http://target.example:{to.port}/"
            assert (await carrier.carry(parcel(url), at=AT)).response_status == 204
        assert len(names.asked) == 1

    async def test_does_not_wait_long_for_an_address_that_is_silent(self, monkeypatch):
        """A full queue of connections that nobody takes: the handshake itself gets no answer."""
        monkeypatch.setattr("haitech_adapters.webhooks.network.CONNECTING", 0.05)
        async with targets.deaf() as (host, port), courier(host) as carrier:
            receipt = await carrier.carry(parcel(f"http://{host}:{port}/"), at=AT)
        assert receipt.error == "nothing was sent: no connection came about in time"

    @pytest.mark.parametrize(
        ("for_now", "times"), [(True, 3), (False, 1)], ids=["for the moment", "for good"]
    )
    async def test_is_tried_again_where_a_host_cannot_be_looked_up_for_the_moment(
        self, for_now, times
    ):
        asked = []

        async def look_up(host):
            asked.append(host)
            raise Unreachable("the host cannot be looked up now", for_now=for_now)

        async with courier(look_up=look_up) as carrier:
            receipt = await carrier.carry(parcel("https://target.example/"), at=AT)
        assert receipt.error == "nothing was sent: the host cannot be looked up now"
        assert len(asked) == times

    async def test_does_not_last_longer_than_a_try_may(self):
        async def look_up(host):
            await asyncio.Event().wait()

        async with courier(look_up=look_up, seconds=0.05) as carrier:
            receipt = await carrier.carry(parcel("https://target.example/"), at=AT)
        assert receipt.error == "no whole answer within 0.05 s"


class TestThePrivateNetwork:
    @pytest.mark.parametrize("found", ["127.0.0.1", f"{PUBLIC} 127.0.0.1", "::ffff:127.0.0.1"])
    async def test_gets_no_byte(self, found):
        names = Names({"target.example": [found]})
        async with target() as to, courier(look_up=names) as carrier:
            receipt = await carrier.carry(parcel(f"http://target.example:{to.port}/"), at=AT)
        assert to.connections == 0
        assert receipt.error == PRIVATE
        assert len(names.asked) == 1, "a refusal is final"

    async def test_gets_no_byte_by_its_own_address(self):
        async with target() as to, courier() as carrier:
            for host in ("127.0.0.1", "[::ffff:127.0.0.1]", "2130706433", "127.1", "localhost"):
                receipt = await carrier.carry(parcel(f"http://{host}:{to.port}/"), at=AT)
                assert "nothing was sent: the address must " in (receipt.error or "")
        assert to.connections == 0

    async def test_gets_no_byte_from_a_name_that_was_public_a_moment_ago(self):
        """DNS rebinding: it was well when it was checked, and leads inside when it is used."""
        names = Names({"target.example": [PUBLIC, "127.0.0.1"]})
        async with target() as to, courier(look_up=names) as carrier:
            url = f"http://target.example:{to.port}/"
            await carrier.check(url)
            receipt = await carrier.carry(parcel(url), at=AT)
        assert to.connections == 0
        assert receipt.error == PRIVATE

    async def test_is_not_looked_for_again_between_checking_and_connecting(self):
        """One look-up for each connection, whose answer is what is connected to."""
        names = Names({"target.example": ["127.0.0.1", "127.0.0.2"]})
        async with target() as to, courier("target.example", look_up=names) as carrier:
            await carrier.carry(parcel(f"http://target.example:{to.port}/"), at=AT)
        assert (to.connections, names.asked) == (1, ["target.example"])
        assert to.requests[0].headers["Host"] == f"target.example:{to.port}"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return certified(tmp_path_factory.mktemp("tls"), "target.example")


class TestEncryption:
    async def test_is_to_the_name_although_the_connection_is_to_an_address(self, certificate):
        serving, trusting = certificate
        named = []
        serving.sni_callback = lambda _, name, __: named.append(name)
        names = Names({"target.example": ["127.0.0.1"]})
        async with (
            target(tls=serving) as to,
            courier("target.example", look_up=names, trust=trusting) as carrier,
        ):
            url = f"https://target.example:{to.port}/hook"
            assert (await carrier.carry(parcel(url), at=AT)).response_status == 204
        assert named == ["target.example"]
        assert to.requests[0].headers["Host"] == f"target.example:{to.port}"

    async def test_with_a_certificate_of_another_name_is_none(self, certificate):
        serving, trusting = certificate
        names = Names({"other.example": ["127.0.0.1"]})
        async with (
            target(tls=serving) as to,
            courier("other.example", look_up=names, trust=trusting) as carrier,
        ):
            receipt = await carrier.carry(parcel(f"https://other.example:{to.port}/"), at=AT)
        assert to.requests == []
        assert receipt.error == (
            "nothing was sent: its certificate is not accepted "
            "(Hostname mismatch, certificate is not valid for 'other.example'.)"
        )

    async def test_with_a_certificate_that_nobody_knows_is_none(self, certificate):
        """Trust is the usual one, unless a test brings its own."""
        names = Names({"target.example": ["127.0.0.1"]})
        async with (
            target(tls=certificate[0]) as to,
            courier("target.example", look_up=names, trust=None) as carrier,
        ):
            receipt = await carrier.carry(parcel(f"https://target.example:{to.port}/"), at=AT)
        assert to.requests == []
        assert receipt.error == (
            "nothing was sent: its certificate is not accepted (self-signed certificate)"
        )

    async def test_with_a_target_that_knows_none_is_none(self):
        async with target(greeting=b"SSH-2.0-x\r\n") as to, courier("127.0.0.1") as carrier:
            receipt = await carrier.carry(parcel(f"https://127.0.0.1:{to.port}/"), at=AT)
        assert to.requests == []
        assert receipt.error == "nothing was sent: no encrypted connection came about"


class TestLookingUp:
    async def test_finds_this_machine(self):
        look_up = SystemLookUp()
        assert ip_address("127.0.0.1") in await look_up("localhost")
        look_up.close()

    @pytest.mark.parametrize(
        ("failure", "why", "for_now"),
        [
            (socket.EAI_NONAME, "there is no such host", False),
            (socket.EAI_FAIL, "there is no such host", False),
            (socket.EAI_AGAIN, "the host cannot be looked up now", True),
            (socket.EAI_MEMORY, "the host cannot be looked up now", True),
        ],
    )
    async def test_tells_what_is_so_for_good_from_what_is_so_for_now(
        self, monkeypatch, failure, why, for_now
    ):
        def getaddrinfo(*_, **__):
            raise socket.gaierror(failure, "as the system says it")

        monkeypatch.setattr("socket.getaddrinfo", getaddrinfo)
        look_up = SystemLookUp()
        with pytest.raises(Unreachable) as failed:
            await look_up("target.example")
        assert (str(failed.value), failed.value.for_now) == (why, for_now)
        look_up.close()

    async def test_ends_without_waiting_for_silent_name_servers(self, monkeypatch):
        """What has not begun never does; what has is left to itself, and its end disturbs nobody."""
        begun, told = asyncio.Event(), threading.Event()
        loop = asyncio.get_running_loop()

        def getaddrinfo(*_, **__):
            loop.call_soon_threadsafe(begun.set)
            told.wait(10)
            raise socket.gaierror(socket.EAI_AGAIN, "late")

        monkeypatch.setattr("socket.getaddrinfo", getaddrinfo)
        look_up = SystemLookUp(threads=1)
        first, second = (
            asyncio.ensure_future(look_up(host)) for host in ("a.example", "b.example")
        )
        await begun.wait()
        first.cancel()
        look_up.close()
        told.set()
        await asyncio.wait({first, second, *look_up._asked.values()})
        assert first.cancelled()
        assert second.cancelled()

    async def test_asks_once_for_all_who_wait_for_a_host(self, monkeypatch):
        """A name server that is silent holds one thread for each host, however much is to be sent."""
        asked = []
        place = (2, 1, 6, "", ("127.0.0.1", 0))

        def getaddrinfo(host, *_, **__):
            asked.append(host)
            return [place, place]

        monkeypatch.setattr("socket.getaddrinfo", getaddrinfo)
        look_up = SystemLookUp()
        found = await asyncio.gather(*(look_up("target.example") for _ in range(20)))
        assert set(found) == {(ip_address("127.0.0.1"),)}
        assert asked == ["target.example"]
        await look_up("target.example")
        assert len(asked) == 2, "an answer is not kept"
        look_up.close()
