"""The vendor's kinds of sales document: object number, entity, and what may be drawn from what."""

from dataclasses import dataclass

from domain.policy import DocumentKind, PaperKind

Ref = tuple[int, int]
"""A document: its object number and its DocEntry, which counts each kind by itself."""


@dataclass(frozen=True)
class Kind:
    """One kind. `paper` is what we call it where it follows an order."""

    number: int
    entity: str
    word: str
    paper: PaperKind | None = None


QUOTATION = Kind(23, "Quotations", DocumentKind.QUOTATION.value)
ORDER = Kind(17, "Orders", DocumentKind.ORDER.value)
DELIVERY = Kind(15, "DeliveryNotes", "delivery", PaperKind.DELIVERY)
RETURN_REQUEST = Kind(234000031, "ReturnRequest", "return request", PaperKind.RETURN_REQUEST)
RETURN = Kind(16, "Returns", "return", PaperKind.RETURN)
INVOICE = Kind(13, "Invoices", "invoice", PaperKind.INVOICE)
CREDIT_NOTE = Kind(14, "CreditNotes", "credit note", PaperKind.CREDIT_NOTE)

ALL = (QUOTATION, ORDER, DELIVERY, RETURN_REQUEST, RETURN, INVOICE, CREDIT_NOTE)
BY_NUMBER = {kind.number: kind for kind in ALL}
BY_PAPER = {kind.paper: kind for kind in ALL if kind.paper is not None}
PAPERS = tuple(BY_PAPER.values())
FOLLOWERS: dict[int, tuple[Kind, ...]] = {
    QUOTATION.number: (ORDER, DELIVERY, INVOICE),
    ORDER.number: (DELIVERY, INVOICE),
    DELIVERY.number: (INVOICE, RETURN, RETURN_REQUEST),
    # A reserve invoice is delivered afterwards.
    INVOICE.number: (CREDIT_NOTE, RETURN_REQUEST, DELIVERY),
    RETURN_REQUEST.number: (RETURN, CREDIT_NOTE),
    RETURN.number: (CREDIT_NOTE,),
    CREDIT_NOTE.number: (),
}
"""What may be drawn from a document of this number."""


def id_of(ref: Ref) -> str:
    """Return how the domain names a document: `delivery:4`."""
    kind = BY_NUMBER.get(ref[0])
    if kind is None:
        return f"{ref[0]}:{ref[1]}"
    return f"{kind.paper.value if kind.paper else kind.word}:{ref[1]}"
