"""Every command and example of the pages does what the page says, on one served demo school."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from haitech_app.testing import databases
from tests.docs.pages import (
    PRELUDE,
    ROOT,
    RUN,
    SHOWN,
    name,
    needs_a_school,
    pages,
    parsed,
    play,
)
from tests.docs.terminal import PATIENCE, agrees, terminal
from tests.journeys.program import as_url, environment, free_port, programs, until

pytestmark = pytest.mark.postgres
FENCE = re.compile(r"^\s*(?:```+|~~~+)\s*\{?([\w-]*)\}?")
RECEIVER = "8080"
"""The port on which pages let a receiver of webhooks listen."""


@pytest.fixture(scope="module")
def school():
    """The demo as the pages start it: it may tell receivers on this machine."""
    for needed in ("bash", "curl"):
        if shutil.which(needed) is None:
            pytest.skip(f"{needed} is not installed")
    with tempfile.TemporaryDirectory(prefix="haitech-") as made, programs(Path(made)) as start:
        database = as_url(databases.new_database())
        served = start(
            "demo",
            admin_email=None,
            admin_password=None,
            database_url=database,
            webhook_allow_hosts="127.0.0.1",
            zoom_secret="a-secret-of-the-app-at-zoom",
        )
        until(served.answers, why="the demo is seeded", patience=PATIENCE)
        yield served, database


def a_clone(folder: Path) -> Path:
    """A folder with what the pages' commands use of the clone; it may be written to."""
    for copied in ("integrations", "examples"):
        shutil.copytree(ROOT / "docs" / copied, folder / "docs" / copied)
    for there in ("deploy", "constraints.txt", "pyproject.toml"):
        (folder / there).symlink_to(ROOT / there)
    return folder


def readers_environment(school, database, folder):
    """What a reader has: the program on the PATH, and the demo's own settings."""
    seen = environment(folder, env="demo", data_dir=school.data, database_url=database)
    beside = Path(sys.executable).parent
    seen.pop("CI", None)  # pytest says more there than a reader sees
    return {**seen, "PATH": f"{beside}:{seen['PATH']}", "LC_ALL": "C.UTF-8"}


@pytest.mark.parametrize("page", pages(), ids=name)
def test_page_does_what_it_says(page, request, folder, subtests):
    document = parsed(page)
    if not needs_a_school(document):
        assert play(document, None, {}) == []
        return
    school, database = request.getfixturevalue("school")
    ports = {"8000": str(school.port), RECEIVER: str(free_port())}
    with terminal(a_clone(folder), readers_environment(school, database, folder)) as opened:
        if page.parent == PRELUDE.parent and page != PRELUDE:
            play(parsed(PRELUDE), opened, ports)
        for reason in play(document, opened, ports):
            with subtests.test():
                pytest.skip(f"{name(page)}, {reason}")


def blocks_of_no_kind(page):
    """Blocks of which nobody knows whether they are to be run."""
    opening = True
    for number, line in enumerate(page.read_text("utf-8").splitlines(), 1):
        fence = FENCE.match(line)
        if fence is None:
            continue
        if opening and fence[1] not in RUN | SHOWN:
            yield f"{name(page)}:{number}: {fence[1] or 'a block of no language'}"
        opening = not opening


def test_every_block_is_run_or_only_shown():
    assert [block for page in pages() for block in blocks_of_no_kind(page)] == []


def test_what_was_said_is_held_against_what_is_shown():
    assert agrees("a 12 b\n", "a … b")
    assert agrees("{\n 1\n 2\n}\n", "{\n…\n}")
    assert agrees("{\n}\n", "{\n…\n}") is False
    assert not agrees("a\nb", "a")
    assert not agrees("a+b", "aab")
