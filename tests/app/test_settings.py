"""Settings: each one's reading, every problem at once, secrets never shown."""

from __future__ import annotations

from decimal import Decimal
from ipaddress import ip_network
from pathlib import Path

import attrs
import pytest

from haitech_app.demo import PASSWORD, demo_settings
from haitech_app.settings import Environment, Settings, SettingsError
from haitech_domain.calendar import DayOfWeek

STRONG = "kX9v-2mQ7rT4wZ1pL8sN5bC3hJ6dF0gA"
OTHER = "Zt3n-8cR5yU1xW6qH9aV2eB7kM4jG0fD"
URL = "postgresql://haitech:hunter2@db.example/school"


def load(**given):
    return Settings.load({f"HAITECH_{k.upper()}": v for k, v in given.items()})


def problems(**given):
    with pytest.raises(SettingsError) as error:
        load(**given)
    assert str(error.value).splitlines() == error.value.problems
    return error.value.problems


def test_nothing_set_is_a_machine_of_ones_own():
    """`haitech serve` works on a bare machine."""
    settings = Settings.load({})
    assert settings == Settings()
    assert settings.env is Environment.DEV
    assert settings.database_url is None
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.employer_factor == Decimal("1.30")
    assert settings.rest_days == {DayOfWeek.SATURDAY}
    assert settings.completion_window_days == 1


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("env", "prod", Environment.PROD),
        ("env", "staging", Environment.STAGING),
        ("data_dir", "/var/lib/haitech", Path("/var/lib/haitech")),
        ("database_url", URL, URL),
        ("database_url", "postgres://db/x", "postgres://db/x"),
        ("pool_size", "20", 20),
        ("spool_dir", "/srv/spool", Path("/srv/spool")),
        ("host", "0.0.0.0", "0.0.0.0"),  # noqa: S104  # a value to read, nothing to listen on
        ("port", "65535", 65_535),
        ("workers", "4", 4),
        ("jwt_secret", STRONG, STRONG),
        ("token_minutes", "5", 5),
        ("metrics_port", "9464", 9_464),
        ("otlp_url", "http://collector:4318/", "http://collector:4318"),
        ("sentry_dsn", "https://key@sentry.example/1", "https://key@sentry.example/1"),
        ("admin_email", "dana@example.com", "dana@example.com"),
        ("admin_password", "correct horse battery", " correct horse battery "),
        ("employer_factor", "1.25", Decimal("1.25")),
        ("completion_window_days", "0", 0),
        ("rest_days", "friday, saturday", frozenset({DayOfWeek.FRIDAY, DayOfWeek.SATURDAY})),
        ("log_level", "warning", "WARNING"),
        ("refresh_days", "7", 7),
        ("session_days", "365", 365),
        ("reset_minutes", "10", 10),
        ("invitation_days", "14", 14),
        ("public_url", "https://school.example/", "https://school.example"),
        ("public_url", "http://127.0.0.1:9000/crm", "http://127.0.0.1:9000/crm"),
        ("mail_from", "Office@School.example", "office@school.example"),
        ("env", "demo", Environment.DEMO),
        ("redis_url", "redis://:word@cache.example:6379/1", "redis://:word@cache.example:6379/1"),
        ("rate_limit_per_hour", "50", 50),
        ("rate_limit_per_minute", "5", 5),
        ("login_limit", "3", 3),
        ("leads_per_minute", "3", 3),
        (
            "trusted_proxies",
            "10.0.0.0/8, 192.0.2.7,fd00::/8",
            (ip_network("10.0.0.0/8"), ip_network("192.0.2.7/32"), ip_network("fd00::/8")),
        ),
        ("trusted_hosts", "API.example.com,*.example.org", ("api.example.com", "*.example.org")),
        ("trusted_hosts", "*", ()),
        ("trusted_hosts", "[::1],192.0.2.7", ("[::1]", "192.0.2.7")),
        (
            "cors_origins",
            "https://App.example/, http://localhost:5173,https://x.example:443",
            frozenset({"https://app.example", "http://localhost:5173", "https://x.example"}),
        ),
        (
            "webhook_allow_hosts",
            "localhost, N8N.lan:5678,127.0.0.1:9000,[::1]",
            frozenset({"localhost", "n8n.lan:5678", "127.0.0.1:9000", "[::1]"}),
        ),
    ],
)
def test_each_setting_is_read_from_its_text(name, text, value):
    """`HAITECH_` and the name in capitals; spaces around it are no part of it.

    A password is an exception: it is what it is.
    """
    prod = {"jwt_secret": STRONG, "secret_key": OTHER, "database_url": URL}
    settings = load(**{**prod, name: f" {text} "})
    assert getattr(settings, name) == value
    untouched = attrs.evolve(settings, **{name: getattr(load(**prod), name)})
    assert untouched == load(**prod), "it changes nothing else"


