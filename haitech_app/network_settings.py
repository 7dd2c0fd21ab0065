"""Reading settings that name networks, hosts, origins and other servers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from ipaddress import ip_network
from typing import Final, TypeVar
from urllib.parse import urlsplit

from haitech_adapters.addresses import Network, well_formed

_PORT: Final = re.compile(r":[0-9]+$")
_MOST_PORT: Final = 65_535

T = TypeVar("T")


def networks(given: str) -> tuple[Network, ...]:
    """Addresses and networks, between commas. :raises ValueError: naming those that are none"""
    return _each(
        given, ip_network, "must be addresses or networks like 10.0.0.0/8 between commas; not"
    )


def hosts(given: str) -> tuple[str, ...]:
    """Host names, between commas. :raises ValueError: naming those that are none"""
    wanted = "must be host names like api.example.com or *.example.com between commas; not"
    found = _each(given, _host, wanted)
    return () if "*" in found else found


def origins(given: str) -> frozenset[str]:
    """Origins of pages, between commas. :raises ValueError: naming those that are none"""
    wanted = "must be origins like https://app.example.com between commas; not"
    return frozenset(_each(given, _origin, wanted))


def targets(given: str) -> frozenset[str]:
    """Hosts, with or without a port, between commas. :raises ValueError: naming what is none"""
    wanted = "must be hosts like localhost or n8n.lan:5678 between commas; not"
    return frozenset(_each(given, _target, wanted))


def redis(given: str) -> str:
    """The address of a Redis. :raises ValueError: it is none"""
    parts = urlsplit(given)
    if parts.scheme not in {"redis", "rediss"} or not parts.hostname or not _has_a_port(given):
        raise ValueError("must be the address of a Redis, like redis://host:6379/0")
    return given


def _each(given: str, read: Callable[[str], T], wanted: str) -> tuple[T, ...]:
    found: list[T] = []
    bad: list[str] = []
    for text in _words(given):
        try:
            found.append(read(text))
        except ValueError:
            bad.append(text)
    if bad:
        raise ValueError(f"{wanted} {', '.join(bad)}")
    return tuple(found)


def _words(given: str) -> Iterable[str]:
    return (word for part in given.split(",") if (word := part.strip()))


def _host(given: str) -> str:
    name = given.lower()
    if name != "*" and (
        not well_formed(name.removeprefix("*.")) or (_PORT.search(name) and name[0] != "[")
    ):
        raise ValueError(given)
    return name.rstrip(".")


def _target(given: str) -> str:
    name = given.lower()
    if not well_formed(name) or not _has_a_port(f"http://{name}"):
        raise ValueError(given)
    return name


def _origin(given: str) -> str:
    origin = given.lower().removesuffix("/")
    scheme, _, host = origin.partition("://")
    if scheme not in {"http", "https"} or not well_formed(host) or not _has_a_port(origin):
        raise ValueError(given)
    default = {"http": ":80", "https": ":443"}[scheme]
    return origin.removesuffix(default)


def _has_a_port(url: str) -> bool:
    """Whether its port is one, where it names one."""
    try:
        port = urlsplit(url).port
    except ValueError:
        return False
    return port is None or 0 < port <= _MOST_PORT
