"""The container: every provider resolves, once, from nothing but settings."""

from __future__ import annotations

from ipaddress import ip_network
from uuid import UUID

import attrs
import pytest
from dependency_injector import providers

from haitech_adapters.mail import ConsoleMailer, NoMailer, SmtpMailer
from haitech_adapters.postgres.statement_log import log_statement
from haitech_app.container import hiding_key, kind_of_keys
from haitech_app.letting_in import login_rules, mailer, mails
from haitech_app.serving_container import ServingContainer
from haitech_app.settings import Environment, Settings
from haitech_app.telemetry import statement_log
from haitech_domain.api_key import KeyKind
from haitech_domain.calendar import DayOfWeek
from haitech_domain.ports import RefusedTarget, TooManyAttempts

UNSET = {"tracing"}
"""What is nothing unless it is set."""
SETTINGS = Settings(
    database_url="postgresql://nobody@127.0.0.1:1/nothing",
    jwt_secret="a secret of the tests " * 2,
    secret_key="another secret of the tests " * 2,
    rest_days=frozenset({DayOfWeek.FRIDAY}),
    completion_window_days=3,
    token_minutes=5,
    zoom_secret="the secret token of an app",
    pool_size=3,
)


@pytest.fixture
def container():
    return ServingContainer(settings=SETTINGS)


@pytest.mark.anyio
@pytest.mark.parametrize("name", sorted(ServingContainer.providers))
async def test_every_provider_resolves(container, name):
    """Nothing is opened by it: the database of these settings does not exist."""
    made = getattr(container, name)()
    assert made is not None or name in UNSET


@pytest.mark.anyio
async def test_everything_is_made_once_and_shared(container):
    """One clock, one pool, one unit of work for the whole process."""
    for name, provider in ServingContainer.providers.items():
        if isinstance(provider, providers.Singleton):
            assert getattr(container, name)() is getattr(container, name)()
    verbs = container.verbs()
    assert verbs.create_cycle.uow is container.uow()
    assert verbs.create_cycle.clock is container.clock()
    assert verbs.complete_meeting.school is container.school()
    assert container.import_legacy().uow is container.uow()


@pytest.mark.anyio
async def test_two_containers_share_nothing(container):
    """No global state."""
    other = ServingContainer(settings=SETTINGS)
    assert other.pool() is not container.pool()
    assert other.verbs() is not container.verbs()


@pytest.mark.anyio
async def test_settings_reach_what_they_are_for(container):
    """A setting that is read and then forgotten would be a lie."""
    school = container.school()
    assert school.rest_days == SETTINGS.rest_days
    assert school.employer_factor == SETTINGS.employer_factor
    assert school.completion_window.days == 3
    assert container.pool().max_size == 3
    assert container.limiter().rates == SETTINGS.request_rates


@pytest.mark.anyio
async def test_the_login_limit_reaches_the_attempts():
    """HAITECH_LOGIN_LIMIT: one failure is allowed here, and the second is one too many."""
    attempts = ServingContainer(settings=attrs.evolve(SETTINGS, login_limit=1)).attempts()
    await attempts.failed("login:address:192.0.2.1")
    with pytest.raises(TooManyAttempts):
        await attempts.check("login:address:192.0.2.1")


@pytest.mark.anyio
async def test_hosts_of_ones_own_can_be_allowed_as_targets_of_webhooks():
    """HAITECH_WEBHOOK_ALLOW_HOSTS."""
    allowed = frozenset({"127.0.0.1:9000"})
    courier = ServingContainer(
        settings=attrs.evolve(SETTINGS, webhook_allow_hosts=allowed)
    ).courier()
    await courier.check("http://127.0.0.1:9000/")
    with pytest.raises(RefusedTarget):
        await courier.check("http://127.0.0.1:9001/")
    await courier.aclose()


def test_secrets_of_webhooks_open_with_the_same_secret_key_alone():
    """HAITECH_SECRET_KEY; and what is sealed for another purpose is another's."""
    about = UUID(int=1)
    sealed = ServingContainer(settings=SETTINGS).vault().seal("a secret", about=about)
    assert ServingContainer(settings=SETTINGS).vault().open(sealed, about=about) == "a secret"
    other = attrs.evolve(SETTINGS, secret_key="a third secret of the tests " * 2)
    with pytest.raises(ValueError, match="not sealed here"):
        ServingContainer(settings=other).vault().open(sealed, about=about)


