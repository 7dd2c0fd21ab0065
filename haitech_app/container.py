"""What is made of what: the one place where ports meet adapters.

What only a server needs is in `serving_container`.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from importlib.metadata import version

from dependency_injector import containers, providers

from haitech_adapters.calendar import IcalendarFeeds, IsraeliSchoolCalendar
from haitech_adapters.limits import CountedAttempts, SlidingRates, shared_windows
from haitech_adapters.metrics import Counted, MetricsPage, Together
from haitech_adapters.postgres import (
    AuditKey,
    AuditSealer,
    AuditVerifier,
    PoolSettings,
    PostgresSnapshots,
    PostgresUnitOfWork,
    make_pool,
)
from haitech_adapters.security import (
    AesGcmSealing,
    AesGcmVault,
    Argon2Passwords,
    JwtTokens,
    SharedZoomSecret,
    SignedMeetingLinks,
    SystemRandomness,
    derived,
)
from haitech_adapters.security.links import PURPOSE
from haitech_adapters.security.vault import WEBHOOK_SECRETS
from haitech_adapters.sheets import SheetFiles
from haitech_adapters.spool import DiskSpool
from haitech_adapters.system import SystemClock, TimeOrderedIds
from haitech_adapters.webhooks import HttpCourier
from haitech_app.handlers import worker_of
from haitech_app.letting_in import login_rules, mailer
from haitech_app.processes import meeting_place
from haitech_app.settings import Environment, Settings
from haitech_app.telemetry import (
    around_jobs,
    statement_log,
    traced_courier,
    traced_uow,
    tracing_of,
)
from haitech_domain.api_key import KeyKind
from haitech_domain.meeting import CompletionWindow
from haitech_domain.use_cases import School, Verbs
from haitech_domain.use_cases.import_legacy import ImportLegacy


def zoom_secret(secret: str | None) -> SharedZoomSecret | None:
    """What is shared with Zoom, if anything is; its events are refused without."""
    return None if secret is None else SharedZoomSecret(secret)


def hiding_key(secret: str | None) -> bytes:
    """The key by which those who are counted are hidden; without a secret, one of this process."""
    return derived(secret or secrets.token_urlsafe(), "rate limit subjects")


def audit_key(secret: str | None) -> AuditKey:
    """The key that signs and seals the audit log.

    :raises ValueError: there is no secret to make it of
    """
    if secret is None:
        message = "writing the audit log needs a secret key (HAITECH_SECRET_KEY)"
        raise ValueError(message)
    return AuditKey(derived(secret, "audit seal"))


def kind_of_keys(env: Environment) -> KeyKind:
    """Keys of a real school only in production: elsewhere `haitech_test_…`, and no other opens."""
    return KeyKind.LIVE if env is Environment.PROD else KeyKind.TEST


class Container(containers.DeclarativeContainer):
    """Everything that lives as long as the process. The pool is opened by whoever serves."""

    settings: providers.Dependency[Settings] = providers.Dependency(instance_of=Settings)

    clock = providers.Singleton(SystemClock)
    ids = providers.Singleton(TimeOrderedIds)
    randomness = providers.Singleton(SystemRandomness)
    calendar_feeds = providers.Singleton(IcalendarFeeds)
    sheets = providers.Singleton(SheetFiles)
    mailer = providers.Singleton(mailer, settings)
    login_rules = providers.Singleton(login_rules, settings)
    passwords = providers.Singleton(Argon2Passwords)
    tokens = providers.Singleton(
        JwtTokens,
        secret=settings.provided.jwt_secret,
        clock=clock,
        life=providers.Factory(timedelta, minutes=settings.provided.token_minutes),
    )
    meeting_links = providers.Singleton(
        SignedMeetingLinks,
        providers.Callable(derived, settings.provided.secret_key, PURPOSE),
    )
    vault = providers.Singleton(
        AesGcmVault,
        providers.Callable(derived, settings.provided.secret_key, WEBHOOK_SECRETS),
    )
    courier = providers.Singleton(HttpCourier, settings.provided.webhook_allow_hosts)
    zoom = providers.Singleton(zoom_secret, settings.provided.zoom_secret)
    windows = providers.Singleton(shared_windows, settings.provided.redis_url)
    rates = providers.Singleton(
        SlidingRates,
        windows,
        secret=providers.Callable(hiding_key, settings.provided.secret_key),
    )
    attempts = providers.Singleton(CountedAttempts, rates, most=settings.provided.login_limit)
    holidays = providers.Singleton(IsraeliSchoolCalendar, also_closed=settings.provided.closed_days)
    school = providers.Singleton(
        School,
        holidays=holidays,
        rest_days=settings.provided.rest_days,
        employer_factor=settings.provided.employer_factor,
        completion_window=providers.Factory(
            CompletionWindow, days=settings.provided.completion_window_days
        ),
    )
    pool = providers.Singleton(
        make_pool,
        settings.provided.database_url,
        providers.Factory(PoolSettings, max_size=settings.provided.pool_size),
    )
    counted = providers.Singleton(
        Counted, version=providers.Callable(version, "haitech"), pool=pool.provided.get_stats
    )
    audit_key = providers.Singleton(audit_key, settings.provided.secret_key)
    tracing = providers.Singleton(tracing_of, settings)
    untraced_uow = providers.Singleton(
        PostgresUnitOfWork,
        pool,
        ids=ids,
        clock=clock,
        log=providers.Callable(statement_log, settings.provided.env, tracing),
        audit_key=audit_key,
        sealing=providers.Singleton(
            AesGcmSealing, providers.Callable(derived, settings.provided.secret_key, "jobs")
        ),
        told=counted.provided.happened,
    )
    uow = providers.Singleton(traced_uow, untraced_uow, tracing)
    snapshots = providers.Singleton(
        PostgresSnapshots,
        settings.provided.database_url,
        ids=ids,
        clock=clock,
        log=providers.Callable(statement_log, settings.provided.env, tracing),
    )
    spool = providers.Singleton(DiskSpool, sheets, settings.provided.spool_dir)
    kind_of_keys_here = providers.Callable(kind_of_keys, settings.provided.env)
    sealer = providers.Singleton(AuditSealer, pool, audit_key, clock)
    verifier = providers.Singleton(AuditVerifier, pool, audit_key)
    verbs = providers.Singleton(
        Verbs.over,
        uow=uow,
        clock=clock,
        ids=ids,
        passwords=passwords,
        tokens=tokens,
        randomness=randomness,
        school=school,
        attempts=attempts,
        mailer=mailer,
        courier=providers.Singleton(traced_courier, courier, tracing),
        vault=vault,
        calendar_feeds=calendar_feeds,
        meeting_links=meeting_links,
        sheets=sheets,
        spool=spool,
        snapshots=snapshots,
        login=login_rules,
        keys=kind_of_keys_here,
        zoom=zoom,
    )
    worker = providers.Singleton(
        worker_of,
        verbs,
        uow,
        clock,
        counted.provided.job_ended,
        providers.Callable(around_jobs, tracing),
    )
    together = providers.Singleton(
        Together, registry=counted.provided.registry, folder=providers.Callable(meeting_place)
    )
    metrics = providers.Singleton(
        MetricsPage,
        together=together,
        watch=verbs.provided.watch,
        token=settings.provided.metrics_token,
    )
    import_legacy = providers.Singleton(ImportLegacy, uow=uow, clock=clock, ids=ids, school=school)
