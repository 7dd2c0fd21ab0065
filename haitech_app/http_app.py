"""The HTTP app over any set of verbs: routes, dependencies, version."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any, Final
from uuid import UUID

from litestar import Litestar, Router
from litestar.di import Provide
from litestar.middleware import DefineMiddleware

from haitech_adapters.http import Edge, Limiter, build_app
from haitech_adapters.http.api_keys import ApiKeysController
from haitech_adapters.http.attendance import AttendanceController, MeetingAttendanceController
from haitech_adapters.http.audit import AuditLogsController
from haitech_adapters.http.auth import AuthController
from haitech_adapters.http.authentication import ApiKeys
from haitech_adapters.http.availability import AvailabilityController
from haitech_adapters.http.branches import BranchController
from haitech_adapters.http.calendar_feed import CalendarFeedController
from haitech_adapters.http.closures import ClosuresController
from haitech_adapters.http.courses import CourseController
from haitech_adapters.http.customers import CustomerController
from haitech_adapters.http.cycle_registrations import CycleRegistrationsController
from haitech_adapters.http.cycles import CyclesController
from haitech_adapters.http.cycles_in_bulk import CyclesInBulkController
from haitech_adapters.http.dashboard import DashboardController
from haitech_adapters.http.docs_page import DocsController
from haitech_adapters.http.exports import ExportAskingController, ExportsController
from haitech_adapters.http.health import Checks, HealthController, MetaController
from haitech_adapters.http.instructors import InstructorController, InvitingController
from haitech_adapters.http.leads import LeadsController, PublicLeadsController
from haitech_adapters.http.marking import MarkingController, MeetingMarkingController
from haitech_adapters.http.meeting_links import MeetingLinksController, PublicMeetingsController
from haitech_adapters.http.meeting_verbs import MeetingVerbsController
from haitech_adapters.http.meetings import MeetingsController
from haitech_adapters.http.meetings_in_bulk import MeetingsInBulkController
from haitech_adapters.http.metrics import Meter, MetricsController, NoPage, Page
from haitech_adapters.http.orders import OrderController
from haitech_adapters.http.passwords import PasswordsController
from haitech_adapters.http.registration_verbs import RegistrationVerbsController
from haitech_adapters.http.registrations import RegistrationsController
from haitech_adapters.http.relation_routes import RELATIONS
from haitech_adapters.http.remembering import Remembered
from haitech_adapters.http.repeating import Repeating, Sealing
from haitech_adapters.http.reports import ReportsController
from haitech_adapters.http.saved_views import DefaultViewController, SavedViewController
from haitech_adapters.http.singles import locks_are_named
from haitech_adapters.http.students import CustomerStudentsController, StudentController
from haitech_adapters.http.time_off import TimeOffController
from haitech_adapters.http.users import UserController, UserVerbsController
from haitech_adapters.http.webhooks import DeliveriesController, WebhooksController
from haitech_adapters.http.what_if import CyclesWhatIfController
from haitech_adapters.http.zoom import ZoomEventsController, ZoomWebhookController
from haitech_adapters.security import AesGcmSealing
from haitech_adapters.security.keys import LENGTH
from haitech_domain.access import Actor
from haitech_domain.ports import Tokens
from haitech_domain.use_cases import Verbs

TITLE: Final = "HaiTech CRM"
BASE: Final = "/api/v1"
CONTROLLERS: Final = (
    AttendanceController,
    AuditLogsController,
    ApiKeysController,
    AuthController,
    AvailabilityController,
    BranchController,
    CalendarFeedController,
    ClosuresController,
    CourseController,
    CustomerController,
    CustomerStudentsController,
    CycleRegistrationsController,
    CyclesController,
    CyclesInBulkController,
    CyclesWhatIfController,
    DashboardController,
    ReportsController,
    DefaultViewController,
    DocsController,
    ExportAskingController,
    ExportsController,
    HealthController,
    InstructorController,
    LeadsController,
    MarkingController,
    MeetingAttendanceController,
    MeetingMarkingController,
    InvitingController,
    MeetingLinksController,
    MeetingVerbsController,
    MeetingsController,
    MeetingsInBulkController,
    MetaController,
    PasswordsController,
    PublicLeadsController,
    PublicMeetingsController,
    UserController,
    UserVerbsController,
    OrderController,
    SavedViewController,
    StudentController,
    TimeOffController,
    *RELATIONS,
    DeliveriesController,
    WebhooksController,
    RegistrationVerbsController,
    RegistrationsController,
    ZoomEventsController,
    ZoomWebhookController,
)
BESIDE: Final = (MetricsController,)
"""What is no part of the API, and stands beside its base path."""


def app_over(
    verbs: Verbs,
    *,
    tokens: Tokens,
    keys: ApiKeys | None = None,
    checks: Checks,
    now: Callable[[], float] = time.monotonic,
    sealing: Sealing | None = None,
    lifespan: list[Any] | None = None,
    limiter: Limiter | None = None,
    edge: Edge | None = None,
    meter: Meter | None = None,
    metrics: Page | None = None,
    debug: bool = False,
) -> Litestar:
    """The HTTP app over any set of verbs; `checks` are what readiness means.

    `now` gives the seconds by which answers are remembered. `sealing` encrypts the answers that are
    kept for retries; without one, this app alone can read them. Without `meter` nothing is counted,
    and without `metrics` nobody reads it.
    """
    sealed = sealing or AesGcmSealing(secrets.token_bytes(LENGTH))

    def the_verbs() -> Verbs:
        return verbs

    def the_checks() -> Checks:
        return checks

    page = metrics or NoPage()

    def the_metrics() -> Page:
        return page

    async def recognise(who: tuple[UUID, UUID | None]) -> Actor:
        return await verbs.recognise(*who)

    app = build_app(
        controllers=[Router(BASE, route_handlers=list(CONTROLLERS)), *BESIDE],
        tokens=tokens,
        users=Remembered(recognise, now=now),
        keys=keys,
        dependencies={
            "verbs": Provide(the_verbs, sync_to_thread=False),
            "checks": Provide(the_checks, sync_to_thread=False),
            "metrics": Provide(the_metrics, sync_to_thread=False),
        },
        middleware=[DefineMiddleware(Repeating, verbs=verbs, sealing=sealed)],
        lifespan=lifespan or [],
        limiter=limiter,
        meter=meter,
        edge=edge,
        debug=debug,
        title=TITLE,
        version=version("haitech"),
    )
    locks_are_named(app)
    return app
