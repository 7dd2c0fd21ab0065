"""The house stands as drawn: rules of import, what an installation brings, clean files."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
import subprocess
import sys
import tempfile
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path
from urllib.parse import urlsplit
from zipfile import ZipFile

import grimp
import pytest
from importlinter.cli import lint_imports
from packaging.requirements import Requirement

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


def with_examples() -> list[str]:
    """The modules of adapters and app whose docstrings show examples."""
    return sorted(
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for package in PACKAGES[1:]
        for path in (ROOT / package).rglob("*.py")
        if ">>> " in path.read_text("utf-8")
    )


@pytest.mark.parametrize("name", with_examples())
def test_every_example_of_adapters_and_app_is_true(name):
    outcome = doctest.testmod(importlib.import_module(name))
    assert (outcome.failed, outcome.attempted > 0) == (0, True)


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


def asked_for(found: Distribution) -> set[str]:
    """What a distribution brings along, without extras, and what that brings along, and so on."""
    wanted = [Requirement(line) for line in found.requires or ()]
    names = {need.name for need in wanted if need.marker is None or need.marker.evaluate()}
    return names.union(*(asked_for(distribution(name)) for name in names))


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """A folder with what `pip install .` brings, without extras: our wheel, and what it asks for.

    The wheel is built by the backend that pip calls; the libraries are those of this environment.
    """
    site = tmp_path_factory.mktemp("bare")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(site)]
    built = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    [wheel] = site.glob("*.whl")
    with ZipFile(wheel) as archive:
        archive.extractall(site)
    wheel.unlink()
    [ours] = distributions(path=[str(site)])
    for name in asked_for(ours):
        for file in distribution(name).files or ():
            if ".." not in file.parts:
                copy = site / file
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(file.read_binary())
    return site


def run(site: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Run a script away from the clone, where nothing is installed but what is in the folder."""
    alone = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        f"import sys; sys.path.append({str(site)!r})\n{script}",
    ]
    return subprocess.run(alone, cwd=site, capture_output=True, text=True, check=False)


class TestABareInstallation:
    def test_brings_attrs_and_cattrs_only(self, bare):
        names = {found.name.lower().replace("_", "-") for found in distributions(path=[str(bare)])}
        theirs = {"typing-extensions"}  # a dependency of cattrs
        assert names - theirs == {"haitech", "attrs", "cattrs"}

    def test_imports_the_domain(self, bare):
        outcome = run(bare, "import haitech_domain; print(haitech_domain)")
        assert outcome.returncode == 0, outcome.stderr
        assert str(bare) in outcome.stdout

    def test_imports_every_module_of_the_domain_but_those_for_tests(self, bare):
        names = [name for name in DOMAIN_MODULES if ".testing" not in name]
        outcome = run(bare, "\n".join(f"import {name}" for name in names))
        assert outcome.returncode == 0, outcome.stderr

    def test_has_every_file_of_the_packages(self, bare):
        wanted = [
            path.relative_to(ROOT)
            for path in tracked_files()
            if path.relative_to(ROOT).parts[0] in PACKAGES
        ]
        assert Path("haitech_domain/py.typed") in wanted
        assert [str(path) for path in wanted if not (bare / path).is_file()] == []