def test_every_setting_is_read_from_the_environment():
    """A field that nobody can set would be a constant."""
    assert all("parse" in field.metadata for field in attrs.fields(Settings))


@pytest.mark.parametrize("name", [field.name for field in attrs.fields(Settings)])
@pytest.mark.parametrize("nothing", ["", "   "])
def test_an_empty_variable_counts_as_absent(name, nothing):
    """Compose files and CI set variables to nothing."""
    assert load(**{name: nothing}) == Settings()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("env", "production"),
        ("database_url", "mysql://db/x"),
        ("database_url", "db.example:5432"),
        *(("pool_size", text) for text in ("0", "201", "-1", "8.0", "eight", "٨", "9" * 5000)),
        *(("port", text) for text in ("0", "65536", "http")),
        *(("workers", text) for text in ("0", "65")),
        *(("token_minutes", text) for text in ("0", "1441")),
        *(("employer_factor", t) for t in ("0.99", "11", "NaN", "sNaN", "Infinity", "1,30", "x")),
        *(("completion_window_days", text) for text in ("-1", "366")),
        ("rest_days", "saturday,shabbat"),
        ("log_level", "LOUD"),
        *(("refresh_days", text) for text in ("0", "366", "x")),
        *(("session_days", text) for text in ("0", "3651")),
        *(("reset_minutes", text) for text in ("4", "1441")),
        *(("invitation_days", text) for text in ("0", "61")),
        *(("public_url", t) for t in ("school.example", "ftp://x", "https://", "https://x/?a=1")),
        *(("public_url", t) for t in ("https://x/#a", "https://a b", "https://x/\u200e")),
        *(("smtp_url", t) for t in ("mail.example", "http://x", "smtp://", "smtp://x:99999")),
        *(("smtp_url", t) for t in ("smtp://x?starttls=maybe", "smtp://x?tls=1")),
        ("mail_from", "nobody"),
        *(("redis_url", text) for text in ("redis", "http://x/", "redis://", "redis://h:99999")),
        *(("rate_limit_per_hour", text) for text in ("0", "-1", "many")),
        *(("rate_limit_per_minute", text) for text in ("0", "1.5")),
        *(("login_limit", text) for text in ("0", "x")),
        *(("leads_per_minute", text) for text in ("0", "x")),
        *(("trusted_proxies", text) for text in ("proxy", "10.0.0.0/33", "10.0.0.1/8", "10.0.0")),
        *(("trusted_hosts", t) for t in ("https://x", "x:8000", "a b", "*.", "x/y", "a.*.b")),
        *(("cors_origins", t) for t in ("*", "app.example", "https://", "https://x/y", "null")),
        *(
            ("cors_origins", t)
            for t in ("https://x:99999", "ftp://x", "https://u@x", "https://*.x")
        ),
        *(
            ("webhook_allow_hosts", t)
            for t in ("*", "*.lan", "http://x", "x:0", "x:99999", "x/y", "::1")
        ),
    ],
)
def test_a_value_that_cannot_be_read_is_named_by_its_variable(name, text):
    """One line: the variable, and what it must be."""
    [problem] = problems(**{name: text})
    assert problem.startswith(f"HAITECH_{name.upper()} must be ")


def test_a_day_that_no_calendar_knows_is_refused_with_the_other_problems():
    """R-SCHED-2: a setting can close any of the teaching feasts by name, so a name must be one."""
    [problem] = problems(closed_days="no such feast")
    assert problem.startswith("HAITECH_CLOSED_DAYS ")


def test_a_data_directory_in_ones_home_is_one_folder_for_everything():
    """`~` means the same for the database and for the secret beside it."""
    assert load(data_dir="~/school").data_dir == Path("~/school").expanduser()


