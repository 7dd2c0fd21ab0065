"""What a server needs besides what every command has: the edge, limits, keys at the door."""

from __future__ import annotations

from dependency_injector import providers

from haitech_adapters.http import Cors, Edge, Limiter, TrustedHosts, TrustedProxies
from haitech_adapters.http.known_keys import KeyUses, KnownKeys
from haitech_adapters.security import AesGcmSealing, derived
from haitech_app.container import Container
from haitech_app.settings import Environment, Settings


def edge_of(settings: Settings) -> Edge:
    """The edge of the program as it is set."""
    return Edge(
        proxies=TrustedProxies(settings.trusted_proxies),
        hosts=TrustedHosts(settings.trusted_hosts),
        cors=Cors(settings.cors_origins),
        production=settings.env is Environment.PROD,
    )


class ServingContainer(Container):
    """The container of a process that serves; the commands do without the HTTP adapter."""

    sealing = providers.Singleton(
        AesGcmSealing,
        providers.Callable(derived, Container.settings.provided.secret_key, "idempotency"),
    )
    limiter = providers.Singleton(
        Limiter, limits=Container.rates, rates=Container.settings.provided.request_rates
    )
    edge = providers.Singleton(edge_of, Container.settings)
    key_uses = providers.Singleton(KeyUses, Container.verbs.provided.api_keys.note_uses)
    known_keys = providers.Singleton(
        KnownKeys.over,
        Container.verbs.provided.api_keys.find,
        Container.kind_of_keys_here,
        Container.clock,
        key_uses,
    )
