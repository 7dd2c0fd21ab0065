"""`/auth`: logging in, and who one is."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from litestar import Controller, get, post
from litestar.response.base import ASGIResponse

from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer
from haitech_adapters.http.reading import read_body
from haitech_adapters.http.shapes import Body, HttpRequest, Instant, UseVerbs, View
from haitech_adapters.http.showing import shown
from haitech_domain.access import Role
from haitech_domain.errors import Kind
from haitech_domain.use_cases import LogIn, ReadMe


class LoginBody(Body, frozen=True):
    """Who wants to log in."""

    email: str
    password: str


class UserView(View, frozen=True):
    """A user."""

    id: UUID
    email: str
    name: str
    role: Role
    phone: str | None
    is_active: bool
    last_login: Instant | None
    created_at: Instant
    updated_at: Instant
    version: int


class SessionView(View, frozen=True):
    """A token to send as `Authorization: Bearer …`, its life in seconds, and whose it is."""

    access_token: str
    token_type: str
    expires_in: int
    user: UserView


EXAMPLE: Final = {"email": "dana@example.com", "password": "correct horse battery"}


class AuthController(Controller):
    """Logging in."""

    path = "/auth"
    tags = ("auth",)

    @post(
        "/login",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="Log in",
                use_case=LogIn,
                open=True,
                body=LoginBody,
                result=SessionView,
                errors=(Kind.UNAUTHENTICATED,),
                example=EXAMPLE,
            )
        },
    )
    async def login(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """Log in."""
        body = await read_body(request, LoginBody)
        session = await verbs.log_in(email=body.email, password=body.password)
        result = SessionView(
            access_token=session.access_token,
            token_type="Bearer",  # noqa: S106  # the name of a scheme
            expires_in=session.expires_in,
            user=shown(UserView, session.user),
        )
        return answer(request, result)

    @get(
        "/me",
        opt={"endpoint": Endpoint(summary="Who I am", use_case=ReadMe, result=UserView)},
    )
    async def me(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """Who is calling."""
        user = await verbs.read_me(actor=actor_of(request))
        return answer(request, shown(UserView, user))
