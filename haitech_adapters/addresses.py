"""Addresses and names of machines: what is one. Shared by settings and the edge."""

from __future__ import annotations

import functools
import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_HOST: Final = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*\.?"
    r"|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?",
    re.IGNORECASE,
)
_LONGEST: Final = 255


@functools.lru_cache(maxsize=256)
def well_formed(host: str) -> bool:
    """Whether it is a host name or an address, with or without a port."""
    return len(host) <= _LONGEST and _HOST.fullmatch(host) is not None
