"""Whose word counts about where a request comes from: that of proxies which are known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, ip_address
from typing import Final

import attrs
from litestar.types import HTTPScope

from haitech_adapters.addresses import Address, Network, well_formed

_WITH_PORT: Final = re.compile(r"\[([^\]]*)\](?::\d{1,5})?|([\d.]+):\d{1,5}")
_HEADERS: Final = (b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host")


@attrs.frozen(kw_only=True)
class Forwarded:
    """What trusted proxies said of a request: its scheme, where they said one."""

    scheme: str | None = None


_NOTHING: Final = Forwarded()


@attrs.frozen
class TrustedProxies:
    """The networks of proxies that are believed."""

    networks: tuple[Network, ...] = ()

    def believed(self, scope: HTTPScope) -> Forwarded:
        """Write into the scope what trusted proxies say of client, scheme and host.

        From anybody else the headers mean nothing, and what cannot be read means nothing either.
        """
        if not self.networks:
            return _NOTHING
        client = scope.get("client")
        peer = _address(client[0]) if client is not None else None
        if client is None or peer is None or not self._trusts(peer):
            return _NOTHING
        said = {name: b",".join(_all(scope, name)).decode("latin-1") for name in _HEADERS}
        scope["client"] = (str(self._nearest_stranger(peer, said[_HEADERS[0]])), client[1])
        host = _last(said[_HEADERS[2]])
        if well_formed(host):
            others = [header for header in scope["headers"] if header[0] != b"host"]
            scope["headers"] = [*others, (b"host", host.encode("ascii"))]
        scheme = _last(said[_HEADERS[1]]).lower()
        if scheme not in {"http", "https"}:
            return _NOTHING
        scope["scheme"] = scheme
        return Forwarded(scheme=scheme)

    def _nearest_stranger(self, peer: Address, given: str) -> Address:
        """The rightmost address that is no proxy of ours; beyond it anything may be made up."""
        nearest = peer
        for text in reversed([part for part in given.split(",") if part.strip()]):
            address = _address(text)
            if address is None:
                return nearest
            nearest = address
            if not self._trusts(address):
                return nearest
        return nearest

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self.networks)


def _all(scope: HTTPScope, name: bytes) -> Iterable[bytes]:
    return (value for key, value in scope["headers"] if key == name)


def _last(given: str) -> str:
    return given.rpartition(",")[2].strip()


def _address(given: str) -> Address | None:
    """An address as proxies write it, also with a port; None for anything else."""
    text = given.strip()
    found = _WITH_PORT.fullmatch(text)
    try:
        address = ip_address((found[1] or found[2] or "") if found else text)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped if isinstance(mapped, IPv4Address) else address
