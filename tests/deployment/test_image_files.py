"""Dockerfile and .dockerignore in their form; `nox -s image` runs the lines themselves."""

from __future__ import annotations

import re

import attrs
import pytest

from haitech_app.http_app import BASE
from haitech_app.settings import PREFIX, Settings
from tests.deployment.dockerfile import pairs, read
from tests.deployment.image import CLONE, let_through


@pytest.fixture(scope="module")
def stages():
    arguments, found = read(CLONE / "Dockerfile")
    assert set(arguments) == {"PYTHON"}
    return found


@pytest.fixture(scope="module")
def final(stages):
    return stages[-1]


def test_only_what_is_needed_goes_to_the_builder_and_all_of_that_is_copied(stages):
    copied = {
        word.rstrip("/")
        for stage in stages
        for instruction in stage.instructions
        if instruction.name == "COPY" and not instruction.rest.startswith("--from")
        for word in instruction.words[:-1]
    }
    assert copied == let_through()
    assert [name for name in sorted(copied) if not (CLONE / name).exists()] == []


def test_the_last_stage_builds_nothing_and_takes_what_the_first_has_made(final):
    assert [i.words[0] for i in final.instructions if i.name == "COPY"] == ["--from=build"]
    commands = " ".join(i.rest for i in final.instructions if i.name == "RUN")
    assert not re.search(r"\b(pip|apt|apk|curl|wget|gcc|make)\b", commands)


def test_it_runs_as_nobody_who_can_change_it(final):
    uid, _, gid = final.last("USER").rest.partition(":")
    assert int(uid) >= 10_000, "no user of the machine's own"
    assert int(gid) >= 10_000
    order = [i.name for i in final.instructions]
    assert "RUN" not in order[order.index("USER") :]
    assert "COPY" not in order[order.index("USER") :]


def test_signals_reach_the_program_itself(final):
    assert final.argv("ENTRYPOINT") == ["haitech"]
    assert final.argv("CMD") == ["serve"]
    assert final.last("STOPSIGNAL").rest == "SIGTERM"


def test_its_health_is_asked_for_where_it_listens(final):
    python, dash_c, program = final.argv("HEALTHCHECK")
    assert (python, dash_c) == ("python", "-c")
    compile(program, "HEALTHCHECK", "exec")
    assert f"{BASE}/health/ready" in program
    assert f'os.environ["{PREFIX}PORT"]' in program


def test_it_is_for_production_unless_told_otherwise_and_has_no_secrets(final):
    environment = pairs(final.last("ENV"))
    settings = {name for name in environment if name.startswith(PREFIX)}
    assert settings <= {f"{PREFIX}{field.name.upper()}" for field in attrs.fields(Settings)}
    assert environment["HAITECH_ENV"] == "prod"
    assert environment["HAITECH_HOST"] == "0.0.0.0"  # noqa: S104  # within its own network
    assert final.last("EXPOSE").rest == environment["HAITECH_PORT"]
    assert not [name for name in environment if name.endswith(("SECRET", "KEY", "PASSWORD"))]


def test_both_stages_stand_on_the_same_base(stages):
    assert {stage.base for stage in stages} == {"python:${PYTHON}-slim-bookworm"}
