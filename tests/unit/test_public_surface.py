"""What a newcomer imports from `haitech_domain`: enough, explained, and light."""

from __future__ import annotations

import doctest
import inspect
import subprocess
import sys

import haitech_domain

LIGHT = {"attr", "attrs", "cattrs", "haitech_domain", "typing_extensions"}
HEAVY = {"asyncio", "email", "http", "json", "logging", "socket", "ssl", "unittest", "zoneinfo"}
"""Parts of the standard library that a pure domain has no business with."""
LOADED = """
import sys
before = {name.partition(".")[0] for name in sys.modules}
import haitech_domain
after = {name.partition(".")[0] for name in sys.modules}
print(*sorted(after - before))
print(*sorted(name for name in sys.modules if name.startswith("haitech_domain.")))
"""


def loaded() -> tuple[set[str], set[str]]:
    """What importing the domain brings into a fresh interpreter: packages, and rooms of its own."""
    ended = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )
    packages, rooms = ended.stdout.splitlines()
    return set(packages.split()), {room.split(".")[1] for room in rooms.split()}


def test_importing_it_brings_attrs_and_cattrs_and_nothing_that_talks_to_the_outside():
    packages, rooms = loaded()
    assert packages - set(sys.stdlib_module_names) <= LIGHT
    assert packages & HEAVY == set()
    assert rooms & {"use_cases", "ports", "testing", "webhook", "audit"} == set()


def test_its_own_examples_are_true():
    outcome = doctest.testmod(haitech_domain)
    assert (outcome.failed, outcome.attempted > 5) == (0, True)


def test_every_function_has_an_example():
    functions = [getattr(haitech_domain, name) for name in haitech_domain.__all__]
    silent = [
        function.__name__
        for function in functions
        if inspect.isfunction(function) and ">>>" not in (function.__doc__ or "")
    ]
    assert silent == []


def test_everything_is_said_to_be_something():
    things = {name: getattr(haitech_domain, name) for name in haitech_domain.__all__}
    silent = [
        name
        for name, thing in things.items()
        if (inspect.isclass(thing) or inspect.isfunction(thing)) and not thing.__doc__
    ]
    assert silent == []
    assert sorted(things) == sorted(haitech_domain.__all__)


def test_the_names_of_refusals_that_its_functions_raise_can_be_imported():
    """Whoever calls `plan` catches `RestDay` by the same door."""
    unknown = {
        (name, raised)
        for name in haitech_domain.__all__
        if inspect.isfunction(function := getattr(haitech_domain, name))
        for line in (inspect.getdoc(function) or "").splitlines()
        if line.startswith(":raises ")
        for raised in [line.removeprefix(":raises ").partition(":")[0]]
        if raised not in {*haitech_domain.__all__, "ValueError"}
    }
    assert unknown == set()
