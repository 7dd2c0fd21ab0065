"""Which suites hold an adapter to which port."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from haitech_domain import ports
from haitech_domain.calendar import HolidayCalendar
from haitech_domain.testing.contracts.answers import AnswersContract
from haitech_domain.testing.contracts.api_keys import ApiKeysContract
from haitech_domain.testing.contracts.attendance import AttendanceContract
from haitech_domain.testing.contracts.audit import AuditTrailContract
from haitech_domain.testing.contracts.availability import AvailabilityContract
from haitech_domain.testing.contracts.cursors import CursorsContract
from haitech_domain.testing.contracts.cycles import CyclesContract
from haitech_domain.testing.contracts.exports import ExportsContract
from haitech_domain.testing.contracts.files import (
    CalendarFeedsContract,
    SheetsContract,
    SpoolContract,
)
from haitech_domain.testing.contracts.history import HistoryContract
from haitech_domain.testing.contracts.imports import ImportLedgerContract
from haitech_domain.testing.contracts.jobs import JobsContract
from haitech_domain.testing.contracts.leads import LeadsContract
from haitech_domain.testing.contracts.listing import ListingContract
from haitech_domain.testing.contracts.meetings import MeetingsContract
from haitech_domain.testing.contracts.outside import (
    AttemptsContract,
    CourierContract,
    MailerContract,
    RateLimitsContract,
)
from haitech_domain.testing.contracts.pages import PagesContract
from haitech_domain.testing.contracts.payments import PaymentsContract
from haitech_domain.testing.contracts.registrations import RegistrationsContract
from haitech_domain.testing.contracts.reports import ReportsContract
from haitech_domain.testing.contracts.repository import RepositoryContract
from haitech_domain.testing.contracts.round_trip import RoundTripContract
from haitech_domain.testing.contracts.saved_views import SavedViewsContract
from haitech_domain.testing.contracts.school_reports import SchoolReportsContract
from haitech_domain.testing.contracts.secrets import (
    MeetingLinksContract,
    PasswordsContract,
    RandomnessContract,
    TokensContract,
    VaultContract,
    ZoomSecretContract,
)
from haitech_domain.testing.contracts.services import (
    ClockContract,
    HolidayCalendarContract,
    IdsContract,
)
from haitech_domain.testing.contracts.snapshots import SnapshotsContract
from haitech_domain.testing.contracts.uniqueness import UniquenessContract
from haitech_domain.testing.contracts.unit_of_work import UnitOfWorkContract
from haitech_domain.testing.contracts.webhooks import WebhooksContract
from haitech_domain.testing.contracts.zoom import ZoomEventsContract

Suites = tuple[type, ...]
_ROWS: Final[Suites] = (RepositoryContract, RoundTripContract, PagesContract)
_LISTS: Final[Suites] = (*_ROWS, ListingContract, CursorsContract)
_UNIQUE: Final[Suites] = (*_LISTS, UniquenessContract)

SUITES: Final[Mapping[Any, Suites]] = {
    HolidayCalendar: (HolidayCalendarContract,),
    ports.Answers: (AnswersContract,),
    ports.ApiKeys: (*_UNIQUE, ApiKeysContract),
    ports.Attempts: (AttemptsContract,),
    ports.Attendance: (*_LISTS, AttendanceContract),
    ports.AuditTrail: (AuditTrailContract,),
    ports.Branches: _LISTS,
    ports.CalendarFeeds: (CalendarFeedsContract,),
    ports.Clock: (ClockContract,),
    ports.Closures: (*_LISTS, AvailabilityContract),
    ports.Courier: (CourierContract,),
    ports.Courses: _LISTS,
    ports.Customers: _UNIQUE,
    ports.Cycles: (*_LISTS, CyclesContract, HistoryContract),
    ports.Deliveries: (WebhooksContract,),
    ports.ExportFiles: (ExportsContract,),
    ports.Exports: (*_ROWS, ExportsContract),
    ports.History: (HistoryContract,),
    ports.Ids: (IdsContract,),
    ports.ImportLedger: (ImportLedgerContract,),
    ports.InCycles: (MeetingsContract, RegistrationsContract),
    ports.Instructors: (*_UNIQUE, HistoryContract, AvailabilityContract),
    ports.Jobs: (JobsContract,),
    ports.LeadNotes: (*_LISTS, LeadsContract),
    ports.Leads: (*_LISTS, LeadsContract),
    ports.LoginSessions: _LISTS,
    ports.Mailer: (MailerContract,),
    ports.MeetingLinks: (MeetingLinksContract,),
    ports.Meetings: (*_LISTS, MeetingsContract),
    ports.OneTimeTokens: _LISTS,
    ports.Orders: _LISTS,
    ports.Passwords: (PasswordsContract,),
    ports.Payments: (PaymentsContract,),
    ports.Randomness: (RandomnessContract,),
    ports.RateLimits: (RateLimitsContract,),
    ports.Registrations: (*_LISTS, RegistrationsContract),
    ports.Reports: (ReportsContract, SchoolReportsContract),
    ports.Repository: _ROWS,
    ports.SavedViews: (*_LISTS, SavedViewsContract),
    ports.SheetWriter: (SheetsContract,),
    ports.Sheets: (SheetsContract,),
    ports.Snapshots: (SnapshotsContract,),
    ports.Spool: (SpoolContract,),
    ports.SpoolFile: (SpoolContract,),
    ports.Students: _LISTS,
    ports.TimeOffs: (*_LISTS, AvailabilityContract),
    ports.Tokens: (TokensContract,),
    ports.Transaction: (UnitOfWorkContract,),
    ports.UnitOfWork: (UnitOfWorkContract,),
    ports.Users: _UNIQUE,
    ports.Vault: (VaultContract,),
    ports.Webhooks: (*_ROWS, WebhooksContract),
    ports.ZoomEvents: (ZoomEventsContract,),
    ports.ZoomSecret: (ZoomSecretContract,),
}
"""By port; a test finds the port that has none."""
