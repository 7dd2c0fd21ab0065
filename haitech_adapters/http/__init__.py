"""The HTTP adapter. What a controller needs is imported from here."""

from haitech_adapters.http.app import build_app
from haitech_adapters.http.authentication import ApiKeys, actor_of
from haitech_adapters.http.cors import Cors
from haitech_adapters.http.edge import Edge
from haitech_adapters.http.endpoint import Declared, Endpoint, declared
from haitech_adapters.http.envelope import answer, no_content, page
from haitech_adapters.http.hosts import TrustedHosts
from haitech_adapters.http.proxies import TrustedProxies
from haitech_adapters.http.querying import read_query
from haitech_adapters.http.rate_limiting import Limiter
from haitech_adapters.http.reading import Unreadable, body_of, identifier, read_body, read_either
from haitech_adapters.http.shapes import (
    HHMM,
    Amount,
    Body,
    HttpRequest,
    Instant,
    ListQuery,
    NoBody,
    QueryString,
    SearchedQuery,
    View,
    hhmm,
)

__all__ = [
    "HHMM",
    "Amount",
    "ApiKeys",
    "Body",
    "Cors",
    "Declared",
    "Edge",
    "Endpoint",
    "HttpRequest",
    "Instant",
    "Limiter",
    "ListQuery",
    "NoBody",
    "QueryString",
    "SearchedQuery",
    "TrustedHosts",
    "TrustedProxies",
    "Unreadable",
    "View",
    "actor_of",
    "answer",
    "body_of",
    "build_app",
    "declared",
    "hhmm",
    "identifier",
    "no_content",
    "page",
    "read_body",
    "read_either",
    "read_query",
]
