"""Documents as PDF files."""

from typing import TYPE_CHECKING

from sandbox.pdf import pdf_of
from sandbox.sap_business_one.document_kinds import DocumentKind
from sandbox.sap_business_one.wire import Row

if TYPE_CHECKING:
    from sandbox.sap_business_one.company import Company

_TITLES = {
    15: "Delivery note",
    13: "Invoice",
    14: "Credit note",
    16: "Return",
    17: "Sales order",
    234000031: "Return request",
}


def printed(company: "Company", kind: DocumentKind, document: Row) -> bytes:
    """Return a document as a PDF file, the same bytes for the same document."""
    return pdf_of(_text(company, kind, document))


def _text(company: "Company", kind: DocumentKind, document: Row) -> list[str]:
    currency = document["DocCurrency"]
    total = document["DocTotal"] if currency == company.settings.local_currency else document["DocTotalFc"]
    head = [
        company.settings.company_db,
        f"{_TITLES.get(kind.number, kind.name)} {document['DocNum']}",
        f"Date {document['DocDate'].isoformat()}",
        f"Customer {document['CardCode']} {document.get('CardName') or ''}",
        f"Your order {document.get('NumAtCard') or ''}",
        *(document.get("Address2") or "").splitlines(),
        "",
    ]
    lines = [
        f"{line['Quantity']:f} x {line['ItemCode']}  {line.get('ItemDescription') or ''}"
        for line in document["DocumentLines"]
    ]
    return [*head, *lines, "", f"Total {total:f} {currency}"]
