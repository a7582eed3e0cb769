"""The header of a document: what was sent, completed from the customer, the base document and the company."""

from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.sap_business_one import document_checks as check
from sandbox.sap_business_one.addresses import document_addresses
from sandbox.sap_business_one.document_kinds import BY_NUMBER, ORDERS, PURCHASE_REQUESTS, DocumentKind
from sandbox.sap_business_one.errors import document_rule, no_such_reference, rule
from sandbox.sap_business_one.pricing import Terms
from sandbox.sap_business_one.wire import Row, day, second

if TYPE_CHECKING:
    from sandbox.sap_business_one.company import Company

COLLECTIONS = ("DocumentLines", "DocumentAdditionalExpenses", "AddressExtension")
_HEADER_FROM_BASE = ("NumAtCard", "DocCurrency", "DiscountPercent", "Comments", "ShipToCode", "PayToCode")


def with_base_header(company: "Company", given: Row) -> Row:
    """Return what was sent, with the customer and the user fields of the base document where missing."""
    for line in given.get("DocumentLines") or ():
        kind = BY_NUMBER.get(line.get("BaseType", -1))
        base = company.documents(kind).table.get(line.get("BaseEntry")) if kind else None
        if base is not None:
            names = [name for name in base if name in _HEADER_FROM_BASE or name.startswith("U_")]
            return {**{name: base[name] for name in names}, "CardCode": base["CardCode"], **given}
    return given


def draw_up_header(company: "Company", kind: DocumentKind, given: Row, partner: Row | None) -> Row:
    """Return a new document without lines: defaults, then the customer's, then what was sent."""
    document = _blank(company, kind)
    if partner is not None:
        document |= _from_partner(kind, partner)
    for name, value in given.items():
        if name not in COLLECTIONS and (value is not None or document.get(name) is None):
            document[name] = value
    document["DocObjectCode"] = kind.object_name
    if "TaxDate" not in given:
        document["TaxDate"] = document["DocDate"]
    if kind is PURCHASE_REQUESTS:
        document["DocDueDate"] = document.get("RequriedDate")
    document["AddressExtension"] = document_addresses(document, given.get("AddressExtension"), partner)
    _set_currency(company, kind, document, partner)
    return document


def terms_of(company: "Company", document: Row) -> Terms:
    """Return what holds for pricing every line of a document."""
    settings = company.settings
    currency = document["DocCurrency"]
    return Terms(
        currency=currency,
        rate=document["DocRate"],
        foreign=currency != settings.local_currency,
        decimals=settings.decimals_of(currency),
        local_decimals=settings.decimals_of(settings.local_currency),
        price_decimals=settings.price_decimals,
        discount=document.get("DiscountPercent") or Decimal(0),
        tax_on_total=settings.tax_on_total,
    )


def check_header(company: "Company", kind: DocumentKind, document: Row, partner: Row | None) -> None:
    """Check dates, codes, number range and discount of a document."""
    check.dates(company, kind, document)
    check.references(company, kind, document, partner)
    company.series.check(document["Series"], kind.number)
    if document.get("DiscountPercent") and document["DiscountPercent"] >= 100:
        raise document_rule(
            "10001058 - Enter a discount percentage of less than 100", f"{kind.table}.DiscPrcnt"
        )
    if kind is PURCHASE_REQUESTS:
        _check_requester(company, document)


def _blank(company: "Company", kind: DocumentKind) -> Row:
    now = company.now()
    today = day(now)
    return {
        "DocType": "dDocument_Items",
        "DocDate": today,
        "DocDueDate": None if kind is ORDERS else today,
        "DocTime": second(now).replace(second=0),
        "DocCurrency": None,
        "DocRate": None,
        "DiscountPercent": Decimal(0),
        "PaymentGroupCode": -1,
        "TransportationCode": -1,
        "Series": kind.series,
        "DocumentStatus": "bost_Open",
        "CancelStatus": "csNo",
        "Cancelled": "tNO",
        "AuthorizationStatus": "dasWithout",
        "CreationDate": today,
        "UpdateDate": today,
        "UpdateTime": second(now),
    }


def _from_partner(kind: DocumentKind, partner: Row) -> Row:
    return {
        "CardCode": partner["CardCode"],
        "CardName": partner.get("CardName"),
        "FederalTaxID": partner.get("FederalTaxID"),
        "PaymentGroupCode": partner.get("PayTermsGrpCode", -1),
        "TransportationCode": partner.get("ShippingType") or -1,
        "ShipToCode": partner.get("ShipToDefault"),
        "PayToCode": partner.get("BilltoDefault"),
        "JournalMemo": f"{kind.name} - {partner['CardCode']}",
    }


def _set_currency(company: "Company", kind: DocumentKind, document: Row, partner: Row | None) -> None:
    usual = partner.get("Currency") if partner else None
    local = company.settings.local_currency
    currency = document["DocCurrency"] or (usual if usual not in (None, "##") else local)
    document["DocCurrency"] = currency
    if currency == local:
        document["DocRate"] = Decimal(1)
    elif company.set_of("Currencies").table.get(currency) is None:
        raise no_such_reference()
    elif not document["DocRate"]:
        document["DocRate"] = company.rates.on(currency, document["DocDate"], f"{kind.table}.DocRate")


def _check_requester(company: "Company", document: Row) -> None:
    if document.get("RequriedDate") is None:
        raise rule("Enter required date", "OPRQ.ReqDate")
    document.setdefault("ReqType", 12)
    requester = document.setdefault("Requester", "manager")
    if document["ReqType"] == 12 and company.set_of("Users").table.get(requester) is None:
        raise no_such_reference()
