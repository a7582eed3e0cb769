"""Sales orders in the ERP: reserve the key, look it up, create, bind, read back, compare."""

from datetime import UTC, datetime, timedelta
from typing import NoReturn

from temporalio import activity

from activities.systems import Systems
from adapters.ports import ErpPort
from domain.errors import InDoubt, NotFound, TotalsDiffer, WaybillError
from domain.model import Frozen
from domain.order import Order
from domain.policy import DocumentKind, Pair
from domain.posting import (
    Cancellation,
    Difference,
    ErpDocument,
    ErpState,
    Reservation,
    SalesDocument,
    differences,
    posting_key,
    sales_document,
)
from domain.totals import Pricing, nearest_pricing, pricings
from records.postings import PostingKey, Postings

_MOST_PREVIEWS = 4
_LEASE_MARGIN = timedelta(seconds=5)


class PostRequest(Frozen):
    """An order to post for an ERP customer; `revision` counts the documents of the same order.

    `only_look` finds out whether an earlier attempt landed, and creates nothing.
    """

    order: Order
    pair: Pair
    customer_code: str
    revision: int = 1
    only_look: bool = False

    @property
    def key(self) -> PostingKey:
        """The key under which the document exists at most once."""
        order, pair = self.order, self.pair
        key = posting_key(order.connection, order.store_id, pair.document, self.revision)
        return PostingKey(key=key, erp=pair.erp, store=order.connection, order_id=order.store_id)


class Posted(Frozen):
    """The ERP's document, in what it differs from what was asked, and how it was priced."""

    document: ErpDocument
    differences: tuple[Difference, ...] = ()
    method: str = ""


class DocumentRequest(Frozen):
    """A document of an ERP."""

    erp: str
    kind: DocumentKind
    entry: str


class Posting:
    """Sales orders in the ERP, each once."""

    def __init__(self, systems: Systems, postings: Postings) -> None:
        self._systems, self._postings = systems, postings

    @activity.defn
    async def post_sales_order(self, request: PostRequest) -> Posted:
        """Post the order and return the ERP's document.

        Safe to run twice: the key is reserved first and looked up in the ERP before every create, and a
        second create waits until the first can no longer land unseen.
        Raises `InDoubt` when the ERP may or may not have written, `Refused` when it said no,
        `TotalsDiffer` when no way of rounding reproduces the store's total, `NotFound` when it should only
        look and there is nothing.
        """
        erp, key = self._systems.erp(request.pair.erp), request.key
        known = await self._postings.reserve(key, datetime.now(UTC))
        found = known.document or await erp.find_document(key.key, request.pair.document)
        if found is None and request.only_look:
            await self._settle_unposted(request, known)
        if found is None:
            asked = await self._priced(erp, request)
            created = await self._create(erp, request, asked)
            read = await self._bind_and_read(erp, key, created, request)
            method = asked.pricing.method
        else:
            read, method = await self._bind_and_read(erp, key, found, request), "found in the ERP"
            asked = self._as_asked(erp, request)
        return Posted(document=read, differences=differences(asked, request.order.total, read), method=method)

    @activity.defn
    async def cancel_document(self, request: DocumentRequest) -> Cancellation:
        """Cancel or close the document, as its state allows. Safe to run twice: the state is read first."""
        return await self._systems.erp(request.erp).cancel_document(request.kind, request.entry)

    async def _settle_unposted(self, request: PostRequest, known: Reservation) -> NoReturn:
        now = datetime.now(UTC)
        if not known.may_send(now, request.pair.settle):
            raise InDoubt("an earlier attempt to post may still land", connection=request.pair.erp)
        await self._postings.note_refusal(known.key, now)
        raise NotFound("the ERP does not have the order, and it was not posted again")

    async def _bind_and_read(
        self, erp: ErpPort, key: PostingKey, document: ErpDocument, request: PostRequest
    ) -> ErpDocument:
        # A draft that waits for the ERP's own approval is not the document: its key stays unbound.
        if document.state is ErpState.DRAFT_PENDING and request.pair.document is not DocumentKind.DRAFT:
            return document
        await self._postings.bind(key, document, datetime.now(UTC))
        return await erp.read_document(document.kind, document.entry)

    async def _priced(self, erp: ErpPort, request: PostRequest) -> SalesDocument:
        total = request.order.total.rounded()
        calculated: list[str] = []
        for pricing in pricings(request.order, erp.arithmetic, request.pair.tolerance)[:_MOST_PREVIEWS]:
            document = _document(request, pricing)
            preview = await erp.preview(document)
            if preview.total.rounded() == total:
                return document
            calculated.append(str(preview.total))
        raise TotalsDiffer(f"the store's total is {total}, the ERP calculates {', '.join(calculated)}")

    async def _create(self, erp: ErpPort, request: PostRequest, document: SalesDocument) -> ErpDocument:
        key, lease = request.key.key, erp.write_timeout + _LEASE_MARGIN
        open_one = await self._postings.open_sending(key, datetime.now(UTC), lease, request.pair.settle)
        if open_one and open_one.document:
            return open_one.document
        if open_one:
            raise InDoubt("an earlier attempt to post may still land", connection=request.pair.erp)
        try:
            return await erp.create_document(document)
        except InDoubt:
            await self._postings.note_lost_answer(key, datetime.now(UTC))
            raise
        except WaybillError:
            await self._postings.note_refusal(key, datetime.now(UTC))
            raise

    def _as_asked(self, erp: ErpPort, request: PostRequest) -> SalesDocument:
        return _document(request, nearest_pricing(request.order, erp.arithmetic))


def _document(request: PostRequest, pricing: Pricing) -> SalesDocument:
    return sales_document(
        request.order,
        request.pair,
        key=request.key.key,
        customer_code=request.customer_code,
        pricing=pricing,
        today=datetime.now(UTC).date(),
    )
