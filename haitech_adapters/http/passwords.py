"""`/auth`: passwords, changed and forgotten."""

from __future__ import annotations

from typing import Final

from litestar import Controller, post, put
from litestar.response.base import ASGIResponse

from haitech_adapters.http.auth import DoneView, caller_address
from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer
from haitech_adapters.http.reading import read_body
from haitech_adapters.http.shapes import Body, HttpRequest, NewPassword, UseVerbs
from haitech_domain.access import Action, Resource
from haitech_domain.errors import Kind
from haitech_domain.use_cases import ChangePassword, ForgotPassword, ResetPassword


class PasswordBody(Body, frozen=True):
    """One's present password, and the one to have from now on."""

    current_password: str
    new_password: NewPassword


class ForgottenBody(Body, frozen=True):
    """Where to send the link."""

    email: str


class ResetBody(Body, frozen=True):
    """The token of the link, and the new password."""

    token: str
    new_password: NewPassword


_NEW: Final = "a staple under the rug"
SENT: Final = "if somebody has this address, a link is on its way to it"


class PasswordsController(Controller):
    """Passwords."""

    path = "/auth"
    tags = ("auth",)

    @put(
        "/password",
        opt={
            "endpoint": Endpoint(
                summary="Change my password",
                use_case=ChangePassword,
                access=(Action.UPDATE, Resource.ACCOUNT),
                body=PasswordBody,
                result=DoneView,
                errors=(Kind.LIMITED,),
                example={"currentPassword": "correct horse battery", "newPassword": _NEW},
            )
        },
    )
    async def change(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """Change one's own."""
        body = await read_body(request, PasswordBody)
        await verbs.change_password(
            actor=actor_of(request),
            current_password=body.current_password,
            new_password=body.new_password,
            address=caller_address(),
        )
        return answer(request, DoneView(message="the password is changed"))

    @post(
        "/forgot-password",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="Ask for a link that sets a new password",
                use_case=ForgotPassword,
                open=True,
                body=ForgottenBody,
                result=DoneView,
                errors=(Kind.LIMITED,),
                result_example={"message": SENT},
            )
        },
    )
    async def forgot(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """Send a link, if there is somebody to send it to."""
        body = await read_body(request, ForgottenBody)
        await verbs.forgot_password(email=body.email, address=caller_address())
        return answer(request, DoneView(message=SENT))

    @post(
        "/reset-password",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="Set a new password by a link",
                use_case=ResetPassword,
                open=True,
                body=ResetBody,
                result=DoneView,
                errors=(Kind.LIMITED,),
                example={"token": "bm90LWEtcmVhbC10b2tlbi1vZi1hbnlib2R5", "newPassword": _NEW},
            )
        },
    )
    async def reset(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """Set a new password."""
        body = await read_body(request, ResetBody)
        await verbs.reset_password(
            token=body.token, new_password=body.new_password, address=caller_address()
        )
        return answer(request, DoneView(message="the password is set; log in with it"))
