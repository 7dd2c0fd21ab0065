"""`/leads`, and `/public/leads`, by which they come in."""

from __future__ import annotations

from typing import Final

from litestar import Controller, get, patch, post
from litestar.params import FromPath
from litestar.response.base import ASGIResponse

from haitech_adapters.http.authentication import actor_of
from haitech_adapters.http.endpoint import Endpoint
from haitech_adapters.http.envelope import answer, page
from haitech_adapters.http.lead_shapes import (
    CONVERSION_EXAMPLE,
    ENQUIRY_EXAMPLE,
    ConversionBody,
    ConversionView,
    EnquiryBody,
    LeadChanges,
    LeadNoteBody,
    LeadNoteQuery,
    LeadNoteView,
    LeadQuery,
    LeadView,
    ReceivedLeadView,
    WholeLeadView,
    conversion_view,
    lead_view,
    note_view,
    received_view,
    whole_lead_view,
)
from haitech_adapters.http.querying import read_query
from haitech_adapters.http.reading import identifier, read_body
from haitech_adapters.http.registration_shapes import JOINING_REFUSALS
from haitech_adapters.http.shapes import HttpRequest, UseVerbs
from haitech_domain.access import Action, Resource
from haitech_domain.errors import Kind
from haitech_domain.ids import LeadId
from haitech_domain.lead import Enquiry, Lead, LeadNote
from haitech_domain.use_cases import (
    LEADS,
    ConvertLead,
    ListPage,
    NoteLead,
    Read,
    ReceiveLead,
    StatedConversion,
    UpdateLead,
)

_READ: Final = (Action.READ, Resource.LEADS)
_UPDATE: Final = (Action.UPDATE, Resource.LEADS)


class PublicLeadsController(Controller):
    """Enquiries from outside, each brought by an API key."""

    path = "/public/leads"
    tags = ("public",)

    @post(
        "/",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="Bring a lead",
                use_case=ReceiveLead,
                access=(Action.CREATE, Resource.LEADS),
                body=EnquiryBody,
                entity=Enquiry,
                result=ReceivedLeadView,
                example=ENQUIRY_EXAMPLE,
                also_limited=lambda rates: rates.leads,
            )
        },
    )
    async def receive(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """Receive."""
        actor = actor_of(request)
        body = await read_body(request, EnquiryBody, is_new=True)
        done = await verbs.receive_lead(actor=actor, enquiry=Enquiry(**body.given()))
        return answer(request, received_view(done))


class LeadsController(Controller):
    """Enquiries from the outside that become, or join, customers."""

    path = "/leads"
    tags = ("leads",)

    @get(
        "/",
        opt={
            "endpoint": Endpoint(
                summary="List leads",
                use_case=ListPage,
                entity=Lead,
                access=_READ,
                query=LeadQuery,
                result=LeadView,
                paged=True,
            )
        },
    )
    async def list(self, request: HttpRequest, verbs: UseVerbs) -> ASGIResponse:
        """List."""
        actor = actor_of(request)
        found = await verbs.list_leads(actor=actor, query=read_query(request, LeadQuery).asked())
        return page(request, [lead_view(lead, actor) for lead in found.items], found)

    @get(
        "/{id:str}",
        opt={
            "endpoint": Endpoint(
                summary="Read a lead",
                use_case=Read,
                entity=Lead,
                access=_READ,
                result=WholeLeadView,
            )
        },
    )
    async def read(self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]) -> ASGIResponse:
        """Read."""
        actor = actor_of(request)
        found = await verbs.read_lead(actor=actor, id=identifier(id))
        relatives = await verbs.related_to_lead(found)
        return answer(request, whole_lead_view(found, relatives, actor))

    @patch(
        "/{id:str}",
        opt={
            "endpoint": Endpoint(
                summary="Update a lead",
                use_case=UpdateLead,
                entity=Lead,
                access=_UPDATE,
                body=LeadChanges,
                result=WholeLeadView,
                errors=(Kind.CONFLICT,),
                conflicts=("lead.cannot_close", "lead.cannot_reopen"),
                example={"status": "contacted"},
                lock=LEADS.lock,
            )
        },
    )
    async def update(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Update."""
        actor = actor_of(request)
        lead_id = LeadId(identifier(id))
        body = await read_body(request, LeadChanges)
        after = await verbs.update_lead(actor=actor, lead_id=lead_id, values=body.given())
        relatives = await verbs.related_to_lead(after)
        return answer(request, whole_lead_view(after, relatives, actor))

    @get(
        "/{id:str}/notes",
        opt={
            "endpoint": Endpoint(
                summary="List the notes of a lead",
                use_case=ListPage,
                entity=LeadNote,
                access=_READ,
                query=LeadNoteQuery,
                result=LeadNoteView,
                paged=True,
            )
        },
    )
    async def notes(self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]) -> ASGIResponse:
        """Its notes."""
        actor = actor_of(request)
        within = {"lead_id": identifier(id)}
        asked = read_query(request, LeadNoteQuery).asked()
        found = await verbs.list_lead_notes(actor=actor, query=asked, within=within)
        return page(request, [note_view(note) for note in found.items], found)

    @post(
        "/{id:str}/notes",
        opt={
            "endpoint": Endpoint(
                summary="Add a note to a lead",
                use_case=NoteLead,
                entity=LeadNote,
                access=_UPDATE,
                body=LeadNoteBody,
                result=LeadNoteView,
                example={"text": "דיברנו, לחזור אחרי החגים"},
            )
        },
    )
    async def note(self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]) -> ASGIResponse:
        """Note; a note is read where its lead is."""
        actor = actor_of(request)
        lead_id = LeadId(identifier(id))
        body = await read_body(request, LeadNoteBody)
        made = await verbs.note_lead(actor=actor, lead_id=lead_id, text=body.text)
        return answer(request, note_view(made), headers={"Location": f"/api/v1/leads/{lead_id}"})

    @post(
        "/{id:str}/convert",
        status_code=200,
        opt={
            "endpoint": Endpoint(
                summary="Convert a lead into a student",
                use_case=ConvertLead,
                entity=StatedConversion,
                access=_UPDATE,
                body=ConversionBody,
                body_required=False,
                result=ConversionView,
                errors=(Kind.CONFLICT,),
                conflicts=("lead.cannot_convert", *JOINING_REFUSALS[:3]),
                example=CONVERSION_EXAMPLE,
            )
        },
    )
    async def convert(
        self, request: HttpRequest, verbs: UseVerbs, id: FromPath[str]
    ) -> ASGIResponse:
        """Convert."""
        actor = actor_of(request)
        lead_id = LeadId(identifier(id))
        body = await read_body(request, ConversionBody, required=False)
        stated = StatedConversion(**body.given())
        made = await verbs.convert_lead(actor=actor, lead_id=lead_id, stated=stated)
        return answer(request, conversion_view(made, actor))
