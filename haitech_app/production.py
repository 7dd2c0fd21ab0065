"""What must be so before the program serves real people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

SHORTEST_SECRET: Final = 32
DEMO_PASSWORD: Final = "haitech-demo"  # noqa: S105  # printed by the program, of synthetic data only
_SECRETS: Final = ("JWT_SECRET", "SECRET_KEY")
_KNOWN: Final = re.compile(
    r"changeme|changethis|replaceme|replacethis|placeholder|yoursecret|mysecret|supersecret"
    r"|topsecret|secretkey|jwtsecret|signingkey|insecure|notsecure|donotuse|default|example"
    r"|password|haitech|0123456789|abcdefgh|qwertyui"
)
"""Words of secrets that stand in other people's files. Seven letters do not occur by chance."""
_PLACEHOLDER: Final = re.compile(r"changeme|changethis|replaceme|replacethis|placeholder")
_OTHER_SECRETS: Final = (
    "ADMIN_PASSWORD",
    "DATABASE_URL",
    "METRICS_TOKEN",
    "REDIS_URL",
    "SMTP_URL",
    "ZOOM_SECRET",
)
"""What others chose or gave, so that its strength is theirs; but an example's is nobody's secret."""


def unfit_for_production(prefix: str, values: Mapping[str, Any]) -> Iterator[str]:
    """What is missing or too weak among settings, a line for each; values are never shown."""
    for name in _SECRETS:
        secret = values.get(name.lower())
        if secret is None:
            yield f"{prefix}{name} is required when {prefix}ENV is prod"
        elif len(secret) < SHORTEST_SECRET or len(set(secret)) < SHORTEST_SECRET // 4:
            yield f"{prefix}{name} is too weak: use at least {SHORTEST_SECRET} random characters"
        elif _KNOWN.search(_letters(secret)):
            yield f"{prefix}{name} is a well-known default: use random characters"
    given = [secret for name in _SECRETS if (secret := values.get(name.lower())) is not None]
    if len(given) != len(set(given)):
        yield f"{prefix}{_SECRETS[0]} and {prefix}{_SECRETS[1]} must not be the same"
    if values.get("admin_password") == DEMO_PASSWORD:
        yield f"{prefix}ADMIN_PASSWORD is the demo school's, which everybody knows"
    for name in _OTHER_SECRETS:
        if _PLACEHOLDER.search(_letters(str(values.get(name.lower()) or ""))):
            yield f"{prefix}{name} still has the placeholder of an example: use a secret of your own"
    yield from _mail_to_nowhere(prefix, values)
    if "database_url" not in values:
        yield f"{prefix}DATABASE_URL is required when {prefix}ENV is prod"


def _letters(secret: str) -> str:
    """A secret without what people put between its words."""
    return re.sub(r"[^a-z0-9]", "", secret.lower())


def _mail_to_nowhere(prefix: str, values: Mapping[str, Any]) -> Iterator[str]:
    """A letter with a link to nowhere, from nobody, is worse than none."""
    if "smtp_url" in values:
        for name in ("PUBLIC_URL", "MAIL_FROM"):
            if name.lower() not in values:
                yield f"{prefix}{name} is required with {prefix}SMTP_URL when {prefix}ENV is prod"
