"""Phones and emails as types (R-PPL-1): whoever holds one holds a usable one."""

from __future__ import annotations

import re
from typing import Final, Self

import attrs

from haitech_domain.errors import BadValue

_INVISIBLE: Final = dict.fromkeys(
    map(ord, "\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
)
_SEPARATORS: Final = re.compile(r"[\s\u00a0.()/\-\u2010-\u2015\u2212\u05be]+")
_ISRAELI: Final = re.compile(r"(?:5\d{8}|7\d{8}|[23489]\d{7})")
_FOREIGN: Final = re.compile(r"\+[1-9]\d{6,14}")
_EMAIL: Final = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
)


_LONGEST_EMAIL: Final = 254


@attrs.frozen(order=True)
class Phone:
    """A telephone number in E.164, such as `+972501234567`.

    >>> print(Phone.of("050-123-4567"))
    +972501234567
    """

    e164: str

    def __attrs_post_init__(self) -> None:
        if _canonical(self.e164) != self.e164:
            raise BadValue("not an Israeli or E.164 number", reason="phone.invalid")

    @classmethod
    def of(cls, given: object) -> Self:
        """Read any usual writing of an Israeli number, or a foreign number that begins with `+`.

        Spaces, hyphens, dots, slashes, brackets and invisible direction marks do not matter.

        :raises BadValue: anything else
        """
        if isinstance(given, cls):
            return given
        canonical = _canonical(given) if isinstance(given, str) else None
        if canonical is None:
            raise BadValue("not an Israeli or E.164 number", reason="phone.invalid")
        return cls(canonical)

    def __str__(self) -> str:
        return self.e164


def _canonical(given: str) -> str | None:
    bare = _SEPARATORS.sub("", given.translate(_INVISIBLE))
    if not re.fullmatch(r"\+?[0-9]+", bare):
        return None
    for prefix in ("+972", "00972", "972", "0"):
        if bare.startswith(prefix):
            # «+972 (0)50 …» keeps the trunk zero that only national numbers have
            national = bare[len(prefix) :].removeprefix("0" if prefix != "0" else "")
            if _ISRAELI.fullmatch(national):
                return f"+972{national}"
            if prefix != "972":
                return None
    return bare if _FOREIGN.fullmatch(bare) else None


def phone_readings(text: str) -> tuple[str, ...]:
    """The digits by any of which stored phones match a search in any writing; none: no phone.

    A whole number matches by its E.164 digits, a part (`050-123`, `1234567`) by the digits that
    the stored form would show for it. A part that begins with 0 may be the beginning of a
    national number, or come from within one.

    >>> phone_readings("063-9802")
    ('972639802', '0639802')
    """
    bare = _SEPARATORS.sub("", text.translate(_INVISIBLE))
    if not re.fullmatch(r"\+?[0-9]{3,}", bare):
        return ()
    whole = _canonical(bare)
    if whole is not None:
        return (whole.removeprefix("+"),)
    if bare.startswith("00972"):
        return (bare.removeprefix("00"),)
    if bare.startswith("0"):
        return (f"972{bare[1:]}", bare)
    return (bare.removeprefix("+"),)


@attrs.frozen(order=True)
class Email:
    """An email address, trimmed and lower-cased.

    >>> print(Email.of("  Dana@Example.COM "))
    dana@example.com
    """

    address: str

    def __attrs_post_init__(self) -> None:
        if len(self.address) > _LONGEST_EMAIL or not _EMAIL.fullmatch(self.address):
            raise BadValue("not an email address", reason="email.invalid")

    @classmethod
    def of(cls, given: object) -> Self:
        """Read an address, trimming and lower-casing it.

        :raises BadValue: not an address
        """
        if isinstance(given, cls):
            return given
        if not isinstance(given, str):
            raise BadValue("not an email address", reason="email.invalid")
        return cls(given.strip().lower())

    def __str__(self) -> str:
        return self.address
