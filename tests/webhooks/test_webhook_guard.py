"""Whom nothing is sent to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haitech_adapters.webhooks import Guard, is_public
from haitech_adapters.webhooks.guard import read
from haitech_adapters.webhooks.looking_up import Unreachable
from haitech_domain.ports import RefusedTarget
from tests.webhooks.targets import Names, courier

PUBLIC = "93.184.216.34"
PRIVATE = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
    "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
]  # fmt: skip
PRIVATE_6 = [
    "::/96", "::1/128", "::ffff:0:0:0/96", "64:ff9b:1::/48", "100::/64", "2001::/32",
    "2001:10::/28", "2001:20::/28", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16",
    "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
]  # fmt: skip


def within(networks, version):
    of_each = [st.ip_addresses(v=version, network=network) for network in networks]
    return st.one_of(of_each)


def in_six(prefix):
    return lambda address: IPv6Address(int(IPv6Address(prefix)) + int(address))


MAPPED, NAT64 = in_six("::ffff:0:0"), in_six("64:ff9b::")


def sixes_of(address):
    """The ways of IPv6 to write or reach an address of IPv4."""
    number = int(address)
    yield MAPPED(address)
    yield NAT64(address)
    yield IPv6Address(number)
    yield IPv6Address((0x2002 << 112) + (number << 80) + 1)
    yield IPv6Address((0x20010000 << 96) + (number ^ 0xFFFFFFFF))
    yield IPv6Address(int(IPv6Address("64:ff9b:1::")) + number)


class TestAnAddress:
    @given(within(PRIVATE, 4))
    def test_of_ipv4_that_is_not_public_is_refused_in_every_form(self, address):
        assert not is_public(address)
        assert not any(map(is_public, sixes_of(address)))

    @given(within(PRIVATE_6, 6))
    def test_of_ipv6_that_is_not_public_is_refused(self, address):
        assert not is_public(address)

    @given(st.ip_addresses(v=4))
    def test_in_other_words_is_as_good_as_what_it_leads_to(self, address):
        assert is_public(address) == is_public(MAPPED(address)) == is_public(NAT64(address))

    @given(st.ip_addresses())
    def test_is_never_public_where_python_knows_that_it_is_not(self, address):
        """A second opinion, over every kind of special address that Hypothesis likes to make."""
        mapped = getattr(address, "ipv4_mapped", None)
        if mapped is None and (not address.is_global or address.is_multicast):
            assert not is_public(address)

    @pytest.mark.parametrize(
        "metadata",
        ["169.254.169.254", "fd00:ec2::254", "100.100.100.200", "192.0.0.192", "168.63.129.16",
         "fe80::a9fe:a9fe", "::ffff:169.254.169.254", "64:ff9b::169.254.169.254"],
    )  # fmt: skip
    def test_of_a_clouds_metadata_is_refused(self, metadata):
        assert not is_public(ip_address(metadata))

    def test_with_a_zone_is_refused(self):
        """It names a cable of this machine, whatever else it looks like."""
        assert is_public(IPv6Address("2606:4700::1111"))
        assert not is_public(IPv6Address("2606:4700::1111%eth0"))
        assert not is_public(IPv6Address("fe80::1%eth0"))

    @pytest.mark.parametrize(
        "public",
        ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450::1",
         "2620:4f:8000::1", "64:ff9b::8.8.8.8"],
    )  # fmt: skip
    def test_of_the_public_internet_is_not(self, public):
        assert is_public(ip_address(public))

    def test_at_the_edge_of_a_network_is_judged_exactly(self):
        """One before and one after each private network are public, but for neighbours."""
        networks = [ip_network(network) for network in [*PRIVATE, "168.63.129.16/32"]]
        for network in networks:
            for number in (int(network[0]) - 1, int(network[-1]) + 1):
                if 0 <= number < 2**32:
                    neighbour = IPv4Address(number)
                    expected = not any(neighbour in other for other in networks)
                    assert is_public(neighbour) is expected


OTHER_WRITINGS: dict[str, Callable[[int], str]] = {
    "a number": str,
    "hexadecimal": hex,
    "octal": lambda number: f"0{number:o}",
    "three parts": lambda number: f"{number >> 24}.{number >> 16 & 255}.{number & 0xFFFF}",
    "two parts": lambda number: f"{number >> 24}.{number & 0xFFFFFF}",
    "octal parts": lambda number: ".".join(f"0{number >> n & 255:o}" for n in (24, 16, 8, 0)),
    "hexadecimal parts": lambda number: ".".join(hex(number >> n & 255) for n in (24, 16, 8, 0)),
    "five parts": lambda number: f"1.{IPv4Address(number)}",
}


PIECES = ["http:", "https:", "//", "/", "[", "]", ":", "::", "@", "\\", "%", "%25", ".", "0x", "7f",
          "127", "a", "xn--", "é", "。", "\u200f", "\u202e", "#", "?", " ", "\x00", "1" * 70]  # fmt: skip


class TestAUrl:
    @pytest.mark.parametrize("writing", OTHER_WRITINGS)
    @given(address=st.ip_addresses(v=4))
    def test_has_an_address_of_ipv4_in_its_usual_writing_alone(self, writing, address):
        """Also a public one: two readers could take `010.8.8.8` for two addresses."""
        assert read(f"http://{address}/").host == str(address)
        with pytest.raises(RefusedTarget):
            read(f"http://{OTHER_WRITINGS[writing](int(address))}/")

    @pytest.mark.parametrize(
        ("url", "reason"),
        [
            ("ftp://target.example/", "url.invalid"),
            ("file:///etc/passwd", "url.invalid"),
            ("//target.example/", "url.invalid"),
            ("target.example", "url.invalid"),
            ("", "url.invalid"),
            ("https://", "url.invalid"),
            ("https:///hook", "url.invalid"),
            ("https://exa mple/", "url.invalid"),
            ("https://target.example:0/", "url.invalid"),
            ("https://target.example:65536/", "url.invalid"),
            ("https://target.example:-1/", "url.invalid"),
            ("https://target.example:x/", "url.invalid"),
            ("https://%6c%6fcalhost/", "url.invalid"),
            ("https://a..example/", "url.invalid"),
            ("https://-a.example/", "url.invalid"),
            (f"https://{'a' * 64}.example/", "url.invalid"),
            (f"https://{'a.' * 130}example/", "url.invalid"),
            ("https://target.example\t/", "url.invalid"),
            ("https://target.example\r\nHost: x/", "url.invalid"),
            ("https://[::1/", "url.invalid"),
            ("https://[v1.x]/", "url.invalid"),
            ("http://127.1/", "url.invalid"),
            ("http://127.0.0.1../", "url.invalid"),
            ("http://0x7f000001/", "url.invalid"),
            ("http://0x/", "url.invalid"),
            ("http://2130706433/", "url.invalid"),
            ("http://0177.0.0.1/", "url.invalid"),
            ("http://127.0.0.256/", "url.invalid"),
            ("http://１２７.0.0.1/", "url.invalid"),
            ("http://ⓛocalhost/", "url.invalid"),
            ("https://user@target.example/", "url.credentials"),
            ("https://user:password@target.example/", "url.credentials"),
            ("http://target.example\\@127.0.0.1/", "url.credentials"),
        ],
    )  # fmt: skip
    def test_that_is_none_is_refused(self, url, reason):
        with pytest.raises(RefusedTarget) as refused:
            read(url)
        assert refused.value.reason == reason
        assert "password" not in refused.value.message or reason == "url.credentials"

    @pytest.mark.parametrize(
        ("url", "host"),
        [
            ("https://Target.Example/hook?a=1#b", b"target.example"),
            ("https://target.example./hook", b"target.example"),
            ("http://target_1.example:8080", b"target_1.example"),
            ("https://bücher.example/", b"xn--bcher-kva.example"),
            ("https://רובוטיקה.example/", b"xn--5dbgbbpg2hc.example"),
            ("http://127。0。0。1/", b"127.0.0.1"),
            ("http://127.0.0.1./", b"127.0.0.1"),
            ("https://[2606:4700::1111]:8443/", b"2606:4700::1111"),
            ("https://3com.example/", b"3com.example"),
        ],
    )  # fmt: skip
    def test_is_read_as_the_client_reads_it(self, url, host):
        assert read(url).raw_host == host

    @given(st.builds("".join, st.lists(st.sampled_from(PIECES), max_size=8)) | st.text(max_size=20))
    def test_or_text_is_read_or_refused_and_nothing_else(self, url):
        """Whatever somebody types is an address or a refusal."""
        try:
            target = read(url)
        except RefusedTarget:
            return
        assert target.scheme in {"http", "https"}
        assert target.raw_host


@pytest.mark.anyio
class TestAHost:
    async def test_is_refused_for_one_bad_address_of_several(self):
        """Also if the bad one comes last: a connection could be made to any of them."""
        names = Names(
            {"a": [f"{PUBLIC} 10.0.0.1"], "b": [f"{PUBLIC} ::1"], "c": [PUBLIC]},
        )
        guard = Guard(look_up=names)
        for host in ("a", "b"):
            with pytest.raises(RefusedTarget) as refused:
                await guard.addresses(host, 443)
            assert "10.0.0.1" not in str(refused.value)
            assert refused.value.reason == "url.private"
        assert await guard.addresses("c", 443) == (ip_address(PUBLIC),)

    async def test_that_was_allowed_may_be_anywhere_at_its_port_if_one_was_named(self):
        names = Names({"n8n.lan": ["10.0.0.5"], "other.lan": ["10.0.0.6"]})
        guard = Guard(look_up=names, allowed=frozenset({"n8n.lan:5678", "other.lan", "[::1]:80"}))
        assert await guard.addresses("n8n.lan", 5678)
        assert await guard.addresses("other.lan", 1)
        assert await guard.addresses("::1", 80)
        for host, port in [("n8n.lan", 80), ("::1", 81), ("10.0.0.6", 1)]:
            with pytest.raises(RefusedTarget):
                await guard.addresses(host, port)

    async def test_is_looked_up_by_the_system(self):
        """Here: by this machine's own table, and by what the system takes for an address."""
        async with courier() as carrier:
            for url in ("http://localhost/", "http://localhost./", "http://localhost:8080/"):
                with pytest.raises(RefusedTarget) as refused:
                    await carrier.check(url)
                assert refused.value.reason == "url.private"


