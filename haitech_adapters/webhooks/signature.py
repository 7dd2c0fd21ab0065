"""What a target gets: one body, byte for byte the same over all tries, and who vouches for it.

Two families of signatures stand side by side, so that verifiers of either kind accept it: ours
(`X-Webhook-…`, over the body) and that of the Standard Webhooks spec (`webhook-…`, over id, time
of signing and body). The ASCII text of the secret is the key of both.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from typing import Any, Final

import attrs
import msgspec

from haitech_domain.ports import Parcel
from haitech_domain.webhook import is_ours

AGENT: Final = f"HaiTech-Webhooks/{version('haitech')}"
_JSON: Final = msgspec.json.Encoder(decimal_format="number")


@attrs.frozen(kw_only=True)
class Signed:
    """A parcel as it goes over the network."""

    body: bytes = attrs.field(repr=False)
    headers: Mapping[str, str] = attrs.field(repr=False)


def signed(parcel: Parcel, *, at: datetime) -> Signed:
    """A parcel with its headers, signed as of this moment.

    While two secrets sign, the one header of the Standard family has both signatures; in ours the
    older secret stays where it was, and the newer one's is in `X-Webhook-Signature-Next`.
    """
    body = canonical(parcel.content)
    moment = int(at.timestamp())
    new = parcel.secret.encode("ascii")
    old = None if parcel.previous_secret is None else parcel.previous_secret.encode("ascii")
    keys = (new,) if old is None else (new, old)
    headers = {
        "Content-Type": "application/json",
        "User-Agent": AGENT,
        "Accept-Encoding": "identity",
        "X-Webhook-Event": parcel.event_type,
        "X-Webhook-Delivery": str(parcel.delivery),
        "X-Webhook-Timestamp": str(moment),
        "X-Webhook-Signature": ours(old or new, body),
        "webhook-id": parcel.event_name,
        "webhook-timestamp": str(moment),
        "webhook-signature": " ".join(
            standard(key, id=parcel.event_name, timestamp=moment, body=body) for key in keys
        ),
    }
    if old is not None:
        headers["X-Webhook-Signature-Next"] = ours(new, body)
    own = {name: value for name, value in parcel.headers.items() if not is_ours(name)}
    return Signed(body=body, headers={**own, **headers})


def canonical(content: Mapping[str, Any]) -> bytes:
    """The bytes that are sent and signed: compact UTF-8, in the order given, amounts as numbers.

    >>> from decimal import Decimal
    >>> canonical({"type": "a.b", "data": {"price": Decimal("12.50")}}).decode()
    '{"type":"a.b","data":{"price":12.50}}'
    """
    return _JSON.encode(content)


def ours(key: bytes, body: bytes) -> str:
    """`sha256=` and the HMAC-SHA256 of the body in hexadecimal."""
    return f"sha256={hmac.digest(key, body, sha256).hex()}"


def standard(key: bytes, *, id: str, timestamp: int, body: bytes) -> str:
    """`v1,` and the HMAC-SHA256 of id, time in seconds since 1970, and body, in base64."""
    said = b".".join((id.encode(), str(timestamp).encode(), body))
    return f"v1,{base64.b64encode(hmac.digest(key, said, sha256)).decode('ascii')}"
