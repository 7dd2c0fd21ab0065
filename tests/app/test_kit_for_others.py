"""The published kit as an outsider has it: in a folder of its own, with what its extra brings."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import distribution, packages_distributions

import pytest
from packaging.requirements import Requirement

from haitech_app.testing import databases

KIT = (
    "haitech_domain.testing",
    "haitech_domain.testing.builders",
    "haitech_domain.testing.contracts",
    "haitech_domain.testing.machine",
    "haitech_domain.testing.strategies",
    "haitech_adapters.memory",
)
REFUSING = """
import sys

class Refusing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {foreign!r}:
            raise ImportError(f"the extra does not bring {{name}}")

sys.meta_path.insert(0, Refusing())
"""
OURS = """
import pytest

from haitech_domain import Actor

pytestmark = pytest.mark.anyio
VALUES = {"name": "Dana", "phone": "050-123-4567"}


@pytest.mark.parametrize("world", ["memory_world", "postgres_world"])
class TestBothWorlds:
    @pytest.fixture
    def ours(self, request, world):
        return request.getfixturevalue(world)

    async def test_begins_with_an_empty_store(self, ours):
        made = await ours.verbs.customers.create(actor=Actor.system("ours"), values=VALUES)
        assert str(made.phone) == "+972501234567"

    async def test_begins_with_an_empty_store_again(self, ours):
        assert (await ours.journal()).audit == []
        await ours.verbs.customers.create(actor=Actor.system("ours"), values=VALUES)
        assert [e["action"] for e in (await ours.journal()).audit] == ["create"]
"""


def brought(name, extras=frozenset(), seen=frozenset()):
    """What a distribution brings along, with these extras, and what that brings along."""
    found = {name.lower().replace("_", "-")}
    for line in distribution(name).requires or ():
        need = Requirement(line)
        wanted = need.marker is None or any(
            need.marker.evaluate({"extra": extra}) for extra in extras or {""}
        )
        key = (need.name, frozenset(need.extras))
        if wanted and key not in seen:
            found |= brought(need.name, need.extras, seen | {key})
    return found


def test_the_extra_for_tests_is_all_that_the_kit_needs():
    """No server, no database: whatever else is installed here is refused to it."""
    allowed = brought("haitech", {"testing"})
    assert {"hypothesis", "pytest", "attrs", "cattrs", "anyio"} <= allowed
    assert {"litestar", "psycopg", "sqlalchemy", "msgspec"}.isdisjoint(allowed)
    foreign = {
        module
        for module, names in packages_distributions().items()
        if not {name.lower().replace("_", "-") for name in names} & allowed
    }
    script = REFUSING.format(foreign=foreign) + "\n".join(f"import {name}" for name in KIT)
    alone = [sys.executable, "-c", script]
    outcome = subprocess.run(alone, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stderr


@pytest.mark.postgres
def test_the_plugin_gives_both_worlds_to_a_project_of_its_own(folder):
    (folder / "conftest.py").write_text('pytest_plugins = ["haitech_app.testing.plugin"]\n')
    (folder / "test_ours.py").write_text(OURS)
    here = {
        **os.environ,
        "HAITECH_TEST_DATABASE_URL": databases.server(),
        "PYTEST_XDIST_TESTRUNUID": databases.RUN,  # the template that is there already
    }
    databases.template()
    told = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    outcome = subprocess.run(
        told, cwd=folder, env=here, capture_output=True, text=True, check=False
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert "4 passed" in outcome.stdout
