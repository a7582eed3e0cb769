"""A sales document in the Service Layer's words, and its documents in ours. Pure."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from adapters.erps.sap_business_one.codes import Codes
from adapters.erps.sap_business_one.models import CLOSED, YES, Calculated, Document
from adapters.erps.sap_business_one.settings import SapBusinessOneSettings
from domain.mapping.lines import TextLine
from domain.mapping.values import FieldValue, OwnField
from domain.money import Money
from domain.order import Address, Basis, Charge
from domain.policy import DocumentKind
from domain.posting import ErpDocument, ErpLine, ErpState, ErpTotals, LineDetails, SalesDocument
from domain.totals import Adjustment, PricedLine

ENTITIES = {
    DocumentKind.ORDER: "Orders",
    DocumentKind.QUOTATION: "Quotations",
    DocumentKind.DRAFT: "Drafts",
}
OBJECT_NUMBERS = {DocumentKind.ORDER: "17", DocumentKind.QUOTATION: "23", DocumentKind.DRAFT: "17"}
"""What a document is, or what a draft becomes, as the vendor numbers it."""
_CANCELLED = frozenset({"csYes", "csCancellation"})


def document_body(document: SalesDocument, settings: SapBusinessOneSettings, codes: Codes) -> dict[str, Any]:
    """Return the document as it is posted.

    Each line gets one price only: with several the engine recomputes the others (KBA 3697554).
    """
    pricing = document.pricing
    lines = [_line(line, document, settings, codes) for line in pricing.lines]
    lines += [_extra_line(extra, document.warehouse, settings, codes) for extra in pricing.adjustments]
    body: dict[str, Any] = {
        **own_fields(document.fields),
        "CardCode": document.customer_code,
        "DocDate": document.ordered_on,
        "TaxDate": document.ordered_on,
        "DocDueDate": max(document.deliver_on, document.ordered_on),
        "DocCurrency": codes.currency(document.currency),
        "NumAtCard": document.order_number[:100],
        settings.order_column: document.key,
        "AddressExtension": {
            **_address("ShipTo", document.delivery, send_state=settings.send_state),
            **_address("BillTo", document.billing, send_state=settings.send_state),
        },
        "DocumentLines": lines,
    }
    if document.kind is DocumentKind.DRAFT:
        body["DocObjectCode"] = OBJECT_NUMBERS[document.kind]
    if pricing.discount_percent:
        body["DiscountPercent"] = pricing.discount_percent
    if document.texts:
        body["DocumentSpecialLines"] = [
            _text_line(number, text) for number, text in enumerate(document.texts)
        ]
    freight = [freight_line(pricing.shipping, settings, codes)] if pricing.shipping.net else []
    freight += [_charge_line(charge, settings, codes) for charge in pricing.charges]
    if freight:
        body["DocumentAdditionalExpenses"] = freight
    return body | _wishes(document, settings, codes)


def _wishes(document: SalesDocument, settings: SapBusinessOneSettings, codes: Codes) -> dict[str, Any]:
    """Return what is only sent where something is known: the company has its own default for the rest."""
    wishes = {
        "Comments": document.comment[:254] or None,
        "TransportationCode": _carrier(document, settings, codes),
        "PaymentMethod": document.payment_method or None,
        "Series": codes.series(document.series) if document.series else None,
        "PaymentGroupCode": codes.terms(document.terms) if document.terms else None,
        "BPL_IDAssignedToInvoice": settings.branch,
        "SalesPersonCode": settings.sales_person,
    }
    return {name: value for name, value in wishes.items() if value is not None}


def _carrier(document: SalesDocument, settings: SapBusinessOneSettings, codes: Codes) -> int | None:
    if document.carrier:
        return codes.carrier(document.carrier)
    return settings.carriers.get(document.pricing.shipping.code)


def own_fields(fields: Mapping[str, OwnField]) -> dict[str, Any]:
    """Return the company's own fields as it takes them: yes and no as its usual letters, days as days."""
    return {name: _own_field(field.value) for name, field in fields.items()}


def _own_field(value: FieldValue) -> object:
    if isinstance(value, bool):
        return "Y" if value else "N"
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value


def _line(
    line: PricedLine, document: SalesDocument, settings: SapBusinessOneSettings, codes: Codes
) -> dict[str, Any]:
    said = document.details.get(line.line_id, LineDetails())
    wishes = {"ItemDescription": said.description[:200], "MeasureUnit": said.unit[:100]}
    warehouse = said.warehouse or document.warehouse
    return {
        **own_fields(said.fields),
        **_priced(line.sku, line.quantity, line.price, line.basis),
        settings.tax_field.value: said.tax_code or codes.tax(line.tax_rate),
        **({"WarehouseCode": warehouse} if warehouse else {}),
        **{name: text for name, text in wishes.items() if text},
        settings.line_column: line.line_id[:50],
    }


def _text_line(number: int, text: TextLine) -> dict[str, Any]:
    """Return a text between the lines; it stands after the line of a number, the first being 0."""
    return {
        "LineNum": number,
        "LineType": "dslt_Text",
        "AfterLineNumber": text.after - 1,
        "LineText": text.text,
    }


