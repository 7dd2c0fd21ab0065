"""Where the data is: the database that was set, or the embedded one beside the settings' data."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import attrs

from haitech_adapters.postgres import embedded
from haitech_adapters.postgres.revisions import covers, current, head
from haitech_app.settings import Settings, url_of

_LOOK: Final = 1.0
"""Seconds between two looks at whether the embedded database is there."""


class DataFolderUnusable(RuntimeError):
    """The folder for the program's own data cannot be made or written."""


@contextmanager
def usable_folder(settings: Settings) -> Iterator[None]:
    """Say clearly when what is done within fails for the data folder's sake.

    :raises DataFolderUnusable: it does
    """
    try:
        settings.data_folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        message = f"the data folder {settings.data_folder} cannot be used: {reason}"
        raise DataFolderUnusable(message) from error


class NotMigrated(RuntimeError):
    """The database is not at the revision of this program."""


class NoDatabaseYet(RuntimeError):
    """There is no database, and this is not to make one."""


def embedded_files(settings: Settings) -> Path:
    """Where the embedded database has its files."""
    return settings.data_folder / "postgres"


@contextmanager
def database(settings: Settings, *, make: bool = True) -> Iterator[Settings]:
    """The settings with a database URL that answers while the context lasts.

    :raises NoDatabaseYet: there is no embedded one, and with `make` false none is made
    :raises NoEmbeddedServer: there is none, and none can be started
    :raises DataFolderUnusable: the embedded one cannot keep its files
    """
    if settings.database_url is not None:
        yield settings
        return
    files = embedded_files(settings)
    if not make and not embedded.is_there(files):
        message = f"there is no database in {files}"
        raise NoDatabaseYet(f"{message}: are HAITECH_DATA_DIR and HAITECH_ENV what the server has?")
    with usable_folder(settings):
        url = embedded.start(files)
    try:
        yield attrs.evolve(settings, database_url=url)
    finally:
        embedded.stop(files)


@contextmanager
def revived(settings: Settings, *, say: Callable[[str], None]) -> Iterator[None]:
    """While the context lasts, start the embedded database again whenever it was killed."""
    files, over = embedded_files(settings), threading.Event()

    def watch() -> None:
        while not over.wait(_LOOK):
            try:
                if embedded.revive(files):
                    say("the embedded PostgreSQL had been killed, and runs again")
            except embedded.NoEmbeddedServer as error:
                say(str(error))

    watcher = threading.Thread(target=watch, name="embedded-postgres", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def bring_up_to_date(settings: Settings, *, embedded_server: bool) -> None:
    """Apply the migrations where that is ours to do, else insist that somebody has.

    A database of one's own is migrated at the start, and so is any in development and for the demo; elsewhere
    `haitech migrate` is a step of the deployment.

    :raises NotMigrated: the database is behind
    """
    url = url_of(settings)
    found = current(url)
    if covers(found, head()):
        return
    if embedded_server or settings.for_trying_out:
        from haitech_adapters.postgres import migrate  # noqa: PLC0415  # Alembic takes long to load

        migrate.upgrade(url)
        return
    message = f"the database is at {found or 'nothing'}, not {head()}"
    raise NotMigrated(f"{message}; run `haitech migrate` first")
