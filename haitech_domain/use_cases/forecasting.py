"""What scheduled meetings would come to if they were completed now, without asking for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from haitech_domain.ids import CycleId, MeetingId
from haitech_domain.meeting import MeetingStatus, Settlement, carrier_of, complete, of_day
from haitech_domain.ports import AsOf
from haitech_domain.reports import DayRow
from haitech_domain.use_cases.school import School
from haitech_domain.use_cases.settling import Terms


def forecasts(
    day: Sequence[DayRow], school: School, *, at: datetime
) -> Mapping[MeetingId, Settlement]:
    """The money of the scheduled meetings among all meetings of one date.

    They are reckoned as if they were completed at this instant one after another, by start and
    number, so that a daily rate is carried once (R-PAY-3).

    :raises NoVatRate: VAT has to be taken off at a date without a rate
    """
    cycles: dict[CycleId, list[DayRow]] = {}
    for row in day:
        cycles.setdefault(row.cycle.id, []).append(row)
    found: dict[MeetingId, Settlement] = {}
    for rows in cycles.values():
        terms = Terms(
            school=school,
            cycle=AsOf(rows[0].cycle),
            amounts=rows[0].prices,
            instructors={row.instructor.id: AsOf(row.instructor) for row in rows},
        )
        held = {row.meeting.id: row.meeting for row in rows}
        waiting = [m for m in held.values() if m.status is MeetingStatus.SCHEDULED]
        for meeting in sorted(waiting, key=lambda m: (m.start_time, m.number or 0)):
            carrier = carrier_of(of_day(held.values(), meeting))
            money = found[meeting.id] = terms.money_of(meeting, carrier)
            held[meeting.id] = complete(meeting, money, at=at).after
    return found
