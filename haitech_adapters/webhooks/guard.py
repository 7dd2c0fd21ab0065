"""Whom nothing is sent to: whatever is not the public internet, unless it was allowed by name.

The addresses of the special-purpose registries are written out here, so that what is refused
depends on no version of Python.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

import attrs
import httpx

from haitech_adapters.webhooks.looking_up import Address, LookUp
from haitech_domain.fields import LONGEST_URL
from haitech_domain.ports import RefusedTarget

_RESERVED_4: Final = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network; 0.0.0.0 is this very machine
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # behind the NAT of a provider, and the metadata of some clouds
            "127.0.0.0/8",  # loopback
            "168.63.129.16/32",  # what Azure tells its machines
            "169.254.0.0/16",  # link-local, and the metadata of most clouds
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocols, and the metadata of Oracle's cloud
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # relays of 6to4
            "192.168.0.0/16",  # private
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
        ),
    )
)
_UNICAST_6: Final = IPv6Network("2000::/3")
"""All that was given out to be reached. Outside of it lie loopback, link-local, private (also the
metadata of AWS), multicast, and what only translates."""
_RESERVED_6: Final = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocols; of these Teredo leads to any address of IPv4
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4 leads to any address of IPv4
            "3fff::/20",  # documentation
        ),
    )
)
_LEADING_TO_4: Final = tuple(map(IPv6Network, ("::ffff:0:0/96", "64:ff9b::/96")))
"""IPv4 in other words (mapped, and NAT64): as good or bad as the address that it leads to."""

_NAME: Final = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
    r"(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*"
)
_ENDS_IN_A_NUMBER: Final = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
_MOST_PORT: Final = 65_535


def is_public(address: Address) -> bool:
    """Whether an address is one of the public internet."""
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return False
        if not any(address in network for network in _LEADING_TO_4):
            return address in _UNICAST_6 and not any(address in net for net in _RESERVED_6)
        address = IPv4Address(address.packed[-4:])
    return not any(address in network for network in _RESERVED_4)


def read(url: str) -> httpx.URL:
    """An address as the client reads it, so that nobody reads it in another way.

    An address of IPv4 is taken in its usual writing alone: `127.1` and `0x7f000001` are refused.

    :raises RefusedTarget: it is not of http(s), names no host, or carries a user or password
    """
    if len(url) > LONGEST_URL:
        raise RefusedTarget(f"must be at most {LONGEST_URL} characters", reason="url.invalid")
    try:
        target = httpx.URL(url)
    except (httpx.InvalidURL, ValueError):  # the latter of texts that are no Unicode
        raise RefusedTarget("must be an address of the web", reason="url.invalid") from None
    if target.scheme not in {"http", "https"}:
        raise RefusedTarget("must begin with https:// or http://", reason="url.invalid")
    if target.userinfo:
        raise RefusedTarget("must hold no user or password; a header can", reason="url.credentials")
    if target.port is not None and not 0 < target.port <= _MOST_PORT:
        raise RefusedTarget(f"must have a port from 1 to {_MOST_PORT}", reason="url.invalid")
    host = target.raw_host.decode("ascii").removesuffix(".")
    if literal(host) is None and (not _NAME.fullmatch(host) or _ENDS_IN_A_NUMBER.fullmatch(host)):
        raise RefusedTarget(
            "must name a host, or an address in its usual writing", reason="url.invalid"
        )
    return target.copy_with(host=host)


def literal(host: str) -> Address | None:
    """The address that a host is written as; None where it is a name."""
    try:
        return ip_address(host)
    except ValueError:
        return None


@attrs.frozen(kw_only=True)
class Guard:
    """Finds where a host is, and refuses what is not the public internet.

    `allowed` are hosts, with or without a port (`localhost`, `n8n.lan:5678`, `[::1]`), that may be
    anywhere.
    """

    look_up: LookUp
    allowed: frozenset[str] = frozenset()

    async def addresses(self, host: str, port: int) -> Sequence[Address]:
        """Where a host is: every address of it was checked, and one bad one spoils all.

        :raises RefusedTarget: one of them is not of the public internet
        :raises Unreachable: it cannot be looked up
        """
        written = literal(host)
        found = await self.look_up(host) if written is None else (written,)
        if not self._allows(host, port) and not all(map(is_public, found)):
            raise RefusedTarget(
                "must lead to the public internet; nothing is sent to private addresses",
                reason="url.private",
            )
        return found

    def _allows(self, host: str, port: int) -> bool:
        name = f"[{host}]" if ":" in host else host
        return name in self.allowed or f"{name}:{port}" in self.allowed
