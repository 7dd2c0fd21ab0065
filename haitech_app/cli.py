"""The command `haitech` with all that it does, from serving to verifying the audit log.

Each command imports what it needs when it is called: loading everything takes longer than most
of them run.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click

if TYPE_CHECKING:
    from haitech_adapters.postgres import Anchor
    from haitech_app.settings import Settings


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
    from haitech_app.garbage import nothing_to_collect

    with nothing_to_collect():
        from haitech_app.server import serve
        from haitech_app.settings import Settings
        from haitech_app.terminal import say, told_in_a_line

    given = {"host": host, "port": port, "workers": workers}
    changes: Any = {name: value for name, value in given.items() if value is not None}
    with told_in_a_line():
        serve(attrs.evolve(Settings.load(os.environ), **changes), say=say)


@main.command("worker")
def worker_command() -> None:
    """Do what waits in the queue, until told to stop; any number may run beside each other."""
    from haitech_app.terminal import migrated, told_in_a_line
    from haitech_app.work import work

    with told_in_a_line(), migrated() as settings:
        work(settings)


@main.command("migrate")
def migrate_command() -> None:
    """Bring the database to the newest schema."""
    from haitech_adapters.postgres import migrate
    from haitech_adapters.postgres.revisions import current
    from haitech_app.database import database
    from haitech_app.settings import url_of
    from haitech_app.terminal import quiet_settings, say, told_in_a_line

    with told_in_a_line(), database(quiet_settings()) as settings:
        before = current(url_of(settings))
        migrate.upgrade(url_of(settings))
        say(f"database: {before or 'empty'} -> {current(url_of(settings))}")


@main.command("demo")
@click.option("--port", type=click.IntRange(1, 65_535), default=None, help="Port.")
def demo_command(port: int | None) -> None:
    """Serve a demo school, seeded at the first start."""
    from haitech_app.garbage import nothing_to_collect

    with nothing_to_collect():
        from haitech_app.demo import SEED, demo_settings, invite, seed
        from haitech_app.server import serve
        from haitech_app.settings import Settings
        from haitech_app.terminal import say, told_in_a_line

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
    from haitech_app.container import Container
    from haitech_app.terminal import migrated, say, told_in_a_line

    async def create(settings: Settings) -> None:
        container = Container(settings=settings)
        async with container.pool():
            made = await container.verbs().create_admin(email=email, name=name, password=password)
        say(f"administrator {made.email} created")

    with told_in_a_line(), migrated() as settings:
        asyncio.run(create(settings))


@main.command("openapi")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write.")
@click.option(
    "--version",
    type=click.Choice(["3.1", "3.0"]),
    default="3.1",
    show_default=True,
    help="Of OpenAPI; 3.0 is for tools that do not read 3.1.",
)
def openapi_command(output: Path | None, version: str) -> None:
    """Write the API's OpenAPI document; it needs neither a database nor settings."""
    from haitech_app.api_document import api_document
    from haitech_app.terminal import UNREADABLE, complain, say

    text = json.dumps(api_document(version), ensure_ascii=False, indent=2)
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
    from haitech_app.container import Container
    from haitech_app.import_legacy import import_legacy, read_export
    from haitech_app.terminal import UNREADABLE, complain, migrated, told_in_a_line

    try:
        export = read_export(cycles, meetings)
    except ExceptionGroup as unreadable:
        for bad in unreadable.exceptions:
            complain(str(bad))
        sys.exit(UNREADABLE)

    async def bring_in(settings: Settings) -> None:
        container = Container(settings=settings)
        async with container.pool():
            await import_legacy(container.import_legacy(), export, dry_run=dry_run, as_json=as_json)

    with told_in_a_line(), migrated() as settings:
        asyncio.run(bring_in(settings))


def _anchor(_: click.Context, __: click.Parameter, given: str | None) -> Anchor | None:
    from haitech_adapters.postgres import Anchor

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
    from haitech_adapters.postgres import AnotherKey
    from haitech_app.audit_verify import HINT, verify_audit
    from haitech_app.container import Container
    from haitech_app.terminal import complain, migrated, told_in_a_line

    async def verify(settings: Settings) -> bool:
        container = Container(settings=settings)
        async with container.pool():
            return await verify_audit(
                container.sealer(), container.verifier(), expected=expect, as_json=as_json
            )

    with told_in_a_line(), migrated(make=False) as settings:
        try:
            is_whole = asyncio.run(verify(settings))
        except AnotherKey as other:
            complain(f"{other}; {HINT}")
            sys.exit(1)
    sys.exit(0 if is_whole else 1)
