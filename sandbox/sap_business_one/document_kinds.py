"""The kinds of document the sandbox serves, with the vendor's object numbers and table names."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DocumentKind:
    """One kind of document. `moves_stock` is -1 where goods leave, 1 where they come back, else 0."""

    name: str
    object_name: str
    number: int
    table: str
    lines: str
    fact: str
    series: int
    first_number: int
    moves_stock: int = 0
    follows: frozenset[int] = frozenset()
    """Object numbers of the documents it may be based on."""

    @property
    def posted(self) -> bool:
        """Whether it is an accounting or stock document, cancelled only by a cancellation document."""
        return self.moves_stock != 0


QUOTATIONS = DocumentKind("Quotations", "oQuotations", 23, "OQUT", "QUT1", "quotation", 7, 301)
ORDERS = DocumentKind(
    "Orders", "oOrders", 17, "ORDR", "RDR1", "order", 8, 2101, follows=frozenset({QUOTATIONS.number})
)
DELIVERIES = DocumentKind(
    "DeliveryNotes", "oDeliveryNotes", 15, "ODLN", "DLN1", "delivery", 9, 451, -1, frozenset({17, 23})
)
RETURN_REQUESTS = DocumentKind(
    "ReturnRequest",
    "oReturnRequest",
    234000031,
    "ORRR",
    "RRR1",
    "return_request",
    12,
    31,
    0,
    frozenset({13, 15}),
)
RETURNS = DocumentKind(
    "Returns", "oReturns", 16, "ORDN", "RDN1", "return", 10, 71, 1, frozenset({15, RETURN_REQUESTS.number})
)
INVOICES = DocumentKind(
    "Invoices", "oInvoices", 13, "OINV", "INV1", "invoice", 4, 901, -1, frozenset({15, 17, 23})
)
CREDIT_NOTES = DocumentKind(
    "CreditNotes",
    "oCreditNotes",
    14,
    "ORIN",
    "RIN1",
    "credit_note",
    5,
    81,
    1,
    frozenset({13, 16, RETURN_REQUESTS.number}),
)
PURCHASE_REQUESTS = DocumentKind(
    "PurchaseRequests", "oPurchaseRequest", 1470000113, "OPRQ", "PRQ1", "purchase_request", 11, 21
)
DRAFTS = DocumentKind("Drafts", "oDrafts", 112, "ODRF", "DRF1", "draft", 0, 1)

SALES_KINDS = (QUOTATIONS, ORDERS, DELIVERIES, RETURN_REQUESTS, RETURNS, INVOICES, CREDIT_NOTES)
BY_NUMBER = {kind.number: kind for kind in (*SALES_KINDS, PURCHASE_REQUESTS, DRAFTS)}
BY_OBJECT = {kind.object_name: kind for kind in BY_NUMBER.values()}
