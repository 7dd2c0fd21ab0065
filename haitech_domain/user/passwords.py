"""Which passwords may be used (api.md: 8–128 characters, common ones refused in prod)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import attrs

from haitech_domain.errors import Invalid, Problem
from haitech_domain.user.common_passwords import is_common

SHORTEST_PASSWORD: Final = 8
LONGEST_PASSWORD: Final = 128


@attrs.frozen(kw_only=True)
class PasswordPolicy:
    """What a new password must be."""

    refuses_common: bool = False

    def problems(
        self, password: str, *, field: str = "password", about: Iterable[object] = ()
    ) -> Iterator[Problem]:
        """What is wrong with a password. `about` are the email and the name of whoever it is for."""
        if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
            bounds = f"{SHORTEST_PASSWORD} to {LONGEST_PASSWORD}"
            yield Problem(field, f"must have {bounds} characters", "password.length")
        elif _plain(password) in set(_names(about)):
            yield Problem(field, "must not be one's own name or address", "password.personal")
        elif self.refuses_common and is_common(password):
            yield Problem(field, "is too common; others would guess it", "password.common")

    def check(
        self, password: str, *, field: str = "password", about: Iterable[object] = ()
    ) -> None:
        """:raises Invalid: the password may not be used"""
        problems = tuple(self.problems(password, field=field, about=about))
        if problems:
            raise Invalid(problems)


def _plain(text: object) -> str:
    return "".join(str(text).split()).casefold()


def _names(about: Iterable[object]) -> Iterator[str]:
    for one in about:
        yield _plain(one)
        yield _plain(one).partition("@")[0]
