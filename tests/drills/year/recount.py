"""Everything counted once more from raw rows, and compared to the agora."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final

import attrs

from haitech_domain.entity import Entity
from haitech_domain.testing.machine.replaying import replayed
from tests.drills.year.replay import replayed_money
from tests.drills.year.school import ADMIN, CALENDAR, YearSchool

AUDIT: Final = """
    SELECT action, entity, entity_id, old, new, created_at FROM audit_log ORDER BY position"""


@attrs.frozen(kw_only=True)
class Compared:
    """One question: how many things were looked at, and those that differ."""

    what: str
    tried: int
    differences: tuple[Any, ...]


@attrs.frozen
class Question:
    """A count in SQL of what is looked at, and a query of what is wrong."""

    what: str
    tried: str
    wrong: str


LIVE: Final = "deleted_at IS NULL AND status IN ('scheduled', 'completed')"
QUESTIONS: Final = (
    Question(
        "a meeting that is not completed has no money",
        "SELECT count(*) FROM meetings WHERE status <> 'completed'",
        "SELECT id FROM meetings WHERE status <> 'completed' AND"
        " (revenue, instructor_payment, employer_cost, profit) <> (0, 0, 0, 0)",
    ),
    Question(
        "profit is revenue less employer cost",
        "SELECT count(*) FROM meetings WHERE status = 'completed'",
        "SELECT id FROM meetings WHERE profit <> revenue - employer_cost",
    ),
    Question(
        "a day's pay is carried once, by the first completed meeting",
        "SELECT count(DISTINCT (cycle_id, scheduled_date, instructor_id)) FROM meetings"
        " WHERE status = 'completed' AND pay_basis = 'daily' AND deleted_at IS NULL",
        """SELECT id FROM (
             SELECT id, instructor_payment AS pay, employer_cost AS cost, row_number() OVER (
                      PARTITION BY cycle_id, scheduled_date, instructor_id
                      ORDER BY start_time, number) AS place
               FROM meetings WHERE status = 'completed' AND pay_basis = 'daily'
                AND deleted_at IS NULL) held
            WHERE (place = 1) = (pay = 0) OR (place > 1 AND cost <> 0)""",
    ),
    Question(
        "progress and end of a cycle are a count of its meetings",
        "SELECT count(*) FROM cycles WHERE deleted_at IS NULL",
        f"""SELECT c.id FROM cycles c LEFT JOIN LATERAL (
             SELECT count(*) FILTER (WHERE status = 'completed') AS completed,
                    count(*) FILTER (WHERE status = 'scheduled') AS scheduled,
                    count(*) FILTER (WHERE status = 'cancelled') AS cancelled,
                    count(*) FILTER (WHERE status = 'postponed') AS postponed,
                    max(scheduled_date) FILTER (WHERE {LIVE}) AS last
               FROM meetings m WHERE m.cycle_id = c.id AND m.deleted_at IS NULL) counted ON true
            WHERE c.deleted_at IS NULL AND (c.completed_meetings, c.scheduled_meetings,
                  c.cancelled_meetings, c.postponed_meetings) IS DISTINCT FROM
                  (counted.completed, counted.scheduled, counted.cancelled, counted.postponed)
               OR c.deleted_at IS NULL
                  AND c.end_date IS DISTINCT FROM coalesce(counted.last, c.given_end_date)""",
    ),
    Question(
        "a cycle is completed when its plan is, and not while a meeting is scheduled",
        "SELECT count(*) FROM cycles WHERE deleted_at IS NULL AND status = 'completed'",
        """SELECT c.id FROM cycles c JOIN meetings m ON m.cycle_id = c.id
            WHERE c.deleted_at IS NULL AND m.deleted_at IS NULL
              AND c.status <> 'active' AND m.status = 'scheduled'""",
    ),
    Question(
        "live meetings of a cycle have numbers of their own",
        f"SELECT count(*) FROM meetings WHERE {LIVE}",
        f"SELECT cycle_id, number FROM meetings WHERE {LIVE} GROUP BY 1, 2 HAVING count(*) > 1",
    ),
    Question(
        "nobody is in two places without leave",
        f"SELECT count(*) FROM meetings WHERE {LIVE}",
        f"""SELECT a.id, b.id FROM meetings a JOIN meetings b
                ON a.instructor_id = b.instructor_id AND a.scheduled_date = b.scheduled_date
               AND a.id < b.id AND a.start_time < b.end_time AND b.start_time < a.end_time
             WHERE NOT (a.conflict_override OR b.conflict_override)
               AND {LIVE.replace("deleted", "a.deleted").replace("status", "a.status")}
               AND {LIVE.replace("deleted", "b.deleted").replace("status", "b.status")}""",
    ),
    Question(
        "a cycle has no more students than places, and each of them once",
        "SELECT count(*) FROM cycles WHERE max_students IS NOT NULL",
        """SELECT c.id FROM cycles c JOIN registrations r ON r.cycle_id = c.id
            WHERE r.deleted_at IS NULL AND r.status IN ('registered', 'active', 'trial')
            GROUP BY c.id HAVING count(*) > coalesce(c.max_students, count(*))
               OR count(DISTINCT r.student_id) < count(*)""",
    ),
    Question(
        "what a registration says is paid is the sum of its ledger",
        "SELECT count(*) FROM registrations",
        """SELECT r.id FROM registrations r WHERE r.paid_amount <>
                  (SELECT coalesce(sum(p.amount), 0) FROM payments p WHERE p.registration_id = r.id)
               OR r.payment_status <> CASE
                    WHEN r.amount IS NOT NULL AND r.paid_amount >= r.amount THEN 'paid'
                    WHEN r.paid_amount > 0 THEN 'partial' ELSE 'unpaid' END""",
    ),
    Question(
        "every entry of the ledger was told and audited",
        "SELECT count(*) FROM payments",
        """SELECT p.id FROM payments p
             LEFT JOIN (SELECT entity_id, count(*) AS times FROM audit_log
                         WHERE entity = 'payment' GROUP BY 1) written ON written.entity_id = p.id
             LEFT JOIN (SELECT facts->>'payment_id' AS id, count(*) AS times,
                               sum((facts->>'amount')::numeric) AS amount
                          FROM outbox WHERE type = 'registration.paid' GROUP BY 1) told
               ON told.id = p.id::text
            WHERE written.times IS DISTINCT FROM 1
               OR p.amount > 0 AND (told.times, told.amount) IS DISTINCT FROM (1::bigint, p.amount)""",
    ),
    Question(
        "every refund was told with the cancellation",
        "SELECT count(*) FROM payments WHERE amount < 0",
        """SELECT r.id, paid_back.amount, told.amount FROM registrations r
             LEFT JOIN (SELECT registration_id, -sum(amount) AS amount FROM payments
                         WHERE amount < 0 GROUP BY 1) paid_back ON paid_back.registration_id = r.id
             LEFT JOIN (SELECT entity_id, sum((facts->>'refund_amount')::numeric) AS amount
                          FROM outbox WHERE type = 'registration.cancelled' GROUP BY 1) told
               ON told.entity_id = r.id
            WHERE paid_back.amount IS DISTINCT FROM told.amount
               OR paid_back.amount IS DISTINCT FROM r.refund_amount""",
    ),
    Question(
        "a child has one mark in a meeting",
        "SELECT count(*) FROM attendance WHERE deleted_at IS NULL",
        """SELECT a.meeting_id, coalesce(r.student_id::text, a.student_id::text, a.guest_name)
             FROM attendance a LEFT JOIN registrations r ON r.id = a.registration_id
            WHERE a.deleted_at IS NULL GROUP BY 1, 2 HAVING count(*) > 1""",
    ),
    Question(
        "every version of a meeting and a registration is audited",
        "SELECT (SELECT count(*) FROM meetings) + (SELECT count(*) FROM registrations)",
        """SELECT t.id FROM (SELECT id, version FROM meetings
                   UNION ALL SELECT id, version FROM registrations) t
             LEFT JOIN (SELECT entity_id, count(*) AS written FROM audit_log
                         WHERE entity IN ('meeting', 'registration') GROUP BY 1) a
               ON a.entity_id = t.id WHERE t.version <> a.written""",
    ),
    Question(
        "every event has the audit row of its act",
        "SELECT count(*) FROM outbox",
        """SELECT told.* FROM (
             SELECT entity_id, split_part(type, '.', 1) AS entity,
                    CASE split_part(type, '.', 2) WHEN 'completed' THEN 'complete'
                         WHEN 'cancelled' THEN 'cancel' WHEN 'postponed' THEN 'postpone'
                         WHEN 'created' THEN 'create' END AS action, count(*) AS times
               FROM outbox WHERE type IN ('meeting.completed', 'meeting.cancelled',
                    'meeting.postponed', 'meeting.created', 'cycle.completed', 'cycle.cancelled',
                    'registration.cancelled', 'registration.completed', 'registration.created')
              GROUP BY 1, 2, 3) told
             FULL JOIN (SELECT entity_id, entity, action, count(*) AS times FROM audit_log
                  WHERE entity IN ('meeting', 'cycle', 'registration')
                    AND action IN ('complete', 'cancel', 'postpone') GROUP BY 1, 2, 3) written
               USING (entity_id, entity, action)
            WHERE told.times IS DISTINCT FROM written.times AND action <> 'create'""",
    ),
)


async def recounted(school: YearSchool) -> AsyncIterator[Compared]:
    """One question after the other."""
    await school.prepares_for_counting()
    for question in QUESTIONS:
        ((tried,),) = await school.rows(question.tried)
        wrong = await school.rows(question.wrong)
        yield Compared(what=question.what, tried=tried, differences=tuple(wrong))
    yield await _no_drift(school)
    yield await _taught_days(school)
    log = [_entry(row) for row in await school.rows(AUDIT)]
    yield await _the_log_tells_all(school, log)
    factor = school.verbs.complete_meeting.school.employer_factor
    tried, wrong = replayed_money(log, factor)
    yield Compared(
        what="each completion's money, from the books as they were then",
        tried=tried,
        differences=tuple(wrong),
    )


def _entry(row: Sequence[Any]) -> dict[str, Any]:
    names = ("action", "entity", "entity_id", "old", "new", "created_at")
    return dict(zip(names, row, strict=True))


async def _no_drift(school: YearSchool) -> Compared:
    ids = [id for (id,) in await school.rows("SELECT id FROM cycles WHERE deleted_at IS NULL")]
    drift = []
    for id in ids:
        before, after = await school.verbs.sync_progress(actor=ADMIN, cycle_id=id)
        if before != after:
            drift.append(id)
    return Compared(what="sync-progress finds nothing", tried=len(ids), differences=tuple(drift))


async def _taught_days(school: YearSchool) -> Compared:
    """R-SCHED-2: nobody gave leave for a closed day, so no meeting that stands is on one.

    A branch that closed later keeps what was planned before, so closures are not asked.
    """
    rows = await school.rows(f"SELECT id, scheduled_date FROM meetings WHERE {LIVE}")
    wrong = [row for row in rows if CALENDAR.closed_on(row[1]) is not None]
    return Compared(what="no meeting on a holiday", tried=len(rows), differences=tuple(wrong))


async def _the_log_tells_all(school: YearSchool, log: list[dict[str, Any]]) -> Compared:
    """The audit log, read from its beginning, ends in what is stored."""
    rows: list[Entity] = []
    reads: dict[str, Callable[[list[Any], Any], Awaitable[Any]]] = {
        "cycles": lambda ids, tx: tx.cycles.many(ids),
        "meetings": lambda ids, tx: tx.meetings.many(ids),
        "registrations": lambda ids, tx: tx.registrations.many(ids),
        "attendance": lambda ids, tx: tx.attendance.many(ids),
    }
    for table, read in reads.items():
        ids = [id for (id,) in await school.rows(f"SELECT id FROM {table} ORDER BY id")]
        for start in range(0, len(ids), 1_000):
            some = ids[start : start + 1_000]
            found = await school.uow.read(partial(read, some))
            rows += found.values()
    return Compared(
        what="the audit log, replayed, is what is stored",
        tried=len(log),
        differences=tuple(replayed(log, rows)),
    )