def test_all_problems_are_listed_at_once():
    """Nobody wants to start five times to learn of five mistakes."""
    found = problems(port="x", workers="0", env="live", rest_days="funday", database_url="db")
    assert {line.split()[0] for line in found} == {
        "HAITECH_PORT",
        "HAITECH_WORKERS",
        "HAITECH_ENV",
        "HAITECH_REST_DAYS",
        "HAITECH_DATABASE_URL",
    }


def test_production_adds_its_own_problems_to_the_others():
    """HAITECH_ENV=prod: a missing secret and database are listed beside a wrong port."""
    found = problems(env="prod", port="x")
    assert {line.split()[0] for line in found} == {
        "HAITECH_PORT",
        "HAITECH_JWT_SECRET",
        "HAITECH_SECRET_KEY",
        "HAITECH_DATABASE_URL",
    }


@pytest.mark.parametrize("weak", ["secret", STRONG[:31], "a" * 40, "abcabcabc" * 5])
def test_production_refuses_a_weak_secret_without_showing_it(weak):
    """Too short, or too few different characters."""
    for name in ("jwt_secret", "secret_key"):
        given = {"jwt_secret": STRONG, "secret_key": OTHER, name: weak}
        [problem] = problems(env="prod", database_url=URL, **given)
        assert f"HAITECH_{name.upper()} is too weak" in problem
        assert weak not in problem


def test_of_several_networks_hosts_or_origins_the_bad_ones_are_named():
    """One line names all of them; the good ones are not repeated."""
    found = problems(
        trusted_proxies="10.0.0.0/8,nginx,1.2.3",
        trusted_hosts="api.example.com,a b,x:1",
        cors_origins="https://app.example,*,app.example",
    )
    assert [line.rpartition("not ")[2] for line in found] == [
        "nginx, 1.2.3",
        "a b, x:1",
        "*, app.example",
    ]


def test_requests_are_limited_as_the_contract_says():
    """1,000 an hour and 100 a minute; a hundred times as much for trying out."""
    fit = {"jwt_secret": STRONG, "secret_key": OTHER, "database_url": URL}
    for env, per_hour, per_minute in [
        ("prod", 1_000, 100),
        ("staging", 1_000, 100),
        ("dev", 100_000, 10_000),
        ("demo", 100_000, 10_000),
    ]:
        found = load(env=env, **fit).request_rates
        assert (found.per_hour, found.per_minute) == (per_hour, per_minute)
        assert found.leads.most == (30 if per_minute == 100 else 3_000)
    rates = {"rate_limit_per_hour": "7", "rate_limit_per_minute": "2", "leads_per_minute": "1"}
    set_ = load(**rates).request_rates
    assert (set_.per_hour, set_.per_minute, set_.leads_per_minute) == (7, 2, 1)
    assert Settings.load({}).login_limit == 10


@pytest.mark.parametrize(
    "known",
    ["changeme-changeme-changeme-123456", "Your_Secret-key: 1f9Qz7Lk2mX8vB3nT6wP",
     "please-CHANGE-ME-in-production-4821", "haitech-development-secret-0001-xyz"],
)  # fmt: skip
def test_production_refuses_a_secret_that_stands_in_other_peoples_files(known):
    """It is long and has many characters, and everybody knows it."""
    for name in ("jwt_secret", "secret_key"):
        given = {"jwt_secret": STRONG, "secret_key": OTHER, name: known}
        [problem] = problems(env="prod", database_url=URL, **given)
        assert problem.startswith(f"HAITECH_{name.upper()} is a well-known default")
        assert known not in problem


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("database_url", "postgresql://haitech:replace-this@db.example/school"),
        ("redis_url", "redis://:replace-this@cache.example:6379/0"),
        ("smtp_url", "smtp://me:change_me@mail.example"),
        ("admin_password", "Replace-Me please"),
        ("metrics_token", "a placeholder of sixteen"),
        ("zoom_secret", "changethis"),
    ],
)
def test_production_refuses_the_placeholders_of_an_example_without_showing_them(name, given):
    """Nobody serves a school with what stands in deploy/example.env."""
    fit = {"jwt_secret": STRONG, "secret_key": OTHER, "database_url": URL}
    mail = {"public_url": "https://school.example", "mail_from": "office@school.example"}
    [problem] = problems(env="prod", **{**fit, **mail, name: given})
    assert problem.startswith(f"HAITECH_{name.upper()} still has the placeholder")
    assert given not in problem
    assert getattr(load(**{**fit, name: given}), name) == given, "outside of prod it may stay"


