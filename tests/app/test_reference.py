"""The pages of `docs/reference` are what the program is."""

from __future__ import annotations

from pathlib import Path

import attrs
import click
import pytest

from haitech_adapters.http.endpoint import declared
from haitech_app.api_document import unserved_app
from haitech_app.cli import main
from haitech_app.reference import FOLDER, PAGES, write
from haitech_app.reference.errors import refusals
from haitech_app.reference.markdown import cell, rules_in
from haitech_app.reference.problems import problems
from haitech_app.reference.rule_words import sentences
from haitech_app.reference.rules import TESTS, naming
from haitech_app.reference.settings_words import WORDS
from haitech_app.settings import Settings
from haitech_domain.access import SCOPES, Resource

ROOT = Path(__file__).parents[2]
SPEC = ROOT.parent / "shared" / "spec" / "domain.md"


@pytest.fixture(scope="module")
def made():
    return {name: page() for name, page in PAGES.items()}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_what_the_program_is(name, made):
    """Run `python -m haitech_app.reference` where this fails, and look at what it changes."""
    assert (ROOT / FOLDER / name).read_text("utf-8") == made[name]


def test_they_are_written_where_they_belong(tmp_path, monkeypatch, made):
    monkeypatch.chdir(tmp_path)
    assert write() == [FOLDER / name for name in PAGES]
    assert {name: (tmp_path / FOLDER / name).read_text("utf-8") for name in PAGES} == made


def test_every_rule_has_a_test_that_names_it():
    tests = naming(TESTS, "test_*.py")
    assert [rule for rule in sentences() if not tests.get(rule)] == []


def test_the_rules_are_those_of_the_domain(made):
    if not SPEC.is_file():
        pytest.skip("the specification is not beside this clone")
    stated = [
        line[2:].split()[0] for line in SPEC.read_text("utf-8").splitlines() if line[:4] == "- R-"
    ]
    assert stated == list(sentences())
    assert all(f"\n### {rule}\n" in made["rules.md"] for rule in stated)


def test_every_rule_that_anything_names_is_one():
    named = {*naming(TESTS), *naming(TESTS.parent / "haitech_domain")}
    assert named - sentences().keys() == set()


def test_every_setting_is_described_once():
    described = [name for group in WORDS.values() for name in group]
    assert sorted(described) == sorted(field.name for field in attrs.fields(Settings))


def test_a_setting_says_what_it_takes_and_where_it_is_needed(made):
    page = made["settings.md"]
    for row in (
        "| `HAITECH_PORT` | The port to listen on. | a whole number from 1 to 65535 | `8000` |",
        "| `HAITECH_REST_DAYS` | Weekdays without teaching ([R-SCHED-3](rules.md#r-sched-3)). | one of sunday, monday, ",
        "a text | – |",
    ):
        assert row in page
    assert "**Is required when HAITECH_ENV is prod.**" in page
    assert "**Is required with HAITECH_SMTP_URL when HAITECH_ENV is prod.**" in page


def test_every_refusal_and_every_conflict_of_a_route_is_explained(made):
    page = made["errors.md"]
    reasons = {cls.reason for cls in refusals()} | {reason for reason, _ in problems()}
    for route in declared(unserved_app()):
        reasons |= set(route.endpoint.conflicts if route.endpoint else ())
    assert [reason for reason in sorted(reasons) if f"| `{reason}` |" not in page] == []
    assert (
        "| `cycle.full` | 409 | cycle *name* is full: *taken* of *places* places are taken |"
        in page
    )
    assert "| `phone.invalid` | not an Israeli or E.164 number |" in page


def test_every_command_is_there_with_its_options(made):
    def commands(command, name):
        inner = getattr(command, "commands", {})
        for word, below in inner.items():
            yield from commands(below, f"{name} {word}")
        if not inner:
            yield name, command

    for name, command in commands(main, "haitech"):
        section = made["commands.md"].split(f"\n## {name}\n")[1].split("\n## ")[0]
        for option in command.params:
            if isinstance(option, click.Option):
                assert f"| `{option.opts[0]}" in section


def test_every_resource_scope_and_route_is_there(made):
    assert all(f"| `{name}` |" in made["permissions.md"] for name in (*Resource, *SCOPES))
    assert "| `branches` | all | all but create, delete | read |" in made["permissions.md"]
    for route in declared(unserved_app()):
        assert f"| `{route.method} {route.path}` |" in made["routes.md"]


def test_ranges_of_rules_are_read_and_bars_do_not_end_a_cell():
    assert rules_in("R-ACC-1…3, R-PAY-2; R-ACC-2") == ["R-ACC-1", "R-ACC-2", "R-ACC-3", "R-PAY-2"]
    assert cell("a | b\n  c") == "a \\| b c"
