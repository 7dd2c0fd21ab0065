"""How marks are made, replaced, changed, taken back and restored (R-ATT-1…3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID

import attrs

from haitech_domain.attendance.entity import NO_TRIAL, TARGETS, Mark, one_target
from haitech_domain.attendance.events import AttendanceRecorded
from haitech_domain.attendance.roll import Roll, Target, Who
from haitech_domain.change import Change
from haitech_domain.errors import DomainError, Duplicate, Invalid, Problem
from haitech_domain.fields import problems_in
from haitech_domain.ids import MarkId, UserId
from haitech_domain.meeting import Meeting, MeetingStatus
from haitech_domain.registration import RegistrationStatus

_SAID: Final = ("status", "is_trial", "notes")
"""What may be said of somebody; whom a mark is of never changes by hand."""


@attrs.frozen
class MeetingTakesNoMarks(DomainError):
    """R-ATT-2: marks belong to scheduled or completed meetings."""

    reason: ClassVar[str] = "attendance.meeting_not_held"
    says: ClassVar[str] = "this meeting is {status}; only a scheduled or completed one is marked"
    status: MeetingStatus


def must_take_marks(meeting: Meeting) -> None:
    """R-ATT-2. :raises MeetingTakesNoMarks: it is cancelled or postponed"""
    if not meeting.status.teaches:
        raise MeetingTakesNoMarks(meeting.status)


@attrs.frozen(kw_only=True)
class Wanted:
    """One mark as somebody asks for it: the given fields, and their path in the request."""

    fields: Mapping[str, Any]
    path: str = ""

    @property
    def named(self) -> Mapping[str, Any]:
        """Whom it names, and by which field."""
        return {f: v for f in TARGETS if (v := self.fields.get(f)) is not None}

    @property
    def said(self) -> dict[str, Any]:
        """What it says of them."""
        return {f: self.fields[f] for f in _SAID if f in self.fields}

    def problems(self) -> list[Problem]:
        """What is wrong with its values, before anything is looked up."""
        wrong = list(problems_in(Mark, {**self.said, **self.named}))
        if self.fields.get("status") is None:
            wrong = [p for p in wrong if p.field != "status"]
            wrong.append(Problem("status", "is required", "value.required"))
        return [*one_target(self.named), *wrong]

    def at(self, problem: Problem) -> Problem:
        """A problem of it as the request sees it."""
        return problem.under(self.path) if self.path else problem


def mark_all(
    wanted: Sequence[Wanted],
    *,
    meeting: Meeting,
    roll: Roll,
    new_id: Callable[[], UUID],
    at: datetime,
    by: UserId | None,
) -> list[Change[Mark]]:
    """R-ATT-1: the change that each wanted mark comes to, all of one meeting, in their order.

    Whoever is marked already keeps that mark and its id, changed by what is given; a change that
    changes nothing is empty. A trial's mark becomes the registration's once there is one.

    :raises Invalid: values that break their rules, name nobody, or name one person twice
    :raises MeetingTakesNoMarks: R-ATT-2
    """
    targets = _targets(wanted, roll)
    must_take_marks(meeting)

    def change(one: Wanted, target: Target) -> Change[Mark]:
        registration = target.registration
        there = roll.mark_of(target)
        if there is not None:
            becomes = {} if registration is None else _of(registration.id)
            return _changed(there, meeting, at, by, **becomes, **one.said)
        trial = registration is None or registration.status is RegistrationStatus.TRIAL
        made = Mark(
            id=MarkId(new_id()),
            meeting_id=meeting.id,
            recorded_at=at,
            recorded_by_id=by,
            created_at=at,
            updated_at=at,
            **(one.named if registration is None else _of(registration.id)),
            **{"is_trial": trial, **one.said},
        )
        return Change.created(made, _recorded(made, meeting, at))

    return [change(one, target) for one, target in zip(wanted, targets, strict=True)]


def _of(registration: UUID) -> dict[str, Any]:
    return {"registration_id": registration, "student_id": None, "guest_name": None}


def _targets(wanted: Sequence[Wanted], roll: Roll) -> list[Target]:
    """Whom each of them means. :raises Invalid: with all that is wrong with any of them"""
    problems: list[Problem] = []
    targets: list[Target] = []
    met: defaultdict[Who, list[Wanted]] = defaultdict(list)
    for one in wanted:
        wrong = one.problems()
        if {problem.field for problem in wrong}.isdisjoint(TARGETS):
            try:
                target = roll.target_of(one.named)
            except Invalid as nobody:
                wrong += nobody.found
            else:
                if target.registration is None and one.fields.get("is_trial") is False:
                    wrong.append(NO_TRIAL)
                met[target.who].append(one)
                targets.append(target)
        problems += map(one.at, wrong)
    problems += [problem for same in met.values() if len(same) > 1 for problem in _twice(same)]
    if problems:
        raise Invalid(tuple(problems))
    return targets


def _twice(same: Sequence[Wanted]) -> Iterator[Problem]:
    """Each of several that mean one person, with where the others are."""
    for one in same:
        others = ", ".join(other.path for other in same if other is not one)
        (field,) = one.named
        message = f"means the same one as {others}; give one mark of each"
        yield one.at(Problem(field, message, "attendance.twice"))


def amend(
    mark: Mark, *, meeting: Meeting, at: datetime, by: UserId | None, **fields: Any
) -> Change[Mark]:
    """A mark with some fields changed; nothing where none differs.

    Whose it is and in which meeting may be said again, and never changes.

    :raises Invalid: a value breaks its rule, or names another target or meeting
    :raises MeetingTakesNoMarks: R-ATT-2
    """
    said = {name: value for name, value in fields.items() if name in _SAID}
    moved = tuple(
        Problem(name, "never changes; take the mark back and make another", "attendance.fixed")
        for name, value in fields.items()
        if name not in _SAID and getattr(mark, name) != value
    )
    if moved:
        raise Invalid(moved)
    return _changed(mark, meeting, at, by, **said)


def _changed(
    mark: Mark, meeting: Meeting, at: datetime, by: UserId | None, **fields: Any
) -> Change[Mark]:
    after = mark.changed(at, **fields)
    must_take_marks(meeting)
    if after is not mark:
        after = attrs.evolve(after, recorded_at=at, recorded_by_id=by)
    return Change.updated(mark, after, _recorded(after, meeting, at))


def remove(mark: Mark, gone: Mark, *, meeting: Meeting, at: datetime) -> Change[Mark]:
    """`gone` is the mark as taken back, from a meeting of any status."""
    event = attrs.evolve(_recorded(gone, meeting, at), status=None)
    return Change.updated(mark, gone, event, action="delete")


def take_back(
    mark: Mark, back: Mark, *, meeting: Meeting, roll: Roll, at: datetime
) -> Change[Mark]:
    """R-PPL-3: `back` is a deleted mark as it was, unless its child or guest was marked since.

    :raises Duplicate: R-ATT-1
    :raises MeetingTakesNoMarks: R-ATT-2
    """
    must_take_marks(meeting)
    if roll.is_marked(roll.who(mark)):
        raise Duplicate("attendance", next(f for f in TARGETS if getattr(mark, f) is not None))
    return Change.updated(mark, back, _recorded(back, meeting, at), action="restore")


def _recorded(mark: Mark, meeting: Meeting, at: datetime) -> AttendanceRecorded:
    return AttendanceRecorded(
        at=at,
        mark_id=mark.id,
        meeting_id=meeting.id,
        cycle_id=meeting.cycle_id,
        registration_id=mark.registration_id,
        student_id=mark.student_id,
        status=mark.status,
        is_trial=mark.is_trial,
    )
