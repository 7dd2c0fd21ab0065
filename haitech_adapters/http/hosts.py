"""Which names this program answers to."""

from __future__ import annotations

import re
from typing import Final

import attrs

_HOST: Final = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*\.?"
    r"|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?",
    re.IGNORECASE,
)
_LONGEST: Final = 255


def well_formed(host: str) -> bool:
    """Whether it is a host name or an address, with or without a port."""
    return len(host) <= _LONGEST and _HOST.fullmatch(host) is not None


@attrs.frozen
class TrustedHosts:
    """The names to answer to: `api.example.com`, or `*.example.com` for all below one.

    None named means any.
    """

    names: tuple[str, ...] = ()

    def trusts(self, host: str) -> bool:
        """Whether a Host header names this program; its port does not matter."""
        if not well_formed(host):
            return False
        if not self.names:
            return True
        name = re.sub(r":[0-9]+$", "", host).lower().rstrip(".")
        return any(
            name.endswith(known[1:]) if known.startswith("*.") else name == known
            for known in self.names
        )
