"""Settings from the environment: one class, every problem listed at once, secrets never shown.

Each field is read from `HAITECH_` and its name in capitals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import attrs

from haitech_adapters.addresses import Network
from haitech_adapters.calendar import OPTIONAL_DAYS
from haitech_adapters.mail import SmtpServer
from haitech_app.network_settings import hosts, networks, origins, redis, targets
from haitech_app.production import unfit_for_production
from haitech_domain.calendar import DayOfWeek
from haitech_domain.errors import BadValue, Invalid
from haitech_domain.people import Email
from haitech_domain.ports import RequestRates
from haitech_domain.ports.limits import LEADS_PER_MINUTE
from haitech_domain.user import PasswordPolicy

PREFIX: Final = "HAITECH_"
PER_HOUR: Final = 1_000
PER_MINUTE: Final = 100
PLENTY: Final = 100
"""How many times as much is allowed where nobody else is served."""
SHORTEST_TOKEN: Final = 16


class Environment(StrEnum):
    """Where the program runs."""

    DEV = "dev"
    DEMO = "demo"
    STAGING = "staging"
    PROD = "prod"


class SettingsError(Exception):
    """Settings that cannot be used; `problems` has a line for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(given: str) -> int:
        short = len(given) <= len(str(most))
        if not (short and given.isascii() and given.isdigit() and least <= int(given) <= most):
            message = f"must be a whole number from {least} to {most}"
            raise ValueError(message)
        return int(given)

    return parse


def _factor(given: str) -> Decimal:
    try:
        factor = Decimal(given)
    except InvalidOperation:
        factor = Decimal(0)
    if not factor.is_finite() or not 1 <= factor <= 10:  # noqa: PLR2004  # bounds of good sense
        message = "must be a number from 1 to 10, like 1.30"
        raise ValueError(message)
    return factor


def _one_of(kind: type[StrEnum]) -> Callable[[str], Any]:
    def parse(given: str) -> StrEnum:
        try:
            return kind(given)
        except ValueError:
            message = f"must be one of {', '.join(kind)}"
            raise ValueError(message) from None

    return parse


def _truth(given: str) -> bool:
    words = {"true": True, "false": False}
    try:
        return words[given.lower()]
    except KeyError:
        message = "must be true or false"
        raise ValueError(message) from None


def _level(given: str) -> str:
    if given.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        message = "must be one of DEBUG, INFO, WARNING, ERROR"
        raise ValueError(message)
    return given.upper()


def _words(given: str) -> tuple[str, ...]:
    return tuple(word for part in given.split(",") if (word := part.strip()))


def _closed_days(given: str) -> tuple[str, ...]:
    names = _words(given)
    unknown = [name for name in names if name not in OPTIONAL_DAYS]
    if unknown:
        message = f"may name {', '.join(sorted(OPTIONAL_DAYS))}; not {', '.join(unknown)}"
        raise ValueError(message)
    return names


def _folder(given: str) -> Path:
    return Path(given).expanduser()


def _email(given: str) -> str:
    try:
        return str(Email.of(given))
    except BadValue:
        message = "must be an email address"
        raise ValueError(message) from None


def _password(given: str) -> str:
    try:
        PasswordPolicy().check(given)
    except Invalid as refused:
        raise ValueError(refused.found[0].message) from None
    return given


def _days(given: str) -> frozenset[DayOfWeek]:
    return frozenset(map(_one_of(DayOfWeek), _words(given)))


def _database(given: str) -> str:
    if not given.startswith(("postgresql://", "postgres://")):
        message = "must be the address of a PostgreSQL database, like postgresql://…"
        raise ValueError(message)
    return given


def _smtp(given: str) -> str:
    try:
        SmtpServer.of(given)
    except ValueError:
        message = "must be the address of a mail server, like smtp://user:password@host:587"
        raise ValueError(message) from None
    return given


def _token(given: str) -> str:
    if len(given) < SHORTEST_TOKEN or not given.isascii() or not given.isprintable():
        message = f"must be at least {SHORTEST_TOKEN} printable ASCII characters"
        raise ValueError(message)
    return given


def _public(given: str) -> str:
    parts = urlsplit(given)
    usable = parts.scheme in {"http", "https"} and parts.hostname
    if not usable or parts.query or parts.fragment or not given.isprintable() or " " in given:
        message = "must be the address that people use, like https://school.example"
        raise ValueError(message)
    return given.rstrip("/")


def _dsn(given: str) -> str:
    parts = urlsplit(given)
    if parts.scheme not in {"http", "https"} or not (parts.hostname and parts.username):
        message = "must be the DSN of a Sentry project, like https://key@host/1"
        raise ValueError(message)
    return given


def _option(parse: Callable[[str], Any], default: Any, *, secret: bool = False) -> Any:
    """A field that knows how its text in the environment is read."""
    return attrs.field(default=default, repr=not secret, metadata={"parse": parse})


