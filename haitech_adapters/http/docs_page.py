"""`/docs`: Swagger UI over the served document, all of its files from this app."""

from __future__ import annotations

from typing import Final

from litestar import Controller, get
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from openapi_ui_bundles import swagger_ui

from haitech_adapters.http.endpoint import Endpoint
from haitech_domain.errors import Kind, NotFound

_PAGE: Final = b"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>HaiTech CRM API</title>
<link rel="stylesheet" href="/api/v1/docs/swagger-ui.css">
<link rel="icon" type="image/png" href="/api/v1/docs/favicon-32x32.png">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/api/v1/docs/swagger-ui-bundle.js"></script>
<script src="/api/v1/docs/start.js"></script>
</body>
</html>
"""

_START: Final = b"""window.ui = SwaggerUIBundle({
  url: "/api/v1/meta/schema",
  dom_id: "#swagger-ui",
  deepLinking: true,
  persistAuthorization: true,
  tryItOutEnabled: true,
  validatorUrl: null,
});
"""

_KINDS: Final = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "favicon-32x32.png": "image/png",
}
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


def _file(name: str) -> tuple[bytes, str]:
    if name == "start.js":
        return _START, "text/javascript"
    if name not in _KINDS:
        raise NotFound("file", name)
    return (swagger_ui.static_path / name).read_bytes(), _KINDS[name]


class DocsController(Controller):
    """The page for people who read the API."""

    path = "/docs"
    tags = ("meta",)

    @get(
        "/",
        opt={
            "endpoint": Endpoint(
                summary="This API for people", open=True, raw=True, produces=("text/html",)
            )
        },
    )
    async def page(self) -> ASGIResponse:
        """The page."""
        return ASGIResponse(
            body=_PAGE,
            media_type="text/html",
            headers={"content-security-policy": _POLICY},
        )

    @get(
        "/{name:str}",
        sync_to_thread=True,
        opt={
            "endpoint": Endpoint(
                summary="A file of that page",
                open=True,
                raw=True,
                produces=("text/css", "text/javascript", "image/png"),
                errors=(Kind.NOT_FOUND,),
            )
        },
    )
    def file(self, name: FromPath[str]) -> ASGIResponse:
        """One of its files."""
        body, kind = _file(name)
        return ASGIResponse(
            body=body, media_type=kind, headers={"cache-control": "public, max-age=86400"}
        )
