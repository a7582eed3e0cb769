"""What the document engine refuses: rules over partners, items, dates and the codes a document names."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.sap_business_one.document_kinds import DELIVERIES, ORDERS, DocumentKind
from sandbox.sap_business_one.errors import document_rule, no_such_reference, rule
from sandbox.sap_business_one.wire import Row

if TYPE_CHECKING:
    from sandbox.sap_business_one.company import Company


def customer(company: "Company", kind: DocumentKind, code: str | None) -> Row:
    """Return the active customer a document is for."""
    if not code:
        raise rule("Enter business partner code", f"{kind.table}.CardCode")
    partner = company.partners.table.get(code)
    if partner is None:
        raise no_such_reference()
    if partner["CardType"] != "cCustomer":
        raise rule(f"Business partner '{code}' is not a customer", f"{kind.table}.CardCode")
    if partner["Frozen"] == "tYES" or partner["Valid"] == "tNO":
        raise rule(f"10001071 - Customer '{code}' is inactive", f"{kind.table}.CardCode")
    return partner


def item(company: "Company", kind: DocumentKind, code: str | None, number: int) -> Row:
    """Return the active item of a line."""
    if not code:
        raise rule("Enter item code", f"{kind.lines}.ItemCode", number)
    found = company.items.table.get(code)
    if found is None:
        raise no_such_reference()
    if found["Frozen"] == "tYES" or found["Valid"] == "tNO":
        raise rule(f"10001069 - Item '{code}' is inactive", f"{kind.lines}.ItemCode", number)
    return found


def dates(company: "Company", kind: DocumentKind, document: Row) -> None:
    """Check the posting date's period and, where goods are promised, the delivery date."""
    posting: date = document["DocDate"]
    if kind.number in (ORDERS.number, DELIVERIES.number) and document["DocDueDate"] is None:
        raise rule("Enter valid date", f"{kind.table}.DocDueDate")
    closed = company.closed_before
    if (closed is not None and posting < closed) or company.struck("closed_period"):
        raise document_rule(
            "1250000073 - Posting date is in a closed or locked period; change the date",
            f"{kind.table}.DocDate",
        )


def references(company: "Company", kind: DocumentKind, document: Row, partner: Row | None) -> None:
    """Check that the codes in the header exist."""
    terms, shipping = document["PaymentGroupCode"], document["TransportationCode"]
    if company.set_of("PaymentTermsTypes").table.get(terms) is None:
        raise no_such_reference()
    if shipping not in (None, -1) and company.set_of("ShippingTypes").table.get(shipping) is None:
        raise no_such_reference()
    for side in ("ShipTo", "BillTo"):
        extension = document["AddressExtension"]
        place(company, extension.get(f"{side}Country"), extension.get(f"{side}State"))
    method = document.get("PaymentMethod")
    if method and partner is not None:
        allowed = {each.get("PaymentMethodCode") for each in partner.get("BPPaymentMethods") or ()}
        if method not in allowed:
            raise rule(f"Payment method '{method}' is not the business partner's", f"{kind.table}.PeyMethod")


def place(company: "Company", country: str | None, state: str | None) -> None:
    """Check that a country exists, and a state within it."""
    if country and company.set_of("Countries").table.get(country) is None:
        raise no_such_reference()
    if state and company.set_of("States").table.get((state, country or company.country)) is None:
        raise no_such_reference()


def special_lines(kind: DocumentKind, document: Row, count: int) -> None:
    """Check that texts and subtotals stand after lines that there are; -1 is before the first."""
    for special in document.get("DocumentSpecialLines") or ():
        if not -1 <= (special.get("AfterLineNumber") or 0) < count:
            raise rule("Enter a valid line number", f"{kind.lines}.AfterLine")


def quantity(kind: DocumentKind, stocked: bool, amount: Decimal, number: int) -> None:
    """Check a line's quantity: never zero, and below zero only where no stock moves."""
    if amount == 0:
        raise document_rule("Enter a quantity other than zero", f"{kind.lines}.Quantity", number)
    if amount < 0 and stocked:
        raise document_rule(
            "Negative quantity is not allowed for inventory items", f"{kind.lines}.Quantity", number
        )


def tax_rate(company: "Company", kind: DocumentKind, group: str | None, number: int) -> Decimal:
    """Return the percentage of an output tax group."""
    rate = company.tax_rates().get(group or "")
    if rate is None:
        raise rule(f"10000180 - Tax code '{group}' is invalid", f"{kind.lines}.VatGroup", number)
    return rate


def warehouse(company: "Company", kind: DocumentKind, code: str, number: int) -> None:
    """Check that a line's warehouse exists and is in use."""
    found = company.set_of("Warehouses").table.get(code)
    if found is None or found.get("Inactive") == "tYES":
        raise rule(f"Warehouse '{code}' is not defined or inactive", f"{kind.lines}.WhsCode", number)


def credit(company: "Company", document: Row, partner: Row) -> None:
    """Check the customer's credit limit, where the company blocks on it."""
    card = partner["CardCode"]
    forced = company.struck("credit_block")
    limit = partner.get("CreditLimit") or Decimal(0)
    over = limit > 0 and company.partners.exposure(card) + document["DocTotal"] > limit
    if forced or (company.settings.block_over_credit_limit and over):
        raise rule(f"10001131 - Customer '{card}' exceeds the credit limit", "ORDR.CardCode")
