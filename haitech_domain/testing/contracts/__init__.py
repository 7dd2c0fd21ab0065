"""Suites that every adapter of the ports must pass.

Those of storage: inherit each in a class named `Test…` whose module has an asynchronous fixture
`world` (see `World`); the tests are the same for every store. Those of calendars, clocks and ids
want a fixture of that name, and those of other services say in their docstrings which. `SUITES` has
the suites of each port.

Those of a whole store are some 630 tests, twelve seconds of processor time over our adapters in
memory with 40 examples a property; properties scale with Hypothesis's `max_examples`.
"""

from haitech_domain.testing.contracts.answers import AnswersContract
from haitech_domain.testing.contracts.api_keys import ApiKeysContract
from haitech_domain.testing.contracts.attendance import AttendanceContract
from haitech_domain.testing.contracts.audit import AuditTrailContract
from haitech_domain.testing.contracts.availability import AvailabilityContract
from haitech_domain.testing.contracts.by_port import SUITES
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
from haitech_domain.testing.contracts.kept import ALL_KEPT, Kept, ThingsContract
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
from haitech_domain.testing.contracts.world import Journal, World
from haitech_domain.testing.contracts.zoom import ZoomEventsContract

__all__ = [
    "ALL_KEPT",
    "SUITES",
    "AnswersContract",
    "ApiKeysContract",
    "AttemptsContract",
    "AttendanceContract",
    "AuditTrailContract",
    "AvailabilityContract",
    "CalendarFeedsContract",
    "ClockContract",
    "CourierContract",
    "CursorsContract",
    "CyclesContract",
    "ExportsContract",
    "HistoryContract",
    "HolidayCalendarContract",
    "IdsContract",
    "ImportLedgerContract",
    "JobsContract",
    "Journal",
    "Kept",
    "LeadsContract",
    "ListingContract",
    "MailerContract",
    "MeetingLinksContract",
    "MeetingsContract",
    "PagesContract",
    "PasswordsContract",
    "PaymentsContract",
    "RandomnessContract",
    "RateLimitsContract",
    "RegistrationsContract",
    "ReportsContract",
    "RepositoryContract",
    "RoundTripContract",
    "SavedViewsContract",
    "SchoolReportsContract",
    "SheetsContract",
    "SnapshotsContract",
    "SpoolContract",
    "ThingsContract",
    "TokensContract",
    "UniquenessContract",
    "UnitOfWorkContract",
    "VaultContract",
    "WebhooksContract",
    "World",
    "ZoomEventsContract",
    "ZoomSecretContract",
]
