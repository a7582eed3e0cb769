"""Ending and undoing documents: cancel, close, reopen, and the cancellation document of a posted one."""

from typing import TYPE_CHECKING

from sandbox.sap_business_one import fulfilment
from sandbox.sap_business_one.document_kinds import DRAFTS, INVOICES, DocumentKind
from sandbox.sap_business_one.errors import document_rule, not_supported
from sandbox.sap_business_one.wire import Row, day, second

if TYPE_CHECKING:
    from sandbox.sap_business_one.company import Company


def cancel(company: "Company", kind: DocumentKind, document: Row) -> None:
    """Cancel an open order or quotation that nothing was drawn from."""
    if kind.posted or kind is DRAFTS or document["DocumentStatus"] != "bost_Open":
        raise not_supported()
    if fulfilment.has_targets(document):
        raise document_rule("Document has target documents and cannot be cancelled", kind.table)
    fulfilment.draw_from_bases(company, document, sign=-1)
    fulfilment.close(document)
    document.update(CancelStatus="csYes", Cancelled="tYES", CancelDate=day(company.now()))


def close(company: "Company", kind: DocumentKind, document: Row) -> None:
    """Close what is still open of a document; an invoice closes only by payment."""
    if document["DocumentStatus"] != "bost_Open" or kind is INVOICES:
        raise not_supported()
    fulfilment.close(document)
    document["ClosingDate"] = day(company.now())


def reopen(_: "Company", __: DocumentKind, document: Row) -> None:
    """Open a document again that was closed by hand."""
    closed_by_hand = document.get("ClosingDate") is not None and document["CancelStatus"] == "csNo"
    if document["DocumentStatus"] == "bost_Open" or not closed_by_hand:
        raise not_supported()
    document["ClosingDate"] = None
    for line in document["DocumentLines"]:
        line["LineStatus"] = "bost_Open" if line["RemainingOpenQuantity"] else "bost_Close"
    fulfilment.set_state(document)


ACTIONS = {"Cancel": cancel, "Close": close, "Reopen": reopen}


def undo_posting(company: "Company", kind: DocumentKind, document: Row) -> tuple[Row, Row]:
    """Take back a posted document's stock and base quantities.

    Returns the document as cancelled, and the opposite document without its key and number.
    """
    if not kind.posted or document["CancelStatus"] != "csNo" or fulfilment.has_targets(document):
        raise not_supported()
    fulfilment.move_stock(company, kind, document, sign=-1)
    fulfilment.draw_from_bases(company, document, sign=-1)
    cancelled = {**document, "DocumentLines": [dict(line) for line in document["DocumentLines"]]}
    fulfilment.close(cancelled)
    cancelled.update(CancelStatus="csYes", Cancelled="tYES")
    back = {"BaseType": kind.number, "BaseEntry": document["DocEntry"]}
    lines = [{**line, **back, "BaseLine": line["LineNum"]} for line in cancelled["DocumentLines"]]
    now = company.now()
    dates = {"CreationDate": day(now), "UpdateDate": day(now), "UpdateTime": second(now)}
    return cancelled, {**cancelled, **dates, "CancelStatus": "csCancellation", "DocumentLines": lines}
