"""Documents as PDF files: small, but real ones."""

import io
from typing import TYPE_CHECKING

import pydyf

from sandbox.sap_business_one.document_kinds import DocumentKind
from sandbox.sap_business_one.wire import Row

if TYPE_CHECKING:
    from sandbox.sap_business_one.company import Company

_WIDTH, _HEIGHT, _MARGIN, _LEADING = 595, 842, 50, 16
_LINES_ON_A_PAGE = 44
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
    lines = _text(company, kind, document)
    pages = [lines[at : at + _LINES_ON_A_PAGE] for at in range(0, len(lines), _LINES_ON_A_PAGE)]
    pdf = pydyf.PDF()
    font = pydyf.Dictionary(
        {"Type": "/Font", "Subtype": "/Type1", "BaseFont": "/Helvetica", "Encoding": "/WinAnsiEncoding"}
    )
    pdf.add_object(font)
    for page in pages:
        _add_page(pdf, font, page)
    file = io.BytesIO()
    pdf.write(file)
    return file.getvalue()


def _add_page(pdf: pydyf.PDF, font: pydyf.Dictionary, lines: list[str]) -> None:
    stream = pydyf.Stream()
    for number, line in enumerate(lines):
        stream.begin_text()
        stream.set_font_size("F1", 10)
        stream.set_text_matrix(1, 0, 0, 1, _MARGIN, _HEIGHT - _MARGIN - number * _LEADING)
        stream.stream.append(_shown(line))
        stream.end_text()
    pdf.add_object(stream)
    page = pydyf.Dictionary(
        {
            "Type": "/Page",
            "Parent": pdf.pages.reference,
            "MediaBox": pydyf.Array([0, 0, _WIDTH, _HEIGHT]),
            "Contents": stream.reference,
            "Resources": pydyf.Dictionary({"Font": pydyf.Dictionary({"F1": font.reference})}),
        }
    )
    pdf.add_page(page)


def _shown(text: str) -> bytes:
    """Return the operator that shows a text in the font's own encoding, which is not Unicode."""
    plain = text.encode("cp1252", "replace")
    for sign in (b"\\", b"(", b")"):
        plain = plain.replace(sign, b"\\" + sign)
    return b"(" + plain + b") Tj"


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