@pytest.mark.anyio
class TestChecking:
    @pytest.mark.parametrize(
        "url",
        ["http://127.0.0.1/", "http://[::1]/", "http://[::ffff:10.0.0.1]/", "http://0.0.0.0/",
         "http://[fe80::1%25eth0]/", "http://[64:ff9b::7f00:1]/", "http://169.254.169.254/latest/",
         "http://[fd00:ec2::254]/", "http://127。0。0。1/", "http://127.0.0.1./"],
    )  # fmt: skip
    async def test_refuses_what_nothing_would_be_sent_to(self, url):
        async with courier(look_up=Names({})) as carrier:
            with pytest.raises(RefusedTarget) as refused:
                await carrier.check(url)
            assert refused.value.reason == "url.private"

    async def test_takes_public_targets_and_allowed_ones(self):
        names = Names({"target.example": [PUBLIC], "xn--bcher-kva.example": [PUBLIC]})
        async with courier("localhost", "127.0.0.1:9000", look_up=names) as carrier:
            for url in ("https://target.example/hook", "https://bücher.example/",
                        "http://127.0.0.1:9000/", "https://8.8.8.8/"):  # fmt: skip
                await carrier.check(url)
            with pytest.raises(RefusedTarget):
                await carrier.check("http://127.0.0.1:9001/")

    async def test_refuses_a_host_that_cannot_be_looked_up_or_not_in_time(self):
        async def unknown(host):
            raise Unreachable("there is no such host", for_now=False)

        async def silent(host):
            await asyncio.Event().wait()

        for look_up in (unknown, silent):
            async with courier(look_up=look_up, seconds=0.05) as carrier:
                with pytest.raises(RefusedTarget) as refused:
                    await carrier.check("https://target.example/")
                assert refused.value.reason == "url.unknown_host"
