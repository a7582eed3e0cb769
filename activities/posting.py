"""Sales orders in the ERP: reserve the key, look it up, create, bind, read back, compare."""

import re
from datetime import UTC, datetime

from temporalio import activity

from activities.mappings import Mappings, refuse_lacking
from activities.once import Once
from activities.systems import Systems
from adapters.ports import ErpPort
from domain.errors import FixData, InDoubt, TotalsDiffer
from domain.mapping.apply import Mapped
from domain.mapping.document import with_mapping
from domain.mapping.lines import LinePart, parts_of
from domain.model import Frozen
from domain.order import Order
from domain.policy import DocumentKind
from domain.posting import (
    Attempt,
    Cancellation,
    Difference,
    ErpDocument,
    ErpState,
    Reservation,
    SalesDocument,
    differences,
    sales_document,
)
from domain.totals import Pricing, nearest_pricing, pricings
from records.postings import Made, PostingKey, Postings

_MOST_PREVIEWS = 4
FOUND = "found in the ERP"
"""How a document was priced that an earlier attempt made."""


class PostRequest(Frozen):
    """An attempt to post; `only_look` finds out whether it landed, and creates nothing."""

    attempt: Attempt
    only_look: bool = False


class Posted(Frozen):
    """The ERP's document, in what it differs from what was asked, and how it was priced.

    `parts` are what lines were written as, where the mapping says otherwise than the store.

    No document: it is certain that there is none under the key, and none under way.
    """

    document: ErpDocument | None = None
    differences: tuple[Difference, ...] = ()
    method: str = ""
    parts: tuple[LinePart, ...] = ()


class DocumentRequest(Frozen):
    """A document of an ERP."""

    erp: str
    kind: DocumentKind
    entry: str


class Posting:
    """Sales orders in the ERP, each once."""

    def __init__(self, systems: Systems, postings: Postings, mappings: Mappings) -> None:
        self._systems, self._postings, self._once = systems, postings, Once(postings)
        self._mappings = mappings

    @activity.defn
    async def post_sales_order(self, request: PostRequest) -> Posted:
        """Post the order and return the ERP's document.

        Safe to run twice: the key is reserved first and looked up in the ERP before every create, and a
        second create waits until the first can no longer land unseen.
        Raises `InDoubt` when the ERP may or may not have written. `FixData` (a refusal, or `TotalsDiffer`)
        is raised only when it is certain that nothing was written and nothing is under way.
        """
        attempt = request.attempt
        erp, key = self._systems.erp(attempt.pair.erp), posting_key_of(attempt)
        mapped = await self._mapped(attempt)
        parts = parts_of(attempt.order, mapped.order)
        known = await self._once.take_turn(key)
        found = await self._found(erp, attempt, known)
        if found:
            read = await self._bind_and_read(erp, attempt, found)
            return Posted(
                document=read, differences=_differences(erp, attempt, mapped, read), method=FOUND, parts=parts
            )
        self._once.check_settled(known, attempt.pair.erp, attempt.pair.settle)
        if request.only_look:
            await self._postings.note_refusal(key.key, known.sent_at, datetime.now(UTC))
            return Posted()
        asked, created = await self._create(erp, attempt, mapped, known)
        read = await self._bind_and_read(erp, attempt, created)
        found_differences = differences(asked, attempt.order.total, read)
        return Posted(document=read, differences=found_differences, method=asked.pricing.method, parts=parts)

    @activity.defn
    async def cancel_document(self, request: DocumentRequest) -> Cancellation:
        """Cancel or close the document, as its state allows. Safe to run twice: the state is read first."""
        return await self._systems.erp(request.erp).cancel_document(request.kind, request.entry)

    async def _found(self, erp: ErpPort, attempt: Attempt, known: Reservation) -> ErpDocument | None:
        if known.bound:
            return ErpDocument.model_validate(known.bound)
        return await erp.find_document(attempt.key, attempt.pair.document)

    async def _bind_and_read(self, erp: ErpPort, attempt: Attempt, document: ErpDocument) -> ErpDocument:
        # A draft that waits for the ERP's own approval is not the document: its key stays unbound.
        if document.state is ErpState.DRAFT_PENDING and attempt.pair.document is not DocumentKind.DRAFT:
            return document
        await self._postings.bind(posting_key_of(attempt), Made.of(document), datetime.now(UTC))
        try:
            return await erp.read_document(document.kind, document.entry)
        except FixData as problem:
            # It exists: we have its id. That it cannot be read yet says nothing about the order.
            raise InDoubt(
                "the document cannot be read yet", quote=problem.problem.quote, connection=attempt.pair.erp
            ) from None

    async def _mapped(self, attempt: Attempt) -> Mapped:
        mapping = await self._mappings.of(attempt.mapping_version, attempt.pair.name)
        return mapping.of_order(attempt.order, frozenset(attempt.unknown_skus))

    async def _create(
        self, erp: ErpPort, attempt: Attempt, mapped: Mapped, known: Reservation
    ) -> tuple[SalesDocument, ErpDocument]:
        try:
            asked = await self._priced(erp, attempt, mapped)
            created = await self._once.send(
                posting_key_of(attempt),
                known,
                lambda: erp.create_document(asked),
                write_timeout=erp.write_timeout,
                settle=attempt.pair.settle,
            )
        except FixData as refused:
            _name_the_stores_line(refused, mapped.order)
            raise
        return asked, created

    async def _priced(self, erp: ErpPort, attempt: Attempt, mapped: Mapped) -> SalesDocument:
        refuse_lacking(mapped)
        order, total = mapped.order, attempt.order.total.rounded()
        calculated: list[str] = []
        for pricing in pricings(order, erp.arithmetic, attempt.pair.tolerance)[:_MOST_PREVIEWS]:
            document = _document(attempt, mapped, pricing)
            preview = await erp.preview(document)
            if preview.total.rounded() == total:
                return document
            calculated.append(str(preview.total))
        raise TotalsDiffer(f"the store's total is {total}, the ERP calculates {', '.join(calculated)}")


def posting_key_of(attempt: Attempt) -> PostingKey:
    """Return the row of our books that an attempt belongs to."""
    order = attempt.order
    return PostingKey(key=attempt.key, erp=attempt.pair.erp, store=order.connection, order_id=order.store_id)


def _name_the_stores_line(refused: FixData, written: Order) -> None:
    """Let a refusal of the document's n-th line name the line of the store's order it was written for."""
    found = re.fullmatch(r"line\.(\d{1,4})\.(\w+)", refused.problem.field)
    if found and 0 < int(found[1]) <= len(written.lines):
        position = written.lines[int(found[1]) - 1].position or int(found[1])
        field = f"line.{position}.{found[2]}"
        refused.problem = refused.problem.model_copy(update={"field": field})


def _differences(erp: ErpPort, attempt: Attempt, mapped: Mapped, read: ErpDocument) -> tuple[Difference, ...]:
    """Compare with the nearest of the ways in which the document may have been written then."""
    order = mapped.order
    try:
        ways = pricings(order, erp.arithmetic, attempt.pair.tolerance)
    except TotalsDiffer:
        ways = (nearest_pricing(order, erp.arithmetic),)
    compared = [differences(_document(attempt, mapped, way), order.total, read) for way in ways]
    return min(compared, key=len)


def _document(attempt: Attempt, mapped: Mapped, pricing: Pricing) -> SalesDocument:
    document = sales_document(
        mapped.order,
        attempt.pair,
        key=attempt.key,
        customer_code=attempt.customer_code,
        pricing=pricing,
        today=datetime.now(UTC).date(),
    )
    return with_mapping(document, mapped, attempt.choices)
