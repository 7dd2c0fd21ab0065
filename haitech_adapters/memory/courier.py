"""Carrying events nowhere, for trying out and for tests; and a vault that hides nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from haitech_domain.ports import Parcel, Receipt, RefusedTarget


class MemoryCourier:
    """The `Courier` port: what was carried is in `carried`; `answers` says what came of each.

    Addresses with `private` in them are refused.
    """

    def __init__(self) -> None:
        self.carried: list[Parcel] = []
        self.answers: Callable[[Parcel], Receipt] = lambda _: Receipt(
            took_ms=1, response_status=204, answer=""
        )

    async def check(self, url: str) -> None:
        """:raises RefusedTarget: the address is a private one"""
        if "private" in url:
            raise RefusedTarget("resolves to a private address", reason="url.private")

    async def carry(self, parcel: Parcel, *, at: datetime) -> Receipt:
        """Keep the parcel, and say what `answers` says."""
        del at
        self.carried.append(parcel)
        return self.answers(parcel)


class MemoryVault:
    """The `Vault` port. A secret opens only with what it was about; nobody is kept from reading it."""

    def seal(self, secret: str, *, about: UUID) -> str:
        """The secret behind what it is about."""
        return f"{about}|{secret}"

    def open(self, sealed: str, *, about: UUID) -> str:
        """The secret. :raises ValueError: it was about something else"""
        kept, _, secret = sealed.partition("|")
        if kept != str(about):
            message = "this was not sealed about that"
            raise ValueError(message)
        return secret
