"""The `Courier` port: events signed, and carried over HTTP to targets of the public internet."""

from haitech_adapters.webhooks.courier import HttpCourier
from haitech_adapters.webhooks.guard import Guard, is_public
from haitech_adapters.webhooks.looking_up import LookUp, SystemLookUp
from haitech_adapters.webhooks.signature import Signed, signed

__all__ = [
    "Guard",
    "HttpCourier",
    "LookUp",
    "Signed",
    "SystemLookUp",
    "is_public",
    "signed",
]