def test_production_refuses_one_secret_for_both_purposes():
    """Whoever learns one would have the other."""
    [problem] = problems(env="prod", database_url=URL, jwt_secret=STRONG, secret_key=STRONG)
    assert problem == "HAITECH_JWT_SECRET and HAITECH_SECRET_KEY must not be the same"


def test_production_refuses_the_demo_schools_password():
    """It is printed in every terminal that ran the demo."""
    fit = {"jwt_secret": STRONG, "secret_key": OTHER, "database_url": URL}
    [problem] = problems(env="prod", admin_password=PASSWORD, **fit)
    assert problem.startswith("HAITECH_ADMIN_PASSWORD is the demo school's")
    assert load(env="staging", admin_password=PASSWORD, **fit).admin_password == PASSWORD


def test_the_demo_is_an_environment_of_its_own():
    """It is no production, and its log is no developer's."""
    demo = demo_settings(Settings.load({}), port=None)
    assert demo.env is Environment.DEMO
    assert demo.for_trying_out
    assert demo.effective_log_level == "INFO"
    assert load(env="demo").effective_log_level == "INFO"
    assert not load(env="staging").for_trying_out


def test_the_demos_folder_is_the_same_for_every_command():
    """`haitech demo` finds it with HAITECH_ENV=demo set and without, other commands with it."""
    folder = Path("school") / "demo"
    assert load(data_dir="school", env="demo").data_folder == folder
    for given in (load(data_dir="school"), load(data_dir="school", env="demo")):
        demo = demo_settings(given, port=None)
        assert demo.data_folder == folder
        assert demo_settings(demo, port=None).data_folder == folder
    assert load(data_dir="school").data_folder == Path("school")


def test_production_starts_with_a_strong_secret_and_a_database():
    """32 random characters are enough."""
    settings = load(env="prod", database_url=URL, jwt_secret=STRONG, secret_key=OTHER)
    assert settings.env is Environment.PROD
    assert settings.effective_log_level == "INFO"


def test_development_logs_everything_unless_told_otherwise():
    """SQL with its milliseconds in dev."""
    assert Settings.load({}).effective_log_level == "DEBUG"
    assert load(env="staging").effective_log_level == "INFO"
    assert load(log_level="error").effective_log_level == "ERROR"


def test_secrets_are_neither_in_repr_nor_in_str():
    """Settings may be logged, by accident too."""
    secrets = {"jwt_secret": STRONG, "database_url": URL, "admin_password": "correct horse"}
    secrets |= {"redis_url": "redis://:hunter2@cache.example"}
    settings = load(**secrets)
    for shown in (repr(settings), str(settings), f"{settings}"):
        assert not any(secret in shown for secret in (*secrets.values(), "hunter2"))
    bad = problems(
        database_url="mysql://me:hunter2@db/x",
        redis_url="http://:hunter2@cache",
        jwt_secret=STRONG,
        port="x",
    )
    assert "hunter2" not in str(bad)
    assert STRONG not in str(bad)


def test_mail_in_production_needs_an_address_to_lead_to_and_one_to_come_from():
    """A letter with a link to 127.0.0.1 helps nobody."""
    prod = {"env": "prod", "database_url": URL, "jwt_secret": STRONG, "secret_key": OTHER}
    smtp = "smtp://me:hunter2@mail.example"
    found = problems(**prod, smtp_url=smtp)
    assert {line.split()[0] for line in found} == {"HAITECH_PUBLIC_URL", "HAITECH_MAIL_FROM"}
    assert "hunter2" not in str(found)
    more = {"public_url": "https://school.example", "mail_from": "office@school.example"}
    settings = load(**prod, smtp_url=smtp, **more)
    assert settings.smtp_url == smtp
    assert "hunter2" not in repr(settings)


def test_links_lead_to_where_the_program_listens_unless_told_otherwise():
    assert load(port="9000").effective_public_url == "http://127.0.0.1:9000"
    assert (
        load(public_url="https://school.example").effective_public_url == "https://school.example"
    )