def test_the_edge_is_as_it_is_set():
    """Proxies, hosts, origins, and what production means."""
    network = ip_network("10.0.0.0/8")
    settings = attrs.evolve(
        SETTINGS,
        env=Environment.PROD,
        trusted_proxies=(network,),
        trusted_hosts=("api.example",),
        cors_origins=frozenset({"https://app.example"}),
    )
    edge = ServingContainer(settings=settings).edge()
    assert edge.proxies.networks == (network,)
    assert edge.hosts.names == ("api.example",)
    assert edge.cors.origins == {"https://app.example"}
    assert edge.production
    plain = [
        ServingContainer(settings=attrs.evolve(SETTINGS, env=env)).edge() for env in Environment
    ]
    assert sum(edge.production for edge in plain) == 1


def test_who_is_counted_is_hidden_by_a_key_that_servers_share():
    """By the secret where there is one; else by one of this process, which nobody else has."""
    assert hiding_key("a secret") == hiding_key("a secret") != hiding_key("another")
    assert hiding_key(None) != hiding_key(None)


@pytest.mark.anyio
async def test_without_a_secret_key_nothing_is_written():
    """Audit rows that nobody signs would look like forged ones."""
    with pytest.raises(ValueError, match="HAITECH_SECRET_KEY"):
        ServingContainer(settings=attrs.evolve(SETTINGS, secret_key=None)).uow()


def test_statements_are_logged_in_development_only():
    """SQL with its milliseconds in dev."""
    logged = {env: statement_log(env) for env in Environment}
    assert logged == {
        Environment.DEV: log_statement,
        Environment.DEMO: None,
        Environment.STAGING: None,
        Environment.PROD: None,
    }


def test_keys_of_the_real_school_are_made_and_taken_in_production_only():
    """`haitech_live_` there, `haitech_test_` elsewhere."""
    kinds = {env: kind_of_keys(env) for env in Environment}
    assert [env for env, kind in kinds.items() if kind is KeyKind.LIVE] == [Environment.PROD]
    for env, kind in kinds.items():
        container = ServingContainer(settings=attrs.evolve(SETTINGS, env=env))
        assert container.verbs().api_keys.create.new_key().startswith(f"haitech_{kind}_")
        assert container.known_keys()._kind is kind


def test_mail_goes_to_the_server_that_was_set_to_the_terminal_or_nowhere():
    """Outside of development nobody reads the terminal, and a loss must be told."""
    smtp = attrs.evolve(SETTINGS, smtp_url="smtp://mail.example", mail_from="me@school.example")
    sent = mailer(smtp)
    assert isinstance(sent, SmtpMailer)
    assert (sent.server.host, sent.sender) == ("mail.example", "me@school.example")
    found = {env: type(mailer(attrs.evolve(SETTINGS, env=env))) for env in Environment}
    assert found == {
        Environment.DEV: ConsoleMailer,
        Environment.DEMO: ConsoleMailer,
        Environment.STAGING: NoMailer,
        Environment.PROD: NoMailer,
    }
    assert mails(smtp)
    assert not mails(attrs.evolve(SETTINGS, env=Environment.PROD))


def test_people_get_in_by_the_rules_that_were_set():
    given = attrs.evolve(SETTINGS, refresh_days=2, session_days=5, invitation_days=3)
    rules = login_rules(attrs.evolve(given, reset_minutes=7, public_url="https://s.example"))
    assert [rules.refresh_life.days, rules.session_life.days, rules.invitation_life.days] == [
        2,
        5,
        3,
    ]
    assert (rules.reset_life.seconds, rules.public_url) == (420, "https://s.example")
    strict = {e: login_rules(attrs.evolve(SETTINGS, env=e)).passwords for e in Environment}
    assert [env for env, policy in strict.items() if policy.refuses_common] == [Environment.PROD]


def test_settings_of_another_kind_are_refused():
    """`settings` is a Settings."""
    with pytest.raises(Exception, match="Settings"):
        ServingContainer(settings=attrs.asdict(SETTINGS)).school()


def test_letters_go_to_the_terminal_where_nobody_is_served():
    """In `dev` and `demo` a link can be read where the program runs; elsewhere it is no log's."""
    kinds = {env: type(mailer(attrs.evolve(SETTINGS, env=env))) for env in Environment}
    assert kinds == {
        Environment.DEV: ConsoleMailer,
        Environment.DEMO: ConsoleMailer,
        Environment.STAGING: NoMailer,
        Environment.PROD: NoMailer,
    }
