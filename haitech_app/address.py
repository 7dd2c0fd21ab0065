"""The address to listen on."""

from __future__ import annotations

import socket


class AddressTaken(RuntimeError):
    """Another program listens where this one was told to."""


def claim(host: str, port: int) -> None:
    """Find out before anything is started whether the address can be had.

    :raises AddressTaken: it cannot
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = error.strerror or "it is refused"
            raise AddressTaken(f"cannot listen on {host}:{port}: {reason}") from error