def _extra_line(
    extra: Adjustment, warehouse: str, settings: SapBusinessOneSettings, codes: Codes
) -> dict[str, Any]:
    pieces = Decimal(-1) if extra.amount < 0 else Decimal(1)
    priced = _priced(codes.item(extra.kind), pieces, abs(extra.amount), extra.basis)
    named = {"ItemDescription": extra.name[:100]} if extra.name else {}
    return priced | _placed(extra.tax_rate, warehouse, settings, codes) | named


def _priced(sku: str, quantity: Decimal, price: Decimal, basis: Basis) -> dict[str, Any]:
    column = "UnitPrice" if basis is Basis.NET else "PriceAfterVAT"
    return {"ItemCode": sku, "Quantity": quantity, column: price}


def _placed(rate: Decimal, warehouse: str, settings: SapBusinessOneSettings, codes: Codes) -> dict[str, Any]:
    placed = {settings.tax_field.value: codes.tax(rate)}
    return placed | {"WarehouseCode": warehouse} if warehouse else placed


def freight_line(shipping: Charge, settings: SapBusinessOneSettings, codes: Codes) -> dict[str, Any]:
    """Return shipping as a freight line; its amount is net."""
    rate = shipping.tax_rate if shipping.tax_rate is not None else Decimal(0)
    tax = {settings.tax_field.value: settings.shipping_tax or codes.tax(rate)}
    named = {"Remarks": shipping.name[:254]} if shipping.name else {}
    return {"ExpenseCode": codes.expense(), "LineTotal": shipping.net} | tax | named


def _charge_line(charge: Charge, settings: SapBusinessOneSettings, codes: Codes) -> dict[str, Any]:
    """Return a line of the order that posts to the ledger account of a freight code."""
    rate = charge.tax_rate if charge.tax_rate is not None else Decimal(0)
    tax = {settings.tax_field.value: codes.tax(rate)}
    return (
        {"ExpenseCode": codes.charge(charge.code), "LineTotal": charge.net}
        | tax
        | {"Remarks": charge.name[:254]}
    )


def address_parts(address: Address) -> dict[str, str]:
    """Return an address as SAP's fields hold it, cut to their lengths.

    There is no field for a person, a company or a phone: the block takes the company, the building the rest.
    """
    parts = {
        "Street": address.street[:100],
        "Address2": address.street2[:50],
        "Block": address.company[:100],
        "Building": ", ".join(part for part in (address.person, address.phone) if part)[:100],
        "ZipCode": address.postcode[:20],
        "City": address.city[:100],
        "Country": address.country,
    }
    return {name: text for name, text in parts.items() if text}


def _address(side: str, address: Address, *, send_state: bool) -> dict[str, str]:
    parts = {f"{side}{name}": text for name, text in address_parts(address).items()}
    return parts | ({f"{side}State": address.state[:3]} if send_state and address.state else {})


def erp_document(document: Document, kind: DocumentKind, key: str, local: str, codes: Codes) -> ErpDocument:
    """Return a document of theirs as the domain knows it; `local` is the company's own currency."""
    total, tax = _amounts(document, local, codes)
    return ErpDocument(
        kind=kind,
        entry=str(document.DocEntry),
        number=str(document.DocNum) if document.DocNum is not None else "",
        state=_state(document, kind),
        key=key,
        customer_code=document.CardCode or "",
        total=total,
        tax=tax,
        lines=tuple(
            ErpLine(sku=line.ItemCode or "", quantity=line.Quantity, open_quantity=line.RemainingOpenQuantity)
            for line in document.DocumentLines
        ),
    )


def is_cancelled(document: Document) -> bool:
    """Whether a document was cancelled, or cancels another one."""
    return document.CancelStatus in _CANCELLED or document.Cancelled == YES


def is_delivered(document: Document) -> bool:
    """Whether something of it was delivered or drawn into another document."""
    return any(
        line.RemainingOpenQuantity is not None and abs(line.RemainingOpenQuantity) < abs(line.Quantity)
        for line in document.DocumentLines
    )


def _state(document: Document, kind: DocumentKind) -> ErpState:
    if is_cancelled(document):
        return ErpState.CANCELLED
    if kind is DocumentKind.DRAFT:
        waits = document.AuthorizationStatus not in (None, "", "dasWithout")
        return ErpState.DRAFT_PENDING if waits else ErpState.DRAFT
    return ErpState.CLOSED if document.DocumentStatus == CLOSED else ErpState.OPEN


def erp_totals(calculated: Calculated, local: str, codes: Codes) -> ErpTotals:
    """Return what they calculated."""
    total, tax = _amounts(calculated, local, codes)
    return ErpTotals(total=total, tax=tax)


def _amounts(found: Document | Calculated, local: str, codes: Codes) -> tuple[Money, Money | None]:
    """Return total and tax in the document's currency: the plain columns are in the company's own."""
    currency = found.DocCurrency or local
    foreign = currency != local
    total = found.DocTotalFc if foreign and found.DocTotalFc is not None else found.DocTotal
    tax = found.VatSumFc if foreign and found.VatSumFc is not None else found.VatSum
    iso = codes.iso_currency(currency)
    return Money(total, iso).rounded(), None if tax is None else Money(tax, iso).rounded()
