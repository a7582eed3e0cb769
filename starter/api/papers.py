"""What surrounds an order: notices, webhooks, documents, and what it is called on the other side."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from domain.model import Frozen
from records.cross_references import CrossReference
from records.notices import NoticeState
from starter.api.access import Reader
from starter.api.inputs import KnownOrder
from starter.api.problems import refusals
from starter.api.services import Given

router = APIRouter(tags=["orders"])


class NoticeShown(Frozen):
    """Who was told what, by event and channel, and what became of it."""

    event: str
    about: str
    channel: str
    state: NoticeState
    answer: str
    updated_at: datetime


class DeliveryShown(Frozen):
    """An outgoing webhook and how its attempts went."""

    id: str
    endpoint: str
    event: str
    attempts: int
    last_status: int
    last_error: str
    delivered: bool
    at: datetime


class DocumentShown(Frozen):
    """A kept file of an order."""

    paper: str
    name: str
    media_type: str
    size: int
    version: int
    sha256: str
    url: str = Field(description="Where anybody who has it may read the document for a while.")


@router.get("/orders/{connection}/{order_id}/notices", responses=refusals(404))
async def list_notices(_: Reader, view: KnownOrder, given: Given) -> tuple[NoticeShown, ...]:
    """List an order's notices."""
    found = await given.waybill.notices.of_order(view.connection, view.store_order_id)
    return tuple(NoticeShown.model_validate(notice.model_dump()) for notice in found)


@router.get("/orders/{connection}/{order_id}/deliveries", responses=refusals(404))
async def list_deliveries(_: Reader, view: KnownOrder, given: Given) -> tuple[DeliveryShown, ...]:
    """List the webhooks that were posted to others because of an order."""
    found = await given.waybill.deliveries.of_order(view.connection, view.store_order_id)
    return tuple(DeliveryShown.model_validate(delivery.model_dump()) for delivery in found)


@router.get("/orders/{connection}/{order_id}/documents", responses=refusals(404))
async def list_documents(_: Reader, view: KnownOrder, given: Given) -> tuple[DocumentShown, ...]:
    """List the latest version of each kept document of an order, with a link to read it."""
    found = await given.waybill.documents.of_order(view.connection, view.store_order_id)
    links = given.waybill.document_links
    return tuple(
        DocumentShown(paper=paper, url=links.url(kept), **kept.model_dump()) for paper, kept in found
    )


@router.get("/cross-references", responses=refusals(), tags=["cross-references"])
async def find_cross_references(
    _: Reader,
    wanted: Annotated[
        str,
        Query(
            min_length=1, max_length=160, description="shop:1042, an ERP number, a DocEntry, a customer code."
        ),
    ],
    given: Given,
) -> tuple[CrossReference, ...]:
    """Find what belongs together on both sides."""
    return await given.waybill.references.find(wanted)
