"""The command `haitech` with all that it does, from serving to verifying the audit log."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import attrs
import click
from rich.console import Console

from haitech_adapters.postgres import Anchor, AnotherKey
from haitech_adapters.postgres import migrate as migrations
from haitech_adapters.postgres.embedded import NoEmbeddedServer
from haitech_app import logs
from haitech_app.asgi import app_of
from haitech_app.audit_verify import HINT, verify_audit
from haitech_app.container import Container
from haitech_app.database import (
    DataFolderUnusable,
    NoDatabaseYet,
    NotMigrated,
    bring_up_to_date,
    database,
    url_of,
)
from haitech_app.demo import SEED, demo_settings, invite, seed
from haitech_app.import_legacy import import_legacy, read_export
from haitech_app.server import AddressTaken, serve, with_secrets
from haitech_app.settings import Settings, SettingsError
from haitech_app.work import work_until_stopped
from haitech_domain.errors import DomainError

UNREADABLE: Final = 2
"""The exit code where what is to be read is not there or no use; nothing was touched then."""

console = Console(stderr=True, highlight=False)


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


@click.group()
@click.version_option(package_name="haitech")
def main() -> None:
    """HaiTech CRM: the system that a school runs on."""


@main.command("serve")
@click.option("--host", help="Address to listen on (HAITECH_HOST).")
@click.option("--port", type=click.IntRange(1, 65_535), help="Port (HAITECH_PORT).")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes (HAITECH_WORKERS).")
def serve_command(host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the HTTP API until told to stop."""
    given = {"host": host, "port": port, "workers": workers}
    changes: Any = {name: value for name, value in given.items() if value is not None}
    with told_in_a_line():
        serve(attrs.evolve(Settings.load(os.environ), **changes), say=say)


@main.command("worker")
def worker_command() -> None:
    """Do what waits in the queue, until told to stop; any number may run beside each other."""
    with told_in_a_line(), _migrated() as settings:
        asyncio.run(work_until_stopped(settings))


@main.command("migrate")
def migrate_command() -> None:
    """Bring the database to the newest schema."""
    with told_in_a_line(), database(_quiet_settings()) as settings:
        before = migrations.current(url_of(settings))
        migrations.upgrade(url_of(settings))
        say(f"database: {before or 'empty'} -> {migrations.current(url_of(settings))}")


@main.command("demo")
@click.option("--port", type=click.IntRange(1, 65_535), default=None, help="Port.")
def demo_command(port: int | None) -> None:
    """Serve a demo school, seeded at the first start."""
    with told_in_a_line():
        settings = demo_settings(Settings.load(os.environ), port=port)

        def prepare(ready: Settings) -> None:
            asyncio.run(seed(ready, say=say, plan=SEED))
            invite(ready, say=say)

        serve(settings, say=say, prepared=prepare)


@main.group("admin")
def admin_group() -> None:
    """Administrators."""


@admin_group.command("create")
@click.option("--email", required=True, help="Address to log in with.")
@click.option("--name", default="Admin", show_default=True, help="Name.")
@click.password_option(envvar="HAITECH_ADMIN_PASSWORD", help="Password (asked for if absent).")
def admin_create(email: str, name: str, password: str) -> None:
    """Make an administrator."""

    async def create(settings: Settings) -> None:
        container = Container(settings=settings)
        async with container.pool():
            made = await container.verbs().create_admin(email=email, name=name, password=password)
        say(f"administrator {made.email} created")

    with told_in_a_line(), _migrated() as settings:
        asyncio.run(create(settings))


@main.command("openapi")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write.")
def openapi_command(output: Path | None) -> None:
    """Write the API's OpenAPI 3.1 document; it needs neither a database nor settings."""
    unused: Any = {"database_url": "postgresql://unused", "secret_key": "unused"}
    settings = attrs.evolve(Settings.load({}), **unused)
    text = json.dumps(app_of(settings).state.document, ensure_ascii=False, indent=2)
    if output is None:
        say(text)
        return
    try:
        output.write_text(f"{text}\n", "utf-8")
    except OSError as unwritable:
        complain(f"{output} cannot be written: {unwritable.strerror}")
        sys.exit(UNREADABLE)
    complain(f"{output} written")


@main.group("import")
def import_group() -> None:
    """Data of other programs."""


@import_group.command("legacy")
@click.option("--cycles", required=True, type=click.Path(path_type=Path), help="Cycles (CSV).")
@click.option("--meetings", required=True, type=click.Path(path_type=Path), help="Meetings (CSV).")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def import_legacy_command(cycles: Path, meetings: Path, *, dry_run: bool, as_json: bool) -> None:
    """Bring in the exports of an older system; a second run adds nothing."""
    try:
        export = read_export(cycles, meetings)
    except ExceptionGroup as unreadable:
        for bad in unreadable.exceptions:
            complain(str(bad))
        sys.exit(UNREADABLE)

    async def bring_in(settings: Settings) -> None:
        container = Container(settings=settings)
        async with container.pool():
            await import_legacy(
                container.import_legacy(),
                export,
                dry_run=dry_run,
                as_json=as_json,
                console=console,
            )

    with told_in_a_line(), _migrated() as settings:
        asyncio.run(bring_in(settings))


def _anchor(_: click.Context, __: click.Parameter, given: str | None) -> Anchor | None:
    try:
        return None if given is None else Anchor.of(given)
    except ValueError as bad:
        raise click.BadParameter(str(bad)) from None


@main.group("audit")
def audit_group() -> None:
    """The audit log."""


@audit_group.command("verify")
@click.option("--expect", callback=_anchor, help="A head noted earlier: it must still be there.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def audit_verify_command(expect: Anchor | None, *, as_json: bool) -> None:
    """Seal what is new, then name every row changed, removed or inserted; status 1 if any is."""

    async def verify(settings: Settings) -> bool:
        container = Container(settings=settings)
        async with container.pool():
            return await verify_audit(
                container.sealer(),
                container.verifier(),
                expected=expect,
                as_json=as_json,
                console=console,
            )

    with told_in_a_line(), _migrated(make=False) as settings:
        try:
            is_whole = asyncio.run(verify(settings))
        except AnotherKey as other:
            complain(f"{other}; {HINT}")
            sys.exit(1)
    sys.exit(0 if is_whole else 1)


def _quiet_settings() -> Settings:
    """The settings of a command that ends: statements are logged only where that was asked for."""
    settings = Settings.load(os.environ)
    logs.configure(settings.log_level or "INFO")
    return settings


@contextmanager
def _migrated(*, make: bool = True) -> Iterator[Settings]:
    given = _quiet_settings()
    with database(given, make=make) as settings:
        if not make and migrations.current(url_of(settings)) is None:
            raise NoDatabaseYet("the database is empty: is it the one that the server has?")
        bring_up_to_date(settings, embedded_server=given.database_url is None)
        yield with_secrets(settings)
