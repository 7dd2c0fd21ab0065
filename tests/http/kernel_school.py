"""A tiny app of the kernel tests' own: pupils, with every shape of route."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from enum import StrEnum
from ipaddress import ip_network
from typing import Annotated, Any, Literal

import attrs
import msgspec
from litestar import Controller, Litestar, delete, get, post, put, route
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from msgspec import UNSET, UnsetType

from haitech_adapters.http import (
    HHMM,
    Amount,
    Body,
    Cors,
    Edge,
    Endpoint,
    HttpRequest,
    Instant,
    Limiter,
    SearchedQuery,
    TrustedHosts,
    TrustedProxies,
    View,
    actor_of,
    answer,
    build_app,
    identifier,
    page,
    read_body,
    read_either,
    read_query,
)
from haitech_adapters.limits import SlidingRates, Windows
from haitech_domain.access import Action, Actor, ActorKind, Resource, Role
from haitech_domain.errors import Duplicate, Invalid, Kind, NotFound, Problem, Stale
from haitech_domain.fields import Name, Notes, Price
from haitech_domain.money import Money
from haitech_domain.people import Phone
from haitech_domain.ports import Page, RequestRates, Unauthenticated, Unavailable

ADMIN = Actor(kind=ActorKind.USER, id=uuid.UUID(int=1), role=Role.ADMIN)
INSTRUCTOR = Actor(kind=ActorKind.USER, id=uuid.UUID(int=2), role=Role.INSTRUCTOR)
KEY = Actor(kind=ActorKind.API_KEY, id=uuid.UUID(int=3), scopes=frozenset({"read:*"}))


class Tokens:
    """Two words that are tokens."""

    def issue(self, actor: Actor) -> tuple[str, int]:
        return str(actor.id), 60

    def read(self, token: str) -> Actor:
        known = {"admin": ADMIN, "instructor": INSTRUCTOR}
        if token not in known:
            raise Unauthenticated("this token is not known")
        return known[token]


class Keys:
    """One key."""

    async def read(self, key: str) -> Actor:
        if key != "haitech_live_1":
            raise Unauthenticated("this key is not known")
        return KEY


class Level(StrEnum):
    LOW = "low"
    HIGH = "high"


@attrs.frozen(kw_only=True)
class Pupil:
    name: Name
    phone: Phone
    price: Price | None = None
    notes: Notes | None = None


class Mark(Body, frozen=True, kw_only=True):
    status: Level
    is_trial: bool = False
    points: int | UnsetType = UNSET


class PupilBody(Body, frozen=True, kw_only=True):
    name: str
    phone: str
    birth_date: date | UnsetType = UNSET
    start_time: HHMM | UnsetType = UNSET
    price: Amount | UnsetType | None = UNSET
    level: Level | UnsetType = UNSET
    kind: Literal["a", "b"] | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET
    seats: Annotated[int, msgspec.Meta(ge=1, le=50)] | UnsetType = UNSET
    school_id: uuid.UUID | UnsetType | None = UNSET
    seen_at: Instant | UnsetType = UNSET
    records: list[Mark] | UnsetType = UNSET
    filters: dict[str, Any] | UnsetType = UNSET
    notes: str | UnsetType | None = UNSET


class Options(Body, frozen=True, kw_only=True):
    dry_run: bool = False


class PupilView(View, frozen=True, kw_only=True):
    id: uuid.UUID
    full_name: str
    price: Decimal | UnsetType = UNSET
    start_time: str | None = None


class PupilQuery(SearchedQuery, frozen=True, kw_only=True):
    sort_by: Literal["name", "createdAt"] | UnsetType = UNSET
    city: str | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET
    since: date | UnsetType = msgspec.field(default=UNSET, name="from")
    school_id: uuid.UUID | UnsetType = UNSET


class Marks(Body, frozen=True, kw_only=True):
    attendance: list[Mark]


SOMEBODY = PupilView(id=uuid.UUID(int=7), full_name="דנה", price=Money.of("300").amount)
READ = (Action.READ, Resource.CUSTOMERS)
WRITE = (Action.CREATE, Resource.CUSTOMERS)


class PupilsController(Controller):
    path = "/pupils"
    tags = ("Pupils",)

    @get(
        "/",
        opt={
            "endpoint": Endpoint(
                summary="List", access=READ, query=PupilQuery, result=PupilView, paged=True
            )
        },
    )
    async def list_(self, request: HttpRequest) -> ASGIResponse:
        query = read_query(request, PupilQuery).asked()
        found: Page[Any] = Page(items=(), total=3, limit=query.limit, offset=query.offset)
        return page(request, [SOMEBODY], attrs.evolve(found, items=(SOMEBODY,)))

    @get(
        "/asked", opt={"endpoint": Endpoint(summary="What was asked", open=True, query=PupilQuery)}
    )
    async def asked(self, request: HttpRequest) -> ASGIResponse:
        asked = read_query(request, PupilQuery).asked()
        return answer(request, {k: str(v) for k, v in attrs.asdict(asked, recurse=False).items()})

    @post(
        "/",
        opt={
            "endpoint": Endpoint(
                summary="Create",
                access=WRITE,
                body=PupilBody,
                result=PupilView,
                conflicts=("duplicate",),
            )
        },
    )
    async def create(self, request: HttpRequest) -> ASGIResponse:
        body = await read_body(request, PupilBody, entity=Pupil)
        return answer(
            request,
            {"given": sorted(body.given()), "price": Money.of("282.49").amount},
            headers={"Location": "/pupils/7"},
        )

    @get("/{id:str}", opt={"endpoint": Endpoint(summary="One", access=READ, result=PupilView)})
    async def one(self, request: HttpRequest, id: FromPath[str]) -> ASGIResponse:
        raise NotFound("pupil", identifier(id))

    @delete(
        "/{id:str}",
        opt={"endpoint": Endpoint(summary="Delete", access=(Action.DELETE, Resource.CUSTOMERS))},
    )
    async def remove(self, request: HttpRequest, id: FromPath[str]) -> None:
        identifier(id)

    @route(
        "/{id:str}",
        http_method=["PUT", "PATCH"],
        opt={"endpoint": Endpoint(summary="Change", open=True)},
    )
    async def change(self, request: HttpRequest, id: FromPath[str]) -> ASGIResponse:
        return answer(request, request.method)

    @put("/{id:str}/raw", opt={"endpoint": Endpoint(summary="Unruled", open=True, body=PupilBody)})
    async def unruled(self, request: HttpRequest, id: FromPath[str]) -> ASGIResponse:
        body = await read_body(request, PupilBody)
        return answer(request, repr(body)[:100])

    @post(
        "/act",
        status_code=200,
        opt={"endpoint": Endpoint(summary="Act", open=True, body=Options, body_required=False)},
    )
    async def act(self, request: HttpRequest) -> ASGIResponse:
        options = await read_body(request, Options, required=False)
        return answer(request, {"dryRun": options.dry_run})

    @post("/marks", opt={"endpoint": Endpoint(summary="Mark", open=True, body=Mark | Marks)})
    async def mark(self, request: HttpRequest) -> ASGIResponse:
        return answer(
            request, type(await read_either(request, {"attendance": Marks}, Mark)).__name__
        )

    @get("/me", opt={"endpoint": Endpoint(summary="Me")})
    async def me(self, request: HttpRequest) -> ASGIResponse:
        return answer(request, actor_of(request).kind)

    @get(
        "/sheet",
        opt={"endpoint": Endpoint(summary="Sheet", open=True, raw=True, produces=("text/csv",))},
    )
    async def sheet(self, request: HttpRequest) -> ASGIResponse:
        return ASGIResponse(body=b"a,b\n", media_type="text/csv")

    @get(
        "/fails/{how:str}",
        opt={"endpoint": Endpoint(summary="Fail", open=True, errors=tuple(Kind))},
    )
    async def fails(self, request: HttpRequest, how: FromPath[str]) -> ASGIResponse:
        raise {
            "stale": Stale("pupil", 1),
            "duplicate": Duplicate("pupil", "contact_phone"),
            "unavailable": Unavailable("the database", 3),
            "invalid": Invalid((Problem("records[2].start_date", "is late", "date.late"),)),
        }.get(how, ZeroDivisionError("secret of the inside"))


def school(**more: Any) -> Litestar:
    """The app."""
    return build_app(
        controllers=[PupilsController],
        tokens=Tokens(),
        keys=Keys(),
        title="School",
        version="1",
        **more,
    )


def app() -> Litestar:
    """For a real server."""
    return school()


def hardened() -> Litestar:
    """The same as in production, behind a proxy on this machine, with limits."""
    return school(
        edge=Edge(
            proxies=TrustedProxies((ip_network("127.0.0.0/8"),)),
            hosts=TrustedHosts(("school.example",)),
            cors=Cors(frozenset({"https://app.example"})),
            production=True,
        ),
        limiter=Limiter(
            limits=SlidingRates(Windows(), secret=b"for tests"),
            rates=RequestRates(per_hour=10_000, per_minute=1_000),
        ),
    )
