"""Secrets of a machine that was given none: made once, kept beside its data."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any, Final

import attrs

from haitech_app.database import usable_folder
from haitech_app.settings import Settings


def kept_secret(path: Path) -> str:
    """The secret in a file, made at the first call; only this user can read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        made = secrets.token_urlsafe(48)
        file.write(made)
    return made


SECRETS: Final = ("jwt_secret", "secret_key")


def with_secrets(settings: Settings) -> Settings:
    """The settings with secrets to sign and to seal with: those set, else this machine's own."""
    missing = [name for name in SECRETS if getattr(settings, name) is None]
    if not missing:
        return settings
    with usable_folder(settings):
        made: Any = {name: kept_secret(settings.data_folder / name) for name in missing}
    return attrs.evolve(settings, **made)
