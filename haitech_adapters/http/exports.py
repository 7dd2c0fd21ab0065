"""`/reports/exports`: reports as files, made in the background and fetched when they are ready."""

from __future__ import annotations

from typing import Final

from litestar import Controller, get, post
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from litestar.response.streaming import ASGIStreamingResponse

from haitech_adapters import context
from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer, page
from haitech_adapters.http.etags import is_known, named
from haitech_adapters.http.export_bodies import AnyExportBody, read_export
from haitech_adapters.http.export_shapes import (
    BODY_EXAMPLE,
    CANCELLED_EXAMPLE,
    EXAMPLE,
    WAITING_EXAMPLE,
    ExportQuery,
    ExportView,
    address_of,
    export_view,
)
from haitech_adapters.http.querying import read_query
from haitech_adapters.http.ranges import attachment, part_wanted
from haitech_adapters.http.reading import identifier, read_body
from haitech_adapters.http.report_formats import CSV, XLSX
from haitech_adapters.http.shapes import HttpRequest, NoBody, UseVerbs
from haitech_adapters.http.singles import TAGGED
from haitech_domain.access import Action, Resource
from haitech_domain.errors import Kind
from haitech_domain.export import ExportFormat, File, ReportName
from haitech_domain.use_cases.export_asking import AskForExport
from haitech_domain.use_cases.exports import CancelExport, FetchExport, ListExports, ReadExport

_READ: Final = (Action.READ, Resource.REPORTS)
MEDIA: Final = {ExportFormat.CSV: CSV, ExportFormat.XLSX: XLSX}
_WHOLE, _PART = 200, 206
_LENGTH: Final = 32


class ExportAskingController(Controller):
    """Asking for reports as files."""

    path = "/reports/export"
    tags = ("reports",)

    @post(
        "/",
        status_code=202,
        opt={
            "endpoint": Endpoint(
                summary="Have a report written to a file",
                use_case=AskForExport,
                access=_READ,
                body=AnyExportBody,
                result=ExportView,
                conflicts=("export.too_many",),
                example=BODY_EXAMPLE,
                result_example=WAITING_EXAMPLE,
            )
        },
    )
    async def ask(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """Ask."""
        actor = actor_of(request)
        body = await read_export(request)
        export = await verbs.exports.ask(
            actor=actor,
            report=ReportName(body.report),
            asked=body.asked(),
            format=body.format,
            language=body.language,
        )
        headers = {"Location": address_of(export), "Retry-After": "1"}
        return answer(request, export_view(export), headers=headers)


class ExportsController(Controller):
    """Reports as files."""

    path = "/reports/exports"
    tags = ("reports",)

    @get(
        "/",
        opt={
            "endpoint": Endpoint(
                summary="List exports",
                use_case=ListExports,
                access=_READ,
                query=ExportQuery,
                result=ExportView,
                paged=True,
                result_example=EXAMPLE,
            )
        },
    )
    async def list(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """List."""
        asked = read_query(request, ExportQuery).asked()
        found = await verbs.exports.list(actor=actor_of(request), query=asked)
        return page(request, [export_view(export) for export in found.items], found)

    @get(
        "/{id:str}",
        opt={
            "endpoint": Endpoint(
                summary="Show an export",
                use_case=ReadExport,
                access=_READ,
                result=ExportView,
                result_example=EXAMPLE,
            )
        },
    )
    async def show(self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]) -> ASGIResponse:
        """Show."""
        export = await verbs.exports.read(actor=actor_of(request), id=identifier(id))
        return answer(request, export_view(export))

    @post(
        "/{id:str}/cancel",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="Cancel an export",
                use_case=CancelExport,
                access=_READ,
                body=NoBody,
                body_required=False,
                result=ExportView,
                conflicts=("export.cannot_cancel",),
                result_example=CANCELLED_EXAMPLE,
            )
        },
    )
    async def cancel(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Cancel."""
        actor, export = actor_of(request), identifier(id)
        await read_body(request, NoBody, required=False)
        return answer(request, export_view(await verbs.exports.cancel(actor=actor, id=export)))

    @get(
        "/{id:str}/download",
        opt={
            TAGGED: True,
            "endpoint": Endpoint(
                summary="Fetch the file of an export",
                use_case=FetchExport,
                access=_READ,
                raw=True,
                in_parts=True,
                produces=tuple(MEDIA.values()),
                conflicts=("export.not_ready",),
                errors=(Kind.NOT_FOUND,),
            ),
        },
    )
    async def download(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Fetch it, or a part of it."""
        actor, named_id = actor_of(request), identifier(id)
        known = named(request.scope, b"if-none-match")
        export, file = await verbs.exports.fetch(actor=actor, id=named_id)
        tag = f'"{file.digest[:_LENGTH]}"'
        headers = {
            "ETag": tag,
            "Accept-Ranges": "bytes",
            "Content-Disposition": attachment(export.file_name),
        }
        if known is not None and is_known(tag, known):
            return ASGIResponse(status_code=304, headers=headers)
        part = part_wanted(request.scope, size=file.size, tag=tag)
        first, last = part or (0, file.size - 1)
        if part is not None:
            headers["Content-Range"] = f"bytes {first}-{last}/{file.size}"
        headers["Content-Length"] = str(last + 1 - first)
        return ASGIStreamingResponse(
            iterator=verbs.exports.fetch.part(file, first, last) if _has_body(file) else (),
            status_code=_WHOLE if part is None else _PART,
            media_type=MEDIA[export.format],
            headers=headers,
        )


def _has_body(file: File) -> bool:
    """Whether there is anything to send: of HEAD only the headers are wanted."""
    facts = context.current()
    return file.size > 0 and (facts is None or facts.method != "HEAD")
