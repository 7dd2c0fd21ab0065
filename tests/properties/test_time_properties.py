"""R-SCHED-9, R-SCHED-10, R-MEET-1 against brute-force sets of minutes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from haitech_domain.calendar import DateRange, DayOfWeek, TeachingDays, TimeSlot
from haitech_domain.errors import BadValue
from haitech_domain.ids import CycleId, InstructorId, MeetingId
from haitech_domain.instructor import WeeklyWindows, Window
from haitech_domain.meeting import Meeting, MeetingStatus
from haitech_domain.scheduling import Availability, conflicts, free_slots

AT = datetime(2026, 1, 1, tzinfo=UTC)
SUNDAY = date(2026, 3, 1)
LIVE = {MeetingStatus.SCHEDULED, MeetingStatus.COMPLETED}


def clock(minute: int) -> time:
    return time(minute // 60, minute % 60)


def minute(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def minutes_of(start: time, end: time) -> set[int]:
    return set(range(minute(start), minute(end)))


@st.composite
def slots(draw: st.DrawFn) -> TimeSlot:
    """Slots on a coarse clock, so that they touch and overlap often."""
    start = draw(st.integers(0, 280)) * 5
    length = draw(st.integers(1, min(144, (1435 - start) // 5)))
    return TimeSlot(clock(start), clock(start + 5 * length))


days = st.integers(0, 8).map(lambda n: SUNDAY + timedelta(days=n))


@st.composite
def meetings(draw: st.DrawFn) -> Meeting:
    slot = draw(slots())
    return Meeting(
        id=MeetingId(draw(st.uuids())),
        cycle_id=CycleId(UUID(int=1)),
        instructor_id=InstructorId(UUID(int=4)),
        scheduled_date=draw(days),
        start_time=slot.start,
        end_time=slot.end,
        number=1,
        status=draw(st.sampled_from(MeetingStatus)),
        deleted_at=draw(st.sampled_from([None, None, None, AT])),
        created_at=AT,
        updated_at=AT,
    )


def is_live(meeting: Meeting) -> bool:
    return meeting.status in LIVE and meeting.deleted_at is None


@given(start=st.integers(0, 1439), end=st.integers(0, 1439))
def test_a_slot_stands_exactly_from_five_minutes_to_twelve_hours(start: int, end: int) -> None:
    """R-MEET-1: start < end, 5 minutes to 12 hours."""
    try:
        made = TimeSlot(clock(start), clock(end)).minutes
    except BadValue:
        made = None
    assert made == (end - start if 5 <= end - start <= 720 else None)


@given(a=slots(), b=slots())
def test_overlapping_is_sharing_a_minute_either_way_round(a: TimeSlot, b: TimeSlot) -> None:
    """R-SCHED-9: half-open and symmetric."""
    share = bool(minutes_of(a.start, a.end) & minutes_of(b.start, b.end))
    assert a.overlaps(b) is share
    assert b.overlaps(a) is share


@given(
    wanted=st.lists(st.tuples(days, slots()), max_size=6), present=st.lists(meetings(), max_size=12)
)
def test_conflicts_are_the_live_meetings_that_share_a_minute(
    wanted: list[tuple[date, TimeSlot]], present: list[Meeting]
) -> None:
    """R-SCHED-9: equal to brute force, each listed for each wanted slot."""
    expected = [
        (day, slot, meeting)
        for day, slot in wanted
        for meeting in present
        if is_live(meeting)
        and meeting.scheduled_date == day
        and minutes_of(meeting.start_time, meeting.end_time) & minutes_of(slot.start, slot.end)
    ]
    found = conflicts(wanted, present)
    assert [(c.day, c.slot, c.meeting) for c in found] == expected


@given(first=meetings(), second=meetings())
def test_a_conflict_is_one_from_both_sides(first: Meeting, second: Meeting) -> None:
    """R-SCHED-9: if one live meeting is in the way of another, the other is in its way."""
    if is_live(first) and is_live(second):
        there = conflicts([(first.scheduled_date, first.slot)], [second])
        back = conflicts([(second.scheduled_date, second.slot)], [first])
        assert bool(there) is bool(back)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    start = draw(st.integers(0, 280)) * 5
    end = draw(st.integers(start // 5 + 1, 287)) * 5
    return Window(draw(st.sampled_from(DayOfWeek)), clock(start), clock(end))


ranges = st.tuples(days, days).map(lambda pair: DateRange(min(pair), max(pair)))


@given(
    asked=ranges,
    weekly=st.lists(windows(), max_size=10),
    time_off=st.lists(ranges, max_size=2),
    holidays=st.sets(days, max_size=3),
    closures=st.lists(ranges, max_size=1),
    present=st.lists(meetings(), max_size=15),
)
def test_free_slots_are_the_minutes_that_nothing_takes(
    *,
    asked: DateRange,
    weekly: list[Window],
    time_off: list[DateRange],
    holidays: set[date],
    closures: list[DateRange],
    present: list[Meeting],
) -> None:
    """R-SCHED-10: windows − time off − no-teaching days − live meetings, minute by minute."""

    class Feasts:
        def closed_on(self, day: date) -> str | None:
            return "feast" if day in holidays else None

    expected: set[tuple[date, int]] = set()
    for n in range((asked.end - asked.start).days + 1):
        day = asked.start + timedelta(days=n)
        weekday = day.strftime("%A").lower()
        off = any(away.start <= day <= away.end for away in [*time_off, *closures])
        if off or day in holidays or weekday == "saturday":
            continue
        open_minutes = set(range(8 * 60, 20 * 60)) if not weekly else set()
        for window in weekly:
            if window.day.value == weekday:
                open_minutes |= minutes_of(window.start, window.end)
        for meeting in present:
            if meeting.scheduled_date == day and is_live(meeting):
                open_minutes -= minutes_of(meeting.start_time, meeting.end_time)
        expected |= {(day, m) for m in open_minutes}

    availability = Availability(WeeklyWindows.of(weekly), tuple(time_off))
    teaching = TeachingDays(Feasts(), dict.fromkeys(closures, "painting"))
    found = free_slots(asked, availability, teaching, present)

    covered = [(s.day, m) for s in found for m in sorted(minutes_of(s.start, s.end))]
    assert covered == sorted(expected), "each free minute once, in order"
    assert all(slot.start < slot.end for slot in found)
    assert found == sorted(found)
    for earlier, later in pairwise(found):
        assert earlier.day < later.day or earlier.end < later.start, "stretches are whole"