@attrs.frozen(kw_only=True)
class Settings:
    """All that can be set. `database_url` None means the embedded PostgreSQL in `data_folder`."""

    env: Environment = _option(_one_of(Environment), Environment.DEV)
    data_dir: Path = _option(_folder, Path(".haitech"))
    database_url: str | None = _option(_database, None, secret=True)
    spool_dir: Path | None = _option(_folder, None)
    pool_size: int = _option(_whole(1, 200), 8)
    host: str = _option(str, "127.0.0.1")
    port: int = _option(_whole(1, 65_535), 8000)
    workers: int = _option(_whole(1, 64), 1)
    worker_inside: bool = _option(_truth, default=True)
    redis_url: str | None = _option(redis, None, secret=True)
    rate_limit_per_hour: int | None = _option(_whole(1, 10_000_000), None)
    rate_limit_per_minute: int | None = _option(_whole(1, 10_000_000), None)
    leads_per_minute: int | None = _option(_whole(1, 100_000), None)
    login_limit: int = _option(_whole(1, 100_000), 10)
    trusted_proxies: tuple[Network, ...] = _option(networks, ())
    trusted_hosts: tuple[str, ...] = _option(hosts, ())
    cors_origins: frozenset[str] = _option(origins, frozenset())
    webhook_allow_hosts: frozenset[str] = _option(targets, frozenset())
    jwt_secret: str | None = _option(str, None, secret=True)
    secret_key: str | None = _option(str, None, secret=True)
    token_minutes: int = _option(_whole(1, 1440), 60)
    refresh_days: int = _option(_whole(1, 365), 30)
    session_days: int = _option(_whole(1, 3650), 90)
    reset_minutes: int = _option(_whole(5, 1440), 30)
    invitation_days: int = _option(_whole(1, 60), 7)
    public_url: str | None = _option(_public, None)
    smtp_url: str | None = _option(_smtp, None, secret=True)
    zoom_secret: str | None = _option(str, None, secret=True)
    metrics_port: int | None = _option(_whole(1, 65_535), None)
    otlp_url: str | None = _option(_public, None)
    sentry_dsn: str | None = _option(_dsn, None, secret=True)
    metrics_token: str | None = _option(_token, None, secret=True)
    mail_from: str = _option(_email, "no-reply@haitech.local")
    admin_email: str | None = _option(_email, None)
    admin_password: str | None = _option(_password, None, secret=True)
    employer_factor: Decimal = _option(_factor, Decimal("1.30"))
    completion_window_days: int = _option(_whole(0, 365), 1)
    rest_days: frozenset[DayOfWeek] = _option(_days, frozenset({DayOfWeek.SATURDAY}))
    closed_days: tuple[str, ...] = _option(_closed_days, ())
    log_level: str | None = _option(_level, None)

    @property
    def data_folder(self) -> Path:
        """Where the program keeps its own data: `data_dir`, and the demo's in a folder within."""
        return self.data_dir / "demo" if self.env is Environment.DEMO else self.data_dir

    @property
    def for_trying_out(self) -> bool:
        """Whether this serves whoever builds with it or looks at it, and no school."""
        return self.env in {Environment.DEV, Environment.DEMO}

    @property
    def request_rates(self) -> RequestRates:
        """How often one caller may ask: the limits set, else the contract's."""
        times = PLENTY if self.for_trying_out else 1
        return RequestRates(
            per_hour=self.rate_limit_per_hour or PER_HOUR * times,
            per_minute=self.rate_limit_per_minute or PER_MINUTE * times,
            leads_per_minute=self.leads_per_minute or LEADS_PER_MINUTE * times,
        )

    @property
    def effective_log_level(self) -> str:
        """The level set, else DEBUG in development (each statement with its time), else INFO."""
        return self.log_level or ("DEBUG" if self.env is Environment.DEV else "INFO")

    @property
    def effective_public_url(self) -> str:
        """The address set, else the one that is listened on."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @classmethod
    def load(cls, environment: Mapping[str, str]) -> Settings:
        """Read the settings. An empty variable counts as absent; passwords keep their spaces.

        :raises SettingsError: with every problem
        """
        values: dict[str, Any] = {}
        problems: list[str] = []
        for attribute in attrs.fields(cls):
            name = f"{PREFIX}{attribute.name.upper()}"
            given = environment.get(name, "")
            if not given.strip():
                continue
            if name != f"{PREFIX}ADMIN_PASSWORD":
                given = given.strip()
            try:
                values[attribute.name] = attribute.metadata["parse"](given)
            except ValueError as bad:
                problems.append(f"{name} {bad}")
        if values.get("env", Environment.DEV) is Environment.PROD:
            problems += unfit_for_production(PREFIX, values)
        if problems:
            raise SettingsError(problems)
        return cls(**values)


def url_of(settings: Settings) -> str:
    """The URL of a database that was set, or that `database` has seen to.

    :raises ValueError: there is none yet
    """
    if settings.database_url is None:
        message = "no database is set"
        raise ValueError(message)
    return settings.database_url
