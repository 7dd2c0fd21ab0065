"""`/auth`: logging in and out, and who one is."""

from __future__ import annotations

from typing import Final

from litestar import Controller, get, post
from litestar.response.base import ASGIResponse
from msgspec import UNSET, UnsetType

from haitech_adapters import context
from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer
from haitech_adapters.http.reading import read_body
from haitech_adapters.http.shapes import Body, HttpRequest, UseVerbs, View
from haitech_adapters.http.showing import shown
from haitech_adapters.http.users import UserView
from haitech_domain.access import Action, Resource
from haitech_domain.errors import Kind
from haitech_domain.use_cases import LogIn, LogOut, ReadMe, RefreshSession, Session


class LoginBody(Body, frozen=True):
    """Who wants to log in."""

    email: str
    password: str


class RefreshBody(Body, frozen=True):
    """The refresh token that was given last."""

    refresh_token: str


class LogoutBody(Body, frozen=True):
    """A refresh token whose session is to end as well; it may be left out."""

    refresh_token: str | UnsetType = UNSET


class SessionView(View, frozen=True):
    """A token to send as `Authorization: Bearer …`, its life in seconds, and whose it is.

    The refresh token is good for one exchange at `/auth/refresh`.
    """

    access_token: str
    refresh_token: str
    token_type: str
    expires_in: int
    user: UserView


class DoneView(View, frozen=True):
    """That it is done, in words."""

    message: str


EXAMPLE: Final = {"email": "dana@example.com", "password": "correct horse battery"}
REFRESH_EXAMPLE: Final = {
    "refreshToken": "Zm9yZXN0LW9mLXRyZWVz.bm90LWEtcmVhbC10b2tlbi1vZi1hbnlib2R5"
}


def caller_address() -> str | None:
    """The caller's address on the network."""
    facts = context.current()
    return None if facts is None else facts.address


def _session(request: HttpRequest, session: Session) -> ASGIResponse:
    result = SessionView(
        access_token=session.access_token,
        refresh_token=session.refresh_token,
        token_type="Bearer",  # noqa: S106  # the name of a scheme
        expires_in=session.expires_in,
        user=shown(UserView, session.user),
    )
    return answer(request, result, headers={"Cache-Control": "no-store"})


class AuthController(Controller):
    """Logging in and out."""

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
                errors=(Kind.UNAUTHENTICATED, Kind.LIMITED),
                example=EXAMPLE,
            )
        },
    )
    async def login(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """Log in."""
        body = await read_body(request, LoginBody)
        session = await verbs.log_in(
            email=body.email, password=body.password, address=caller_address()
        )
        return _session(request, session)

    @post(
        "/refresh",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="Exchange a refresh token",
                use_case=RefreshSession,
                open=True,
                body=RefreshBody,
                result=SessionView,
                errors=(Kind.UNAUTHENTICATED, Kind.LIMITED),
                example=REFRESH_EXAMPLE,
            )
        },
    )
    async def refresh(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """Exchange a refresh token."""
        body = await read_body(request, RefreshBody)
        session = await verbs.refresh_session(
            refresh_token=body.refresh_token, address=caller_address()
        )
        return _session(request, session)

    @post(
        "/logout",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="Log out",
                use_case=LogOut,
                access=(Action.UPDATE, Resource.ACCOUNT),
                body=LogoutBody,
                body_required=False,
                result=DoneView,
                example=REFRESH_EXAMPLE,
            )
        },
    )
    async def logout(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """Log out."""
        body = await read_body(request, LogoutBody, required=False)
        given = None if body.refresh_token is UNSET else body.refresh_token
        await verbs.log_out(actor=actor_of(request), refresh_token=given)
        return answer(request, DoneView(message="logged out"))

    @get(
        "/me",
        opt={
            "endpoint": Endpoint(
                summary="Who I am",
                use_case=ReadMe,
                access=(Action.READ, Resource.ACCOUNT),
                result=UserView,
            )
        },
    )
    async def me(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """Who is calling."""
        user = await verbs.read_me(actor=actor_of(request))
        return answer(request, shown(UserView, user))
