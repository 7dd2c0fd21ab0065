"""`haitech import legacy` as it is called: what it prints, where, and how it ends."""

from __future__ import annotations

import io
import json

import pytest
from click.testing import CliRunner
from rich.console import Console

from haitech_app.cli import main
from haitech_app.import_legacy import import_legacy, read_export
from tests.journeys.legacy_files import cycle, meeting, write_export
from tests.journeys.legacy_world import memory_world

pytestmark = pytest.mark.anyio

CYCLES = [cycle(), cycle(name="חוג [b]", revenue="")]
MEETINGS = [meeting(), meeting(), meeting("09/11/2025 16:00", status="-")]


class Ascii(io.StringIO):
    """A stream that cannot hold Hebrew."""

    encoding = "ascii"


class Called:
    """One call of the command, and what came of it."""

    def __init__(self, folder, *, terminal=False):
        self.world = memory_world(folder)
        self.err = io.StringIO()
        self.out = io.StringIO()
        self.console = Console(file=self.err, force_terminal=terminal, width=100)

    async def on(self, cycles, meetings, **how):
        await import_legacy(
            self.world.use_case,
            read_export(cycles, meetings),
            console=self.console,
            out=how.pop("out", self.out),
            **how,
        )


async def test_json_has_the_shape_of_the_issue(tmp_path):
    call = Called(tmp_path)
    await call.on(*write_export(tmp_path, CYCLES, MEETINGS), as_json=True)
    assert json.loads(call.out.getvalue()) == {
        "cycles": {"read": 2, "created": 2, "unchanged": 0, "rejected": 0},
        "meetings": {
            "read": 3,
            "created": 2,
            "unchanged": 0,
            "rejected": 1,
            "byStatus": {"scheduled": 1, "completed": 1, "cancelled": 0, "postponed": 0},
        },
        "rejections": [
            {
                "file": "meetings.csv",
                "line": 3,
                "field": "תאריך התחלה",
                "reason": "duplicate: line 2 has the same cycle and start",
            }
        ],
        "warnings": ["cycles.csv:3: no revenue is given for חוג [b]; 0 is taken"],
    }
    assert call.err.getvalue() == ""


async def test_json_is_ascii_where_the_stream_is(tmp_path):
    call, out = Called(tmp_path), Ascii()
    await call.on(*write_export(tmp_path, CYCLES, MEETINGS), as_json=True, out=out)
    assert out.getvalue().isascii()
    assert json.loads(out.getvalue())["rejections"][0]["field"] == "תאריך התחלה"


async def test_people_read_a_summary_with_every_refusal_and_warning(tmp_path):
    call = Called(tmp_path)
    await call.on(*write_export(tmp_path, CYCLES, MEETINGS), dry_run=True)
    said = call.out.getvalue()
    assert "refused  meetings.csv:3: תאריך התחלה: duplicate" in said
    assert "warning  cycles.csv:3: no revenue is given for חוג [b]" in said
    assert "Dry run, nothing is stored" in said
    assert "Meetings created: 1 scheduled, 1 completed, 0 cancelled, 0 postponed" in said
    assert await call.world.all("cycles") == []


async def test_a_terminal_sees_a_bar(tmp_path):
    call = Called(tmp_path, terminal=True)
    await call.on(*write_export(tmp_path, CYCLES, MEETINGS), as_json=True)
    assert "importing" in call.err.getvalue()
    json.loads(call.out.getvalue())


async def test_two_files_of_one_name_are_told_apart(tmp_path):
    paths = write_export(tmp_path, CYCLES, MEETINGS)
    for path, folder in zip(paths, ("a", "b"), strict=True):
        (tmp_path / folder).mkdir()
        path.rename(tmp_path / folder / "x.csv")
    call = Called(tmp_path)
    await call.on(tmp_path / "a" / "x.csv", tmp_path / "b" / "x.csv", as_json=True)
    [refused] = json.loads(call.out.getvalue())["rejections"]
    assert refused["file"] == str(tmp_path / "b" / "x.csv")


@pytest.mark.parametrize(
    ("cycles", "meetings", "said"),
    [
        ("absent.csv", "cycles.csv", ["absent.csv: cannot be read", "columns are missing: מחזור"]),
        ("cycles.csv", ".", ["cannot be read"]),
        ("meetings.csv", "cycles.csv", ["meetings.csv: columns", "cycles.csv: columns"]),
    ],
)
def test_files_that_are_no_export_end_with_2_before_anything_is_made(
    tmp_path, monkeypatch, cycles, meetings, said
):
    write_export(tmp_path, CYCLES, MEETINGS)
    data = tmp_path / "data"
    monkeypatch.setenv("HAITECH_DATA_DIR", str(data))
    files = ["--cycles", str(tmp_path / cycles), "--meetings", str(tmp_path / meetings)]
    result = CliRunner().invoke(main, ["import", "legacy", *files, "--json"])
    assert result.exit_code == 2
    assert [part for part in said if part not in result.stderr] == []
    assert result.stdout == ""
    assert not data.exists()
