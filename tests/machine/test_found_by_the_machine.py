"""What the machine found, each in its fewest steps."""

from __future__ import annotations

from datetime import timedelta

import pytest

from haitech_domain.access import Actor
from haitech_domain.cycle import CycleStatus
from haitech_domain.registration import AlreadyRegistered, CycleFull, CycleTakesNoRegistrations
from haitech_domain.scheduling import InstructorBusy
from haitech_domain.testing.builders import SUNDAY, a_school, furnish
from tests.machine.stages import memory_stage

SYSTEM = Actor.system("test")
WEEK = timedelta(days=7)


class Table:
    """A school of one of each, and its verbs without the words that are always the same."""

    def __init__(self, stage):
        self.stage = stage
        self.school = a_school()
        self.cycle = self.school.cycle.id
        stage.run(stage.uow.run(SYSTEM, lambda tx: furnish(tx, self.school)))

    def does(self, verb, **how):
        return self.stage.run(getattr(self.stage.verbs, verb)(actor=SYSTEM, **how))

    def change(self, **values):
        return self.does("update_cycle", cycle_id=self.cycle, values=values)

    def meeting(self, start, end, day=SUNDAY, **leave):
        place = {"scheduled_date": day, "start_time": start, "end_time": end}
        return self.does("create_meeting", values={"cycle_id": self.cycle, **place}, **leave)

    def register(self, student=None):
        if student is None:
            child = {"name": "נועה", "customer_id": self.school.customer.id}
            student = self.stage.run(self.stage.verbs.students.create(actor=SYSTEM, values=child))
        return self.does("register_student", cycle_id=self.cycle, student_id=student.id)

    def registration(self, verb, registration):
        return self.does(f"{verb}_registration", registration_id=registration.id)

    def statuses(self):
        found = self.stage.run(
            self.stage.uow.read(lambda tx: tx.registrations.of_cycle(self.cycle))
        )
        return [registration.status.value for registration in found]


@pytest.fixture
def table():
    with memory_stage() as stage:
        yield Table(stage)


def test_leave_to_overlap_is_given_per_request(table):
    """R-SCHED-9: a meeting that comes back asks anew, whatever it once had leave for."""
    moved = {"meeting_id": table.school.meeting.id, "values": {"scheduled_date": SUNDAY + WEEK}}
    once = table.meeting("16:30", "17:00", allow_conflicts=True)
    table.does("cancel_meeting", meeting_id=once.id)
    table.does("update_meeting", **moved)
    table.meeting("16:30", "17:00")  # nobody gave leave to overlap this one
    with pytest.raises(InstructorBusy):
        table.does("restore_meeting", meeting_id=once.id)
    back = table.does("restore_meeting", meeting_id=once.id, allow_conflicts=True)
    assert back.conflict_override


def test_a_meeting_that_comes_back_into_free_time_has_no_override_any_more(table):
    """R-SCHED-9: it is the record of a leave that is in use."""
    once = table.meeting("16:30", "17:00", allow_conflicts=True)
    assert once.conflict_override
    table.does("cancel_meeting", meeting_id=once.id)
    table.does("cancel_meeting", meeting_id=table.school.meeting.id)
    assert not table.does("restore_meeting", meeting_id=once.id).conflict_override


def test_places_do_not_become_fewer_than_are_taken(table):
    """R-REG-2: `max_students` counts live registrations, also when it is lowered."""
    table.register()
    with pytest.raises(CycleFull):
        table.change(max_students=1)
    assert table.change(max_students=2).max_students == 2
    assert table.change(name="Other").name == "Other"


@pytest.mark.parametrize("ended", [CycleStatus.CANCELLED, CycleStatus.COMPLETED])
def test_a_cycle_is_not_reopened_for_more_students_than_it_has_places(table, ended):
    """R-REG-2, R-CYC-3: places may become fewer while nobody takes them."""
    table.register()
    table.does("cancel_meeting", meeting_id=table.school.meeting.id)
    table.change(status=ended)
    table.change(max_students=1)
    with pytest.raises(CycleFull):
        table.change(status=CycleStatus.ACTIVE)
    table.change(max_students=2)
    assert table.change(status=CycleStatus.ACTIVE).status is CycleStatus.ACTIVE
    assert table.statuses() == ["registered", "registered"]


def test_a_registration_put_back_follows_a_cycle_that_was_reopened_and_ended_otherwise(table):
    """R-CYC-3: as if it had never been deleted it would be live, and the cycle is cancelled."""
    table.does("cancel_meeting", meeting_id=table.school.meeting.id)
    table.change(status=CycleStatus.COMPLETED)
    table.registration("delete", table.school.registration)
    table.change(status=CycleStatus.ACTIVE)
    table.change(status=CycleStatus.CANCELLED)
    with pytest.raises(CycleTakesNoRegistrations):
        table.registration("restore", table.school.registration)
    table.change(status=CycleStatus.ACTIVE)
    assert table.registration("restore", table.school.registration).status.value == "registered"


def test_a_student_is_not_revived_twice_in_a_cycle(table):
    """R-REG-1: registered, deleted after the end, registered anew after it was undone."""
    table.change(status=CycleStatus.CANCELLED)
    table.registration("delete", table.school.registration)
    table.change(status=CycleStatus.ACTIVE)
    table.register(table.school.student)
    table.change(status=CycleStatus.CANCELLED)
    table.registration("restore", table.school.registration)
    with pytest.raises(AlreadyRegistered):
        table.change(status=CycleStatus.ACTIVE)
    table.registration("delete", table.school.registration)
    table.change(status=CycleStatus.ACTIVE)
    assert table.statuses() == ["registered"]
