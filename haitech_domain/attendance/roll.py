"""Who is who in a meeting: whom a request means, and which mark they have already (R-ATT-1)."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, TypeAlias, cast

import attrs

from haitech_domain.attendance.entity import Mark
from haitech_domain.errors import Invalid
from haitech_domain.ids import RegistrationId, StudentId
from haitech_domain.registration import Registration

Who: TypeAlias = StudentId | str
"""A child by its id, whatever marks it; a guest by the name's letters (`_letters`)."""

_UNKNOWN: Final = "reference.unknown"


def _letters(name: str) -> str:
    """A guest's name by what can be seen of it: a space too many makes nobody somebody else."""
    written = unicodedata.normalize("NFC", name)
    seen = "".join(char for char in written if unicodedata.category(char) != "Cf")
    return " ".join(seen.split())


@attrs.frozen
class Target:
    """Whom a mark is to be of: who it is, and the registration where that is in the cycle."""

    who: Who
    registration: Registration | None = None


@attrs.frozen(kw_only=True)
class Roll:
    """Everybody whom a meeting knows.

    `registrations` are those of its cycle that are not deleted, `marks` the live ones of the
    meeting. `of_deleted` has the student of each deleted registration that a mark names;
    `students` are those who may be marked without being registered in the cycle.
    """

    registrations: Sequence[Registration]
    marks: Sequence[Mark]
    of_deleted: Mapping[RegistrationId, StudentId] = attrs.field(factory=dict)
    students: Collection[StudentId] = ()
    _by_id: Mapping[RegistrationId, Registration] = attrs.field(init=False, repr=False)
    _marks_of: Mapping[Who, Sequence[Mark]] = attrs.field(init=False, repr=False)

    @_by_id.default
    def _all_by_id(self) -> Mapping[RegistrationId, Registration]:
        return {registration.id: registration for registration in self.registrations}

    @_marks_of.default
    def _all_marks(self) -> Mapping[Who, Sequence[Mark]]:
        found: dict[Who, list[Mark]] = {}
        for mark in self.marks:
            found.setdefault(self.who(mark), []).append(mark)
        return found

    def target_of(self, named: Mapping[str, Any]) -> Target:
        """Whom exactly one of `registration_id`, `student_id` and `guest_name` means.

        :raises Invalid: a registration that is not one of the cycle, or a student that is none
        """
        if (name := named.get("guest_name")) is not None:
            return Target(_letters(name))
        if (student := named.get("student_id")) is not None:
            return self._student(student)
        registration = self._by_id.get(named["registration_id"])
        if registration is None:
            message = "names no registration of the meeting's cycle"
            raise Invalid.because("registration_id", message, reason=_UNKNOWN)
        return Target(registration.student_id, registration)

    def _student(self, student: StudentId) -> Target:
        """R-ATT-1: a student registered in the cycle means that registration.

        Of several the one that is marked already, else the live one, else the latest, also one
        that ended: a child who left the cycle is marked under no second name.
        """
        theirs = [r for r in self.registrations if r.student_id == student]
        if theirs:
            marked = {mark.registration_id for mark in self._marks_of.get(student, ())}
            return Target(
                student,
                max(theirs, key=lambda r: (r.id in marked, r.is_live, r.created_at, r.id)),
            )
        if student not in self.students:
            raise Invalid.because("student_id", "names no existing student", reason=_UNKNOWN)
        return Target(student)

    def mark_of(self, target: Target) -> Mark | None:
        """The mark that a target has: its registration's, else any other of the same child."""
        wanted = target.registration.id if target.registration is not None else None
        theirs = self._marks_of.get(target.who, ())
        return max(theirs, key=lambda mark: mark.registration_id == wanted, default=None)

    def is_marked(self, who: Who) -> bool:
        """Whether somebody has a mark."""
        return who in self._marks_of

    def who(self, mark: Mark) -> Who:
        """Whose a mark is."""
        if mark.guest_name is not None:
            return _letters(mark.guest_name)
        if mark.registration_id is None:
            return cast("StudentId", mark.student_id)  # Mark.one_target
        registration = self._by_id.get(mark.registration_id)
        if registration is None:
            return self.of_deleted[mark.registration_id]
        return registration.student_id
