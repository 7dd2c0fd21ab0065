"""The house stands as drawn: rules of import, what an installation brings, clean files."""

from __future__ import annotations

import doctest
import importlib
import json
import os
import pkgutil
import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from urllib.parse import urlsplit

import grimp
import pytest
from importlinter.cli import lint_imports

import haitech_domain

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("haitech_domain", "haitech_adapters", "haitech_app")
DOMAIN_MODULES = sorted(
    module.name for module in pkgutil.walk_packages(haitech_domain.__path__, "haitech_domain.")
)
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|NotImplemented" + r"Error)\b")
REGISTRIES = ("pypi" + ".org", "python" + "hosted.org", "registry.npm" + "js.org")


def tracked_files() -> list[Path]:
    """What git would carry away: tracked, or new and not ignored."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("git, or the clone's history, is not here")
    paths = (ROOT / name for name in listed.decode().split("\0") if name)
    return [path for path in paths if path.is_file()]


def lines_matching(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    """Where the pattern occurs, as `path:line: text`; files that are no text are passed over."""
    found = []
    for path in paths:
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        found += [
            f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
            for number, line in enumerate(text.splitlines(), 1)
            if pattern.search(line)
        ]
    return found


def test_the_rules_of_import_hold(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    broken = lint_imports(config_filename="pyproject.toml", no_cache=True)
    assert not broken, capsys.readouterr().out


def test_the_domain_does_not_reach_into_itself_by_its_front_door():
    """`haitech_domain` as a whole is for others: from inside, it would lead past every floor."""
    graph = grimp.build_graph("haitech_domain", cache_dir=None)
    assert graph.find_modules_that_directly_import("haitech_domain") == set()


@pytest.mark.parametrize("name", DOMAIN_MODULES)
def test_every_module_of_the_domain_imports_and_its_examples_are_true(name):
    outcome = doctest.testmod(importlib.import_module(name))
    assert not outcome.failed


def test_nothing_is_left_unfinished():
    sources = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    assert sources
    assert lines_matching(UNFINISHED, sources) == []


def test_no_file_names_the_machine_it_was_written_on():
    places = {str(ROOT), str(Path.home()), str(ROOT.parent)}
    places -= {"/", "/home", "/srv", "/opt", "/tmp", tempfile.gettempdir()}  # noqa: S108
    pattern = re.compile("|".join(rf"(?<![\w.-]){re.escape(place)}(?![\w.-])" for place in places))
    assert lines_matching(pattern, tracked_files()) == []


def test_no_file_names_a_package_registry():
    settings = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    ).stdout
    configured = {urlsplit(word).hostname for word in re.findall(r"https?://[^\s'\"]+", settings)}
    hosts = {*REGISTRIES, *(host for host in configured if host)}
    pattern = re.compile("|".join(re.escape(host) for host in sorted(hosts)))
    assert lines_matching(pattern, tracked_files()) == []


def run(python: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run an interpreter away from the clone, with nothing of ours on its path."""
    return subprocess.run(
        [python, *arguments],
        cwd=python.parent,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """The interpreter of an environment that holds `pip install .`, without extras, alone."""
    home = tmp_path_factory.mktemp("bare") / "venv"
    venv.create(home, with_pip=True)
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    command = ["-m", "pip", "install", "-q", "-c", str(ROOT / "constraints.txt"), str(ROOT)]
    installed = run(python, *command)
    if installed.returncode:
        unreachable = ("No matching distribution", "Connection", "Max retries", "resolution")
        if any(sign in installed.stderr for sign in unreachable):
            pytest.skip(f"no package registry within reach: {installed.stderr.strip()[-300:]}")
        pytest.fail(installed.stderr)
    return python


class TestABareInstallation:
    def test_brings_attrs_and_cattrs_only(self, bare):
        listed = json.loads(run(bare, "-m", "pip", "list", "--format=json").stdout)
        names = {package["name"].lower().replace("_", "-") for package in listed}
        theirs = {"typing-extensions"}  # a dependency of cattrs
        assert names - {"pip", "setuptools"} - theirs == {"haitech", "attrs", "cattrs"}

    def test_imports_the_domain(self, bare):
        outcome = run(bare, "-I", "-c", "import haitech_domain; print(haitech_domain)")
        assert outcome.returncode == 0, outcome.stderr
        assert str(ROOT) not in outcome.stdout

    def test_imports_every_module_of_the_domain_but_those_for_tests(self, bare):
        names = [name for name in DOMAIN_MODULES if ".testing" not in name]
        outcome = run(bare, "-I", "-c", "\n".join(f"import {name}" for name in names))
        assert outcome.returncode == 0, outcome.stderr

    def test_has_every_file_of_the_packages(self, bare):
        where = "import sysconfig; print(sysconfig.get_path('purelib'))"
        site = Path(run(bare, "-I", "-c", where).stdout.strip())
        wanted = [
            path.relative_to(ROOT)
            for path in tracked_files()
            if path.relative_to(ROOT).parts[0] in PACKAGES
        ]
        assert Path("haitech_domain/py.typed") in wanted
        assert [str(path) for path in wanted if not (site / path).is_file()] == []
