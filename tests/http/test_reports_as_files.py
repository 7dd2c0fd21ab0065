"""`/reports` as CSV, XLSX and pages: the same rows and totals as in JSON, in two languages."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

import pytest
from openpyxl import load_workbook

from haitech_adapters.http.languages import language_of
from haitech_domain.reports import Language
from haitech_domain.use_cases import reports as use_cases
from tests.http.school_world import a_school_behind_its_api, refusal, sunday

REVENUE = "/reports/revenue"
PAYMENTS = "/reports/instructor-payments"
ATTENDANCE = "/reports/attendance-summary"
PROGRESS = "/reports/cycle-progress"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MEDIA = {"csv": "text/csv; charset=utf-8", "xlsx": XLSX, "html": "text/html; charset=utf-8"}
LANGUAGES = {"he": "he-IL,he;q=0.9,en;q=0.8", "en": "en-US,en;q=0.9"}
EVERY = {
    **{
        f"revenue by {by}": (REVENUE, {"groupBy": by})
        for by in ("day", "week", "month", "branch", "course", "instructor", "cycleType")
    },
    "payments": (PAYMENTS, {}),
    **{
        f"attendance by {by}": (ATTENDANCE, {"groupBy": by})
        for by in ("cycle", "student", "branch", "instructor")
    },
    "progress": (PROGRESS, {}),
}
SUMMED = {  # the name in JSON of what each title is the column of
    "מפגשים": "meetings", "הכנסות (₪)": "revenue", "תשלום למדריכים (₪)": "instructorPayment",
    "עלות מעסיק (₪)": "employerCost", "רווח (₪)": "profit", "סימוני נוכחות": "marks",
    "דקות": "minutes", "מתוכננים": "planned", "התקיימו": "completed", "נותרו": "remaining",
    "רשומים": "registrations",
}  # fmt: skip


@pytest.fixture(scope="module")
def world():
    """Three cycles with hostile and Hebrew names, some meetings of each completed and marked."""
    with a_school_behind_its_api() as world:
        for number, name in enumerate(("=1+1", "רובוטיקה, בנות", "<b>זיו</b>")):
            branch = world.admin.make("/branches", {"name": name, "type": "school"})
            cycle, meetings = world.generated(
                name=name,
                branchId=branch["id"],
                startTime=f"{9 + 3 * number:02}:00",
                endTime=f"{10 + 3 * number:02}:10",
                meetingRevenue=("600.10", "0.07", "99.99")[number],
            )
            registered = world.registered(cycle)
            for meeting in meetings[: number + 1]:
                world.manager.act(f"/meetings/{meeting['id']}/complete")
                records = [
                    {"registrationId": str(registered.id), "status": "present"},
                    {"guestName": "בן דוד", "status": "absent", "isTrial": True},
                ]
                path = f"/meetings/{meeting['id']}/attendance"
                assert world.manager.send("POST", path, {"attendance": records}).is_success
        yield world


def fetched(world, path, form, language="he", **params):
    """A report in a form, as a caller who asks by headers gets it."""
    return world.manager.send(
        "GET",
        path,
        params=params,
        headers={"Accept": MEDIA[form].partition(";")[0], "Accept-Language": LANGUAGES[language]},
    )


def lines_of(answer, form):
    """Titles, rows and totals, every cell as plain text."""
    if form == "csv":
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    if form == "xlsx":
        [sheet] = load_workbook(io.BytesIO(answer.content))
        return [[as_text(cell) for cell in row] for row in sheet.iter_rows()]
    rows = re.findall(r"<tr>(.*?)</tr>", answer.text)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]


def as_text(cell):
    """A cell of a workbook as CSV has it; the digits of a number are those of the amount."""
    match cell.value:
        case None:
            return ""
        case datetime():
            return cell.value.date().isoformat()
        case int() | float() if cell.number_format.endswith(".00"):
            return str(Decimal(repr(cell.value)).quantize(Decimal("0.01")))
        case _:
            return str(cell.value)


def plain(cell):
    """What a page shows, as CSV has it."""
    text = cell.replace(",", "") if re.fullmatch(r"-?[\d,]+(\.\d+)?", cell) else cell
    if day := re.fullmatch(r"(\d\d)\.(\d\d)\.(\d{4})", text):
        return date(*map(int, reversed(day.groups()))).isoformat()
    return {"–": ""}.get(text, text)


def in_percent(cell):
    """A ratio as a page shows it."""
    return f"{(Decimal(cell) * 100).quantize(Decimal('0.1'), ROUND_HALF_UP):,}%" if cell else "–"


@pytest.mark.parametrize("name", EVERY)
class TestEveryReport:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("form", MEDIA)
    def test_every_form_has_its_type_its_name_and_its_language(self, world, name, form, language):
        path, params = EVERY[name]
        answer = fetched(world, path, form, language, **params)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == MEDIA[form]
        assert answer.headers["content-language"] == language
        kind = "inline" if form == "html" else "attachment"
        disposition = answer.headers["content-disposition"]
        assert disposition.startswith(f'{kind}; filename="')
        assert f".{form}\"; filename*=UTF-8''" in disposition
        assert ("%D7%93%D7%95%D7%97" in disposition) is (language == "he")  # «report» in Hebrew
        assert {"Accept", "Accept-Language"} <= set(re.split(", ?", answer.headers["vary"]))
        assert answer.headers["cache-control"] == "private, no-cache"
        titles = lines_of(answer, form)[0]
        assert any("א" <= letter <= "ת" for letter in "".join(titles)) is (language == "he")

    def test_totals_are_the_sums_of_the_rows_and_those_of_json(self, world, name):
        path, params = EVERY[name]
        totals = world.manager.get(path, **params)["totals"]
        titles, *rows, last = lines_of(fetched(world, path, "csv", **params), "csv")
        assert last[0] == "סה״כ"
        compared = 0
        for place, title in enumerate(titles):
            if title in SUMMED and SUMMED[title] in totals:
                total = Decimal(last[place])
                assert total == sum(Decimal(row[place]) for row in rows)
                assert total == Decimal(str(totals[SUMMED[title]]))
                compared += 1
        assert compared

    def test_a_workbook_and_a_page_say_what_csv_says(self, world, name):
        path, params = EVERY[name]
        titles, *lines = lines_of(fetched(world, path, "csv", **params), "csv")
        lines = [[cell.removeprefix("'") for cell in line] for line in lines]
        in_book = lines_of(fetched(world, path, "xlsx", **params), "xlsx")
        assert in_book[0] == titles
        numeric = re.compile(r"-?\d+(\.\d+)?")
        for line, other in zip(lines, in_book[1:], strict=True):
            for cell, same in zip(line, other, strict=True):
                both = numeric.fullmatch(cell) and numeric.fullmatch(same)
                assert (Decimal(cell) == Decimal(same)) if both else (cell == same)
        on_page = lines_of(fetched(world, path, "html", **params), "html")
        kept = [titles.index(title) for title in on_page[0]]
        for line, shown in zip(lines, on_page[1:], strict=True):
            for place, cell in zip(kept, shown, strict=True):
                said = cell.replace("&lt;", "<").replace("&gt;", ">")
                exact = line[place]
                percent = said.endswith("%") and said == in_percent(exact)
                assert percent or plain(said) == exact or titles[place] == "חודש"


class TestWhatIsAskedFor:
    def test_the_parameter_goes_before_the_header(self, world):
        asked = {"headers": {"Accept": "application/json", "Accept-Language": "he"}}
        answer = world.manager.send("GET", f"{REVENUE}?format=csv&language=en", **asked)
        assert answer.headers["content-type"] == MEDIA["csv"]
        assert answer.headers["content-language"] == "en"
        answer = world.manager.send("GET", f"{REVENUE}?format=json", headers={"Accept": "text/csv"})
        assert answer.json()["data"]["groupBy"] == "month"

    @pytest.mark.parametrize("accept", ["*/*", "application/json", "application/json, text/csv"])
    def test_json_is_what_everybody_gets_who_wants_nothing_else(self, world, accept):
        answer = world.manager.send("GET", REVENUE, headers={"Accept": accept})
        assert answer.headers["content-type"].startswith("application/json")
        assert "content-disposition" not in answer.headers

    def test_a_browser_gets_a_page(self, world):
        accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
        answer = world.manager.send("GET", REVENUE, headers={"Accept": accept})
        assert answer.text.startswith('<!DOCTYPE html>\n<html lang="he" dir="rtl">')

    def test_what_cannot_be_had_is_refused(self, world):
        answer = world.manager.send("GET", REVENUE, headers={"Accept": "application/pdf"})
        assert answer.status_code == 406
        assert "text/csv" in answer.json()["error"]["message"]

    @pytest.mark.parametrize("query", ["format=pdf", "language=fr", "from=2026-02-30"])
    def test_refusals_are_json_whatever_was_asked_for(self, world, query):
        for accept in ("text/csv", "text/html", XLSX):
            answer = world.manager.send("GET", f"{REVENUE}?{query}", headers={"Accept": accept})
            assert refusal(answer, 400)["details"]

    @pytest.mark.parametrize("form", MEDIA)
    def test_whoever_may_not_read_reports_gets_no_file(self, world, form):
        refusal(world.as_yael.send("GET", f"{REVENUE}?format={form}"), 403)
        refusal(world.nobody.send("GET", f"{REVENUE}?format={form}"), 401)

    def test_the_days_stand_in_the_name_and_on_the_page(self, world):
        days = {"from": sunday(0), "to": sunday(1)}
        named = fetched(world, REVENUE, "csv", "en", **days).headers["content-disposition"]
        assert f"Revenue%20{sunday(0)}" in named
        assert "18.10.2026 – 25.10.2026" in fetched(world, REVENUE, "html", **days).text

    @pytest.mark.parametrize("form", MEDIA)
    def test_whoever_has_it_already_is_told_so(self, world, form):
        tag = fetched(world, REVENUE, form).headers["etag"]
        again = world.manager.send(
            "GET", f"{REVENUE}?format={form}", headers={"If-None-Match": tag}
        )
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        english = world.manager.send(
            "GET", f"{REVENUE}?format={form}&language=en", headers={"If-None-Match": tag}
        )
        assert english.status_code == 200


class TestWhatStandsInThem:
    def test_a_formula_is_text(self, world):
        names = [line[0] for line in lines_of(fetched(world, PROGRESS, "csv"), "csv")[1:-1]]
        assert names == ["<b>זיו</b>", "'=1+1", "רובוטיקה, בנות"]
        book = load_workbook(io.BytesIO(fetched(world, PROGRESS, "xlsx").content))
        assert book.active["A3"].value == "=1+1"
        assert book.active["A3"].data_type == "s"

    def test_markup_is_text(self, world):
        text = fetched(world, PROGRESS, "html").text
        assert "&lt;b&gt;זיו&lt;/b&gt;" in text
        assert "<b>" not in text

    def test_hebrew_names_come_in_their_order(self, world):
        """Final letters beside their others."""
        made = ["קיץ", "קיצור", "אורט", "קין", "קיני"]
        with a_school_behind_its_api() as other:
            for number, name in enumerate(made):
                other.cycle(
                    name=name, startTime=f"{9 + number:02}:00", endTime=f"{9 + number:02}:50"
                )
            lines = lines_of(fetched(other, PROGRESS, "html"), "html")
        assert [line[0] for line in lines[1:-1]] == ["אורט", "קין", "קיני", "קיץ", "קיצור"]

    def test_guests_are_called_so(self, world):
        lines = lines_of(fetched(world, ATTENDANCE, "csv", groupBy="student"), "csv")
        assert "אורחים" in {line[1] for line in lines}

    def test_what_is_deleted_is_marked(self, world):
        with a_school_behind_its_api() as other:
            _, [meeting] = other.generated(totalMeetings=1)
            other.manager.put(f"/meetings/{meeting['id']}", {"instructorId": other.omer["id"]})
            other.manager.act(f"/meetings/{meeting['id']}/complete")
            titles, *_ = lines_of(fetched(other, PAYMENTS, "html"), "html")
            assert "הערה" not in titles
            other.admin.drop(f"/instructors/{other.omer['id']}")
            titles, omer, _ = lines_of(fetched(other, PAYMENTS, "html"), "html")
            assert (titles[1], omer[:2]) == ("הערה", ["Omer", "נמחק"])

    def test_a_part_of_the_rows_says_that_it_is_one(self, world):
        part = fetched(world, REVENUE, "html", "en", groupBy="branch", limit=2)
        assert "These are 2 of 3 rows." in part.text
        whole = lines_of(fetched(world, REVENUE, "csv", groupBy="branch"), "csv")
        for form in ("csv", "xlsx"):
            for asked, shown in (({"limit": 2}, whole[:3]), ({"limit": 3}, whole)):
                found = lines_of(fetched(world, REVENUE, form, groupBy="branch", **asked), form)
                assert [line[1:4] for line in found] == [line[1:4] for line in shown]


class TestTheMeetingsThatArePaid:
    def test_a_file_lists_all_of_them(self, world):
        lines = lines_of(fetched(world, PAYMENTS, "csv", include="meetings"), "csv")
        titles, *rows, last = lines
        assert titles[:3] == ["תאריך", "התחלה", "סיום"]
        assert [row[0] for row in rows] == [*[sunday(0)] * 3, *[sunday(1)] * 2, sunday(2)]
        pay = titles.index("תשלום למדריכים (₪)")
        shown = world.manager.get(PAYMENTS)["totals"]["instructorPayment"]
        assert Decimal(last[pay]) == sum(Decimal(r[pay]) for r in rows) == Decimal(str(shown))

    def test_more_than_a_file_holds_are_refused(self, world, monkeypatch):
        monkeypatch.setattr(use_cases, "MOST_ROWS", 5)
        answer = fetched(world, PAYMENTS, "csv", include="meetings")
        assert refusal(answer, 400)["reason"] == "report.too_many_lines"
        assert "6 meetings" in answer.text
        assert "narrow from and to, or export" in answer.text

    @pytest.mark.parametrize("form", MEDIA)
    @pytest.mark.parametrize("name", ["limit", "offset", "meetingsLimit", "meetingsCursor"])
    def test_a_part_of_them_is_no_file(self, world, form, name):
        answer = fetched(world, PAYMENTS, form, include="meetings", **{name: "1"})
        error = refusal(answer, 400)
        assert [(e["field"], e["reason"]) for e in error["details"]] == [(name, "value.surplus")]

    def test_what_is_deleted_is_named(self):
        """R-PPL-4."""
        with a_school_behind_its_api() as other:
            _, [meeting] = other.generated(totalMeetings=1)
            other.manager.put(f"/meetings/{meeting['id']}", {"instructorId": other.omer["id"]})
            other.manager.act(f"/meetings/{meeting['id']}/complete")
            other.admin.drop(f"/instructors/{other.omer['id']}")
            for form in MEDIA:
                answer = fetched(other, PAYMENTS, form, "en", include="meetings")
                titles, line, _ = lines_of(answer, form)
                assert line[titles.index("Remark")] == "instructor deleted"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", Language.HEBREW),
        ("en", Language.ENGLISH),
        ("en-GB;q=0.3", Language.ENGLISH),
        ("he, en", Language.HEBREW),
        ("iw-IL;q=0.4, en;q=0.5", Language.ENGLISH),
        ("en;q=0.4, iw-IL;q=0.5", Language.HEBREW),
        ("en;q=0", Language.HEBREW),
        ("fr, *;q=0.1", Language.HEBREW),
        ("en;q=2, ;;, 12", Language.HEBREW),
        (" EN-us ; q=1.000 ", Language.ENGLISH),
    ],
)
def test_english_is_for_those_who_want_it_more(accepted, language):
    assert language_of(accepted) is language
