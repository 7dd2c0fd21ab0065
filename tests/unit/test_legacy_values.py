"""Single values of the legacy export, read from their text."""

from __future__ import annotations

import contextlib
from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haitech_adapters.legacy import values
from haitech_domain.calendar import DayOfWeek, TimeSlot
from haitech_domain.cycle import ActivityType, CycleType
from haitech_domain.errors import BadValue
from haitech_domain.meeting import MeetingStatus
from haitech_domain.money import Money

READERS = (
    values.pricing,
    values.status,
    values.weekday,
    values.lesson,
    values.name,
    values.iso_date,
    values.moment,
    values.hour,
    values.money,
    values.duration,
)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("300.0", "300.00"),
        ("300", "300.00"),
        ("300.00", "300.00"),
        ("0", "0.00"),
        ("45.5", "45.50"),
        ("0.1", "0.10"),
        ("1000000", "1000000.00"),
    ],
)
def test_amounts_are_exact(text, amount):
    assert values.money(text) == Money.of(amount)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("300.005", "more than two decimals"),
        ("300.000", "more than two decimals"),
        ("-1", "between"),
        ("1000000.01", "between"),
        ("99999999999999999999", "too large"),
        ("1e3", "no amount"),
        ("1_000", "no amount"),
        ("1,200", "no amount"),
        ("NaN", "no amount"),
        ("٣٠٠", "no amount"),
        ("-", "no amount"),
        ("300 ₪", "no amount"),
    ],
)
def test_what_is_no_amount_is_refused_with_its_reason(text, why):
    """R-MONEY-6."""
    with pytest.raises(BadValue, match=why) as refused:
        values.money(text)
    assert text in refused.value.message


@pytest.mark.parametrize("text", ["8:30", "08:30", "08:30:00"])
def test_hours_may_lack_their_zero(text):
    assert values.hour(text) == time(8, 30)


@pytest.mark.parametrize("text", ["24:00", "8:60", "8.30", "8", "830", "08:30:15", "٨:٣٠", "8:3"])
def test_other_hours_are_refused(text):
    with pytest.raises(BadValue):
        values.hour(text)


@pytest.mark.parametrize("text", ["5/1/2026 8:30", "05/01/2026 08:30", "05/01/2026  08:30:00"])
def test_moments_are_day_month_year(text):
    assert values.moment(text) == datetime(2026, 1, 5, 8, 30)  # noqa: DTZ001  # civil


@pytest.mark.parametrize(
    "text",
    ["31/02/2026 08:30", "13/13/2026 08:30", "2026-01-05 08:30", "05/01/2026", "05/01/26 08:30"],
)
def test_other_moments_are_refused(text):
    with pytest.raises(BadValue):
        values.moment(text)


def test_dates_are_iso_within_the_calendar():
    """R-SCHED-2."""
    assert values.iso_date("2026-01-31") == date(2026, 1, 31)
    for text in (
        "31/01/2026",
        "2026-1-31",
        "2026-02-30",
        "1999-12-31",
        "2101-01-01",
        "2026-01-31T",
    ):
        with pytest.raises(BadValue):
            values.iso_date(text)


def test_durations_are_whole_minutes_from_5_to_720():
    """R-MEET-1."""
    assert [values.duration(text) for text in ("5", "45", "45.0", "720")] == [5, 45, 45, 720]
    for text in ("4", "721", "0", "-45", "45.5", "an hour", "9" * 50):
        with pytest.raises(BadValue):
            values.duration(text)


def test_hour_and_duration_stay_within_the_day():
    assert values.slot_of(time(22, 59), 60) == TimeSlot(time(22, 59), time(23, 59))
    with pytest.raises(BadValue, match="same day"):
        values.slot_of(time(23, 0), 60)


@pytest.mark.parametrize(
    ("end", "why"),
    [
        ("05/01/2026 08:30", "reversed"),
        ("04/01/2026 10:00", "reversed"),
        ("05/01/2026 08:34", "too short"),
        ("05/01/2026 20:31", "too long"),
        ("09/02/2026 10:00", "too long"),
        ("06/01/2026 00:30", "too long"),
    ],
)
def test_times_that_make_no_meeting_are_refused(end, why):
    with pytest.raises(BadValue, match=why):
        values.slot_between(values.moment("05/01/2026 08:30"), values.moment(end))


def test_a_meeting_over_midnight_is_refused():
    """R-MEET-1."""
    with pytest.raises(BadValue, match="another date"):
        values.slot_between(values.moment("05/01/2026 22:00"), values.moment("06/01/2026 00:30"))


@pytest.mark.parametrize(("end", "minutes"), [("08:35", 5), ("20:30", 720)])
def test_5_minutes_and_12_hours_are_meetings(end, minutes):
    """R-MEET-1."""
    start = values.moment("05/01/2026 08:30")
    assert values.slot_between(start, values.moment(f"05/01/2026 {end}")).minutes == minutes


def test_the_words_of_the_export_mean_what_the_issue_says():
    assert values.pricing("מוסדי") is CycleType.INSTITUTIONAL_FIXED
    assert values.pricing("מוסדי  (תשלום פר ילד)") is CycleType.INSTITUTIONAL_PER_CHILD
    assert values.pricing("פרטי") is CycleType.PRIVATE
    assert values.status("התקיימה") is MeetingStatus.COMPLETED
    assert values.status("-") is MeetingStatus.SCHEDULED
    assert values.status("נדחתה") is MeetingStatus.POSTPONED
    assert values.status("בוטלה") is MeetingStatus.CANCELLED
    assert values.lesson("שיעור פרונטאלי") is ActivityType.FRONTAL
    assert values.lesson("שיעור פרטי") is ActivityType.PRIVATE_LESSON
    assert values.lesson("שיעור אונליין קבוצתי") is ActivityType.ONLINE
    assert values.lesson("-") is None
    assert values.activity("אונליין פרטי") is ActivityType.PRIVATE_LESSON
    assert values.activity("חוג אונליין  קבוצתי") is ActivityType.ONLINE
    assert values.activity("פרונטלי בתי ספר") is ActivityType.FRONTAL
    assert values.activity("") is ActivityType.FRONTAL
    days = ("ראשון", "שני", "שלישי", "יום רביעי", "חמישי", "שישי", "שבת")
    assert tuple(map(values.weekday, days)) == tuple(DayOfWeek)


def test_other_words_are_refused_and_named():
    with pytest.raises(BadValue, match="not in use"):
        values.status("לא בשימוש")
    for reader in (values.pricing, values.status, values.weekday, values.lesson):
        with pytest.raises(BadValue, match=r"unknown .*«אחר»"):
            reader("אחר")


@given(st.text())
def test_any_text_is_a_value_or_a_refusal(text):
    for reader in READERS:
        with contextlib.suppress(BadValue):
            reader(text)
    values.activity(text)
    values.online(text)
