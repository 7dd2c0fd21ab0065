"""What callers say in the `values` of a verb: which fields of which entity, and what besides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs
from hypothesis import strategies as st

from haitech_domain.access import Resource
from haitech_domain.api_key import ApiKey
from haitech_domain.attendance import Mark
from haitech_domain.branch import Closure
from haitech_domain.cycle import Cycle
from haitech_domain.fields import annotations_of
from haitech_domain.instructor import Instructor, TimeOff
from haitech_domain.lead import Lead, LeadStatus
from haitech_domain.meeting import Meeting
from haitech_domain.registration import Registration, RegistrationStatus
from haitech_domain.saved_view import SavedView
from haitech_domain.student import Student
from haitech_domain.testing.strategies.making import maybe
from haitech_domain.testing.strategies.stated import BORN
from haitech_domain.user import User
from haitech_domain.webhook import Webhook

PASSWORD: Final = "seven wet umbrellas drift north"  # noqa: S105  # nobody's
"""One that every policy takes."""
_BOOKKEEPING: Final = frozenset(
    {"id", "created_at", "updated_at", "version", "deleted_at", "deletion"}
)


@attrs.frozen(kw_only=True)
class Said:
    """What `values` hold: these fields of a valid `entity`, some by the caller's own `words`.

    `also` replaces or adds strategies; `whole` is for what is made, of which the rules between its
    fields can be broken as well.
    """

    entity: Any
    fields: frozenset[str]
    words: Mapping[str, str] = attrs.field(factory=dict)
    also: Mapping[str, st.SearchStrategy[Any]] = attrs.field(factory=dict)
    whole: bool = False

    @classmethod
    def of(cls, entity: Any, *, whole: bool) -> Said:
        """What a resource that works as all simple ones do is told."""
        fields = annotations_of(entity).keys() - _BOOKKEEPING - _NEVER.get(entity, frozenset())
        also = _ALSO.get(entity, {})
        return cls(entity=entity, fields=frozenset(fields), also=also, whole=whole)


WITHIN: Final[Mapping[Any, str]] = {Closure: "branch_id", TimeOff: "instructor_id"}
"""The parent that parts of another resource are named under."""
_NEVER: Final[Mapping[Any, frozenset[str]]] = {
    Closure: frozenset({"branch_id"}),
    TimeOff: frozenset({"instructor_id"}),
    Instructor: frozenset({"user_id", "windows", "calendar_hash"}),
    SavedView: frozenset({"owner_id"}),
    User: frozenset({"password_hash", "last_login"}),
}
"""What is no caller's to say."""
_ALSO: Final[Mapping[Any, Mapping[str, st.SearchStrategy[Any]]]] = {
    Student: {"birth_date": maybe(BORN)},
    SavedView: {
        "entity": st.just(Resource.CYCLES),
        "filters": st.just({}) | st.just({"status": "active"}),
        "sort_by": maybe(st.just("name")),
        "columns": st.just(()) | st.just(("name", "status")),
    },
}

_CYCLE: Final = frozenset(
    {
        "name",
        "course_id",
        "branch_id",
        "instructor_id",
        "type",
        "start_date",
        "given_end_date",
        "day_of_week",
        "start_time",
        "end_time",
        "total_meetings",
        "price_per_student",
        "meeting_revenue",
        "instructor_daily_rate",
        "max_students",
        "student_count",
        "send_parent_reminders",
        "activity_type",
        "location",
        "zoom_join_url",
        "notes",
    }
)
_MEETING: Final = frozenset(
    {"scheduled_date", "start_time", "end_time", "instructor_id", "activity_type", "topic", "notes"}
)
_PAID: Final = frozenset({"amount", "payment_method", "invoice_link", "notes"})
_LIVE: Final = st.sampled_from(
    [RegistrationStatus.REGISTERED, RegistrationStatus.ACTIVE, RegistrationStatus.TRIAL]
)
_OPEN: Final = st.sampled_from([LeadStatus.NEW, LeadStatus.CONTACTED, LeadStatus.CLOSED])
_KEY: Final = frozenset({"name", "scopes", "rate_limit"})
_WEBHOOK: Final = frozenset({"url", "events", "name", "headers"})
_WORDS: Final = {"given_end_date": "end_date"}

SAID: Final[Mapping[str, Said]] = {
    "users.create": Said(
        entity=User,
        fields=frozenset({"email", "name", "role", "phone"}),
        also={"password": st.just(PASSWORD)},
    ),
    "users.update": Said(entity=User, fields=frozenset({"name", "phone"})),
    "api_keys.create": Said(entity=ApiKey, fields=_KEY),
    "api_keys.update": Said(entity=ApiKey, fields=_KEY),
    "webhooks.create": Said(entity=Webhook, fields=_WEBHOOK),
    "webhooks.update": Said(entity=Webhook, fields=_WEBHOOK),
    "create_cycle": Said(entity=Cycle, fields=_CYCLE, words=_WORDS, whole=True),
    "update_cycle": Said(entity=Cycle, fields=_CYCLE - {"total_meetings"}, words=_WORDS),
    "update_cycles": Said(entity=Cycle, fields=frozenset({"location", "max_students", "notes"})),
    "create_meeting": Said(entity=Meeting, fields=_MEETING | {"cycle_id"}),
    "update_meeting": Said(entity=Meeting, fields=_MEETING),
    "register_student": Said(entity=Registration, fields=_PAID, also={"status": _LIVE}),
    "update_registration": Said(entity=Registration, fields=_PAID),
    "update_lead": Said(
        entity=Lead, fields=frozenset({"name", "course", "message"}), also={"status": _OPEN}
    ),
    "update_mark": Said(entity=Mark, fields=frozenset({"status", "notes"})),
}
"""By the verb's path, where it is not as all simple resources have it."""
