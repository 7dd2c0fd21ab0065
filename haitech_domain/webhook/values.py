"""What a webhook is told by: patterns of event types, headers of its own, and its secret."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Final, Self

import attrs

from haitech_domain.change import CATALOGUE
from haitech_domain.errors import BadValue

ALL: Final = "*"
MOST_PATTERNS: Final = 100
MOST_HEADERS: Final = 20
LONGEST_VALUE: Final = 1_000
SECRET_LENGTH: Final = 40
TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
VALUE: Final = re.compile(r"[\x20-\x7e\t]*")
_OURS: Final = frozenset(
    {
        "accept-encoding",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "expect",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "user-agent",
    }
)
_OUR_FAMILIES: Final = ("x-webhook-", "webhook-", "proxy-")


def families() -> frozenset[str]:
    """What event types begin with: `meeting` of `meeting.completed`."""
    return frozenset(type_.partition(".")[0] for type_ in CATALOGUE)


def patterns() -> frozenset[str]:
    """Everything by which events can be named: all, a family, or one type."""
    return frozenset({ALL, *CATALOGUE, *(f"{family}.{ALL}" for family in families())})


def matches(pattern: str, event_type: str) -> bool:
    """Whether a pattern takes in an event type: all of them, those of a family, or the one."""
    return pattern in {ALL, event_type, f"{event_type.partition('.')[0]}.{ALL}"}


@attrs.frozen
class Patterns:
    """The rule of a webhook's events: at least one pattern, none twice, each of a known type."""

    def __call__(self, value: tuple[object, ...]) -> tuple[str, ...]:
        """The patterns themselves. :raises BadValue: none, too many, or one that nothing matches"""
        if not value:
            raise BadValue("must name at least one event, or *", reason="event.none")
        if len(value) > MOST_PATTERNS:
            raise BadValue(f"must name at most {MOST_PATTERNS}", reason="value.out_of_range")
        known = patterns()
        unknown = [str(one)[:50] for one in value if not (isinstance(one, str) and one in known)]
        if unknown:
            names = ", ".join(unknown[:5])
            raise BadValue(
                f"there is no event {names}; GET /webhooks/events lists them",
                reason="event.unknown",
            )
        return tuple(dict.fromkeys(str(one) for one in value))


@attrs.frozen
class Headers(Mapping[str, str]):
    """Headers that a webhook wants on each request, by name; none of them one of ours.

    >>> dict(Headers.of({"Authorization": "Bearer x"}))
    {'Authorization': 'Bearer x'}
    """

    _pairs: tuple[tuple[str, str], ...] = attrs.field(default=(), repr=False)

    @classmethod
    def of(cls, given: object) -> Self:
        """Headers from a mapping. :raises BadValue: it is none, too many, or not such headers"""
        if isinstance(given, cls):
            return given
        if not isinstance(given, Mapping):
            raise BadValue("must be an object", reason="value.wrong_type")
        if len(given) > MOST_HEADERS:
            raise BadValue(f"must name at most {MOST_HEADERS}", reason="value.out_of_range")
        pairs = tuple(sorted((_named(name), _valued(given[name])) for name in given))
        if len({name.lower() for name, _ in pairs}) < len(pairs):
            raise BadValue("must not name a header twice", reason="value.twice")
        return cls(pairs)

    def __getitem__(self, name: str) -> str:
        return dict(self._pairs)[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._pairs)

    def __len__(self) -> int:
        return len(self._pairs)


NO_HEADERS: Final = Headers()


def is_ours(name: str) -> bool:
    """Whether a header is one that no webhook sets for itself: a signature, or how HTTP works.

    An underscore counts as a hyphen: CGI, WSGI and what is built on them know no difference, so
    `X_Webhook_Signature` would reach a receiver in the place of ours.
    """
    meant = name.lower().replace("_", "-")
    return meant in _OURS or meant.startswith(_OUR_FAMILIES)


def _named(name: object) -> str:
    if not isinstance(name, str) or not TOKEN.fullmatch(name):
        raise BadValue("must have names that HTTP knows as such", reason="header.name")
    if is_ours(name):
        raise BadValue(f"must not set {name}, which is ours to set", reason="header.ours")
    return name


def _valued(value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_VALUE or not VALUE.fullmatch(value):
        raise BadValue(
            f"must be printable ASCII texts of at most {LONGEST_VALUE}", reason="header.value"
        )
    return value.strip()


def whsec(secret: str) -> str:
    """The other writing of a secret, as the Standard Webhooks spec has it."""
    return "whsec_" + base64.b64encode(secret.encode("ascii")).decode("ascii")
