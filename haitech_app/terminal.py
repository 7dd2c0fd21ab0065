"""What every command has in common: how it speaks, ends, and comes by its database."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import click

from haitech_adapters.postgres.embedded import NoEmbeddedServer
from haitech_adapters.postgres.revisions import current
from haitech_app import logs
from haitech_app.address import AddressTaken
from haitech_app.database import (
    DataFolderUnusable,
    NoDatabaseYet,
    NotMigrated,
    bring_up_to_date,
    database,
)
from haitech_app.secrets_file import with_secrets
from haitech_app.settings import Settings, SettingsError, url_of
from haitech_domain.errors import DomainError

UNREADABLE: Final = 2
"""The exit code where what is to be read is not there or no use; nothing was touched then."""


def say(text: str) -> None:
    """Tell the person at the terminal what is going on."""
    click.echo(text)


def complain(text: str) -> None:
    """Tell the person at the terminal what is wrong."""
    click.echo(text, err=True)


@contextmanager
def told_in_a_line() -> Iterator[None]:
    """End with status 1 and one clear message where going on is impossible."""
    try:
        yield
    except SettingsError as error:
        for problem in error.problems:
            complain(problem)
        sys.exit(1)
    except (NotMigrated, NoEmbeddedServer, DataFolderUnusable, AddressTaken, DomainError) as error:
        complain(str(error))
        sys.exit(1)
    except NoDatabaseYet as error:
        complain(str(error))
        sys.exit(UNREADABLE)


def quiet_settings() -> Settings:
    """The settings of a command that ends: statements are logged only where that was asked for."""
    settings = Settings.load(os.environ)
    logs.configure(settings.log_level or "INFO")
    return settings


@contextmanager
def migrated(*, make: bool = True) -> Iterator[Settings]:
    """The settings of such a command, with the database that it works on.

    :raises NoDatabaseYet: there is none, and with `make` false none is made
    :raises NotMigrated: it is behind, and migrating it is not ours
    """
    given = quiet_settings()
    with database(given, make=make) as settings:
        if not make and current(url_of(settings)) is None:
            raise NoDatabaseYet("the database is empty: is it the one that the server has?")
        bring_up_to_date(settings, embedded_server=given.database_url is None)
        yield with_secrets(settings)
