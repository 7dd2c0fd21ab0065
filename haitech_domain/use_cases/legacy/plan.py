"""The whole of an import decided before anything is written; a dry run ends here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import attrs

from haitech_domain.change import Change
from haitech_domain.cycle import Cycle, CycleStatus
from haitech_domain.ids import CycleId, MeetingId
from haitech_domain.meeting import Meeting, MeetingStatus, tally
from haitech_domain.ports import Ids, Imported, Transaction
from haitech_domain.use_cases.legacy.accepting import (
    Accepted,
    AcceptedCycle,
    AcceptedMeeting,
    accept_cycles,
    accept_meetings,
    changed_since,
    entry_of,
    split,
)
from haitech_domain.use_cases.legacy.additions import Addition, add_to_known
from haitech_domain.use_cases.legacy.building import Draft, new_cycle, new_meeting, settled_anew
from haitech_domain.use_cases.legacy.choosing import free_numbers, in_plan_order, total_of
from haitech_domain.use_cases.legacy.naming import Names, resolve
from haitech_domain.use_cases.legacy.overlaps import with_overlaps
from haitech_domain.use_cases.legacy.report import ImportReport, Rejection, counted
from haitech_domain.use_cases.legacy.rows import CycleRow, MeetingColumn, MeetingRow
from haitech_domain.use_cases.school import School
