"""Which names this program answers to."""

from __future__ import annotations

import re

import attrs

from haitech_adapters.addresses import well_formed


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
