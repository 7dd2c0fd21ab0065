"""Rules about meetings: their status, their place, their end."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from contextlib import ExitStack
from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from haitech_domain.cycle import ActivityType, CycleStatus
from haitech_domain.ids import MeetingId
from haitech_domain.meeting import MeetingNature, MeetingStatus
from haitech_domain.testing.machine.paper import PaperMeeting
from haitech_domain.testing.machine.paper import meetings as on_paper
from haitech_domain.testing.machine.play import MANAGER, SchoolPlay, chances
from haitech_domain.use_cases import Put, Recalculated, Recalculation

SLOTS: Final = (
    (time(16), time(17)),
    (time(16, 30), time(18)),
    (time(17), time(18, 15)),
    (time(9, 10), time(10)),
)
"""Some of which overlap, and some of which only touch."""
EDGES: Final = ("early", "first", "last", "late")

slots: Final = st.sampled_from(SLOTS)
leave: Final = st.booleans()


def has_meetings(play: Any) -> bool:
    """Whether there is any meeting, deleted ones included."""
    return bool(play.paper.meetings)


def has_cycles(play: Any) -> bool:
    """Whether there is any cycle, deleted ones included."""
    return bool(play.paper.cycles)


class MeetingRules(SchoolPlay):
    """The verbs of meetings."""

    def a_meeting(self, chance: int, *statuses: MeetingStatus) -> PaperMeeting:
        """Some meeting, preferably of one of these statuses, in a cycle that is not cancelled."""

        def suits(meeting: PaperMeeting) -> bool:
            cycle = self.paper.cycles[meeting.cycle]
            return (
                meeting.is_there
                and meeting.status in statuses
                and cycle.status is not CycleStatus.CANCELLED
            )

        return self.pick(chance, self.meetings, suited=suits)

    @precondition(has_meetings)
    @rule(chance=chances)
    def completes(self, chance: int) -> None:
        """A manager completes a meeting."""
        self._completes(self.a_meeting(chance, MeetingStatus.SCHEDULED))

    def _completes(self, one: PaperMeeting) -> None:
        self.does(
            self.stage.verbs.complete_meeting(
                actor=MANAGER, meeting_id=MeetingId(one.id), notes={}
            ),
            lambda: on_paper.complete(self.paper, one),
        )

    @precondition(has_meetings)
    @rule(chance=chances)
    def the_next_is_held(self, chance: int) -> None:
        """A cycle's next meeting is completed, as in the ordinary course of things."""
        scheduled = [m for m in self.meetings if m.is_there and m.status is MeetingStatus.SCHEDULED]
        first: dict[UUID, PaperMeeting] = {}
        for meeting in sorted(scheduled, key=lambda m: (m.day, m.start, m.id)):
            first.setdefault(meeting.cycle, meeting)
        if first:
            self._completes(list(first.values())[chance % len(first)])

    @precondition(has_meetings)
    @rule(chance=chances, edge=st.sampled_from(EDGES), who=chances)
    def reports(self, chance: int, edge: str, who: int) -> None:
        """An instructor completes a meeting, at an edge of the time for it if that is to come."""
        one = self.a_meeting(chance, MeetingStatus.SCHEDULED)
        self.arrives(one, edge)
        by = self.pick(who, list(self.users), suited=lambda id: id == one.instructor)
        self.does(
            self.stage.verbs.complete_meeting(
                actor=self.teacher(by), meeting_id=MeetingId(one.id), notes={"topic": "לולאות"}
            ),
            lambda: on_paper.complete(self.paper, one, by=by),
        )

    def arrives(self, one: PaperMeeting, edge: str) -> None:
        """Let the clock come to an edge of a meeting's time to be reported, if that is to come."""
        moment = _edge(one, edge)
        if moment > self.paper.now:
            self.at(moment)

    @precondition(has_meetings)
    @rule(chance=chances)
    def cancels(self, chance: int) -> None:
        """A meeting is cancelled."""
        one = self.a_meeting(chance, MeetingStatus.SCHEDULED)
        self.does(
            self.stage.verbs.cancel_meeting(actor=MANAGER, meeting_id=MeetingId(one.id)),
            lambda: on_paper.cancel(self.paper, one),
        )

    @precondition(has_meetings)
    @rule(chance=chances)
    def reopens(self, chance: int) -> None:
        """A completed meeting is scheduled again."""
        one = self.a_meeting(chance, MeetingStatus.COMPLETED)
        self.does(
            self.stage.verbs.reopen_meeting(actor=MANAGER, meeting_id=MeetingId(one.id)),
            lambda: on_paper.reopen(self.paper, one),
        )

    @precondition(has_meetings)
    @rule(chance=chances, days_ago=st.none() | st.integers(-1, 20), dry=st.integers(0, 3))
    def recalculates(self, chance: int, days_ago: int | None, dry: int) -> None:
        """Today's inputs, or those of a day, are applied to a completed meeting."""
        one = self.a_meeting(chance, MeetingStatus.COMPLETED)
        how = self.recalculation(days_ago, dry=dry == 3)
        self.recalculated(
            self.stage.verbs.recalculate_meeting(
                actor=MANAGER, meeting_id=MeetingId(one.id), how=how
            ),
            [one],
            how,
        )

    def recalculation(self, days_ago: int | None, *, dry: bool) -> Recalculation:
        """By today's inputs, or by those of a day."""
        today = self.paper.now.date()
        as_of = None if days_ago is None else today - timedelta(days=days_ago)
        return Recalculation(as_of=as_of, dry_run=dry)

    def recalculated(
        self,
        act: Awaitable[Sequence[Recalculated]],
        asked: list[PaperMeeting],
        how: Recalculation,
    ) -> None:
        """Recalculate on both; after a dry run the paper is as it was."""
        with ExitStack() as undone:
            if how.dry_run:
                undone.enter_context(self.paper.sketch())
            done = self.does(act, lambda: on_paper.recalculate(self.paper, asked, how.as_of))
        if done is not None:
            answered, expected = done
            found = {
                one.after.id: (
                    one.after.revenue.agorot,
                    one.after.instructor_payment.agorot,
                    one.after.employer_cost.agorot,
                )
                for one in answered
                if one.asked
            }
            assert found == expected, f"answered {found}, on paper {expected}"

    @precondition(lambda self: any(map(_is_away, self.meetings)))
    @rule(chance=chances, allow=leave)
    def comes_back(self, chance: int, *, allow: bool) -> None:
        """A cancelled or deleted meeting is restored."""
        one = self.pick(chance, self.meetings, suited=_is_away)
        self.does(
            self.stage.verbs.restore_meeting(
                actor=MANAGER, meeting_id=MeetingId(one.id), allow_conflicts=allow
            ),
            lambda: on_paper.restore(self.paper, one, allow_conflicts=allow),
        )

    @precondition(has_meetings)
    @rule(chance=chances)
    def goes(self, chance: int) -> None:
        """A meeting is deleted."""
        one = self.a_meeting(chance, *MeetingStatus)
        self.does(
            self.stage.verbs.delete_meeting(actor=MANAGER, meeting_id=MeetingId(one.id)),
            lambda: on_paper.delete(self.paper, one),
        )

    @precondition(has_meetings)
    @rule(chance=chances, day=st.none() | chances, slot=st.none() | slots, allow=leave)
    def is_postponed(
        self, chance: int, day: int | None, slot: tuple[time, time] | None, *, allow: bool
    ) -> None:
        """A meeting is postponed, to a given day or to the next that fits."""
        one = self.a_meeting(chance, MeetingStatus.SCHEDULED)
        target = None if day is None else self.day(day)
        start, end = slot or (None, None)
        to = Put(
            new_date=target,
            new_start_time=start,
            new_end_time=end,
            allow_conflicts=allow,
            allow_no_teaching_day=allow,
        )
        done = self.does(
            self.stage.verbs.postpone_meeting(actor=MANAGER, meeting_id=MeetingId(one.id), to=to),
            lambda: on_paper.postpone(
                self.paper, one, to=target, slot=slot, allow_conflicts=allow, allow_closed=allow
            ),
        )
        if done is not None:
            (_, stored), replacement = done
            replacement.id = one.replaced_by = stored.id
            self.paper.meetings[stored.id] = replacement

    @precondition(has_cycles)
    @rule(chance=chances, day=chances, slot=slots, who=chances, allow=leave)
    def is_made(
        self, chance: int, day: int, slot: tuple[time, time], who: int, *, allow: bool
    ) -> None:
        """A meeting is made by hand."""
        cycle = self.pick(
            chance,
            self.cycles,
            suited=lambda c: c.is_there and c.status is not CycleStatus.CANCELLED,
        )
        by = self.pick(who, list(self.users), suited=lambda id: id == cycle.instructor)
        wanted = PaperMeeting(
            id=cycle.id,
            cycle=cycle.id,
            instructor=by,
            day=self.day(day),
            start=slot[0],
            end=slot[1],
            number=0,
        )
        values = {
            "cycle_id": cycle.id,
            "scheduled_date": wanted.day,
            "start_time": wanted.start,
            "end_time": wanted.end,
            **({} if by == cycle.instructor else {"instructor_id": by}),
        }
        done = self.does(
            self.stage.verbs.create_meeting(
                actor=MANAGER, values=values, allow_conflicts=allow, allow_no_teaching_day=allow
            ),
            lambda: on_paper.create(self.paper, wanted, allow_conflicts=allow, allow_closed=allow),
        )
        if done is not None:
            wanted.id = done[0].id
            self.paper.meetings[wanted.id] = wanted

    @precondition(has_meetings)
    @rule(chance=chances, day=st.none() | chances, slot=st.none() | slots, who=chances, allow=leave)
    def is_moved(
        self,
        chance: int,
        day: int | None,
        slot: tuple[time, time] | None,
        who: int,
        *,
        allow: bool,
    ) -> None:
        """A meeting gets another day, other times or a substitute."""
        one = self.a_meeting(chance, MeetingStatus.SCHEDULED)
        to = one.day if day is None else self.day(day)
        start, end = slot or (one.start, one.end)
        by = self.pick(who, list(self.users), suited=lambda id: id == one.instructor)
        values = {
            "scheduled_date": to,
            "start_time": start,
            "end_time": end,
            "instructor_id": by,
        }
        self.does(
            self.stage.verbs.update_meeting(
                actor=MANAGER,
                meeting_id=MeetingId(one.id),
                values=values,
                allow_conflicts=allow,
                allow_no_teaching_day=allow,
            ),
            lambda: on_paper.move(
                self.paper,
                one,
                day=to,
                slot=(start, end),
                instructor=by,
                allow_conflicts=allow,
                allow_closed=allow,
            ),
        )

    @precondition(has_meetings)
    @rule(
        chance=chances,
        nature=st.sampled_from(MeetingNature),
        activity=st.none() | st.sampled_from(ActivityType),
    )
    def is_described(
        self, chance: int, nature: MeetingNature, activity: ActivityType | None
    ) -> None:
        """A meeting gets another nature or activity."""
        one = self.a_meeting(chance, MeetingStatus.SCHEDULED)
        self.does(
            self.stage.verbs.update_meeting(
                actor=MANAGER,
                meeting_id=MeetingId(one.id),
                values={"nature": nature, "activity_type": activity},
            ),
            lambda: on_paper.describe(self.paper, one, nature=nature, activity=activity),
        )


def _is_away(meeting: PaperMeeting) -> bool:
    return not meeting.is_there or meeting.status is MeetingStatus.CANCELLED


def _edge(meeting: PaperMeeting, edge: str) -> datetime:
    """The last moment before, the first in, the last in or the first after the time to report."""
    starts = datetime.combine(meeting.day, meeting.start)
    ends = datetime.combine(meeting.day + timedelta(days=2), time.min)
    minute = timedelta(minutes=1)
    return dict(zip(EDGES, (starts - minute, starts, ends - minute, ends), strict=True))[edge]
