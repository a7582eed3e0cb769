"""What documents do to each other and to the figures: open quantities, stock, commitments, balances."""

from collections.abc import Hashable
from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.sap_business_one.document_kinds import (
    BY_NUMBER,
    DELIVERIES,
    INVOICES,
    ORDERS,
    RETURNS,
    DocumentKind,
)
from sandbox.sap_business_one.document_kinds import CREDIT_NOTES as CREDITS
from sandbox.sap_business_one.document_lines import line_is_stocked, set_open
from sandbox.sap_business_one.errors import rule
from sandbox.sap_business_one.wire import Row

if TYPE_CHECKING:
    from sandbox.sap_business_one.company import Company

Amounts = dict[Hashable, Decimal]
ZERO = Decimal(0)


def settle(company: "Company", kind: DocumentKind, before: Row | None, after: Row) -> None:
    """Move commitments and balances from what a document asked for before to what it asks for now."""
    was = claims(company, kind, before) if before is not None else {}
    now = claims(company, kind, after)
    for name in {**was, **now}:
        company.figures.add(name, now.get(name, ZERO) - was.get(name, ZERO))


def claims(company: "Company", kind: DocumentKind, document: Row) -> Amounts:
    """Return what an open document commits of stock and adds to its customer's balances."""
    card = document.get("CardCode")
    found: Amounts = {}
    if kind is ORDERS:
        for line in document["DocumentLines"]:
            if line["LineStatus"] == "bost_Open" and line_is_stocked(company, line):
                name = ("committed", line["ItemCode"], line["WarehouseCode"])
                found[name] = found.get(name, ZERO) + line["RemainingOpenQuantity"]
        found["orders", card] = _open_value(document)
    elif kind is DELIVERIES:
        found["deliveries", card] = _open_value(document)
    elif kind in (INVOICES, CREDITS) and document["CancelStatus"] == "csNo":
        sign = 1 if kind is INVOICES else -1
        found["account", card] = sign * document["DocTotal"]
    return found


def _open_value(document: Row) -> Decimal:
    if document["DocumentStatus"] != "bost_Open":
        return ZERO
    lines = document["DocumentLines"]
    if all(line["RemainingOpenQuantity"] == line["Quantity"] for line in lines):
        total: Decimal = document["DocTotal"]
        return total
    shares = (line["GrossTotal"] * line["RemainingOpenQuantity"] / line["Quantity"] for line in lines)
    return sum(shares, ZERO)


def draw_from_bases(company: "Company", document: Row, sign: int = 1) -> None:
    """Take a document's quantities from the lines it is based on; -1 gives them back.

    The base document's update date stays as it was, as in the real system.
    """
    for line in document["DocumentLines"]:
        if line["BaseType"] in (-1, None):
            continue
        kind = BY_NUMBER[line["BaseType"]]
        documents = company.documents(kind)
        before = documents.row(line["BaseEntry"])
        after = {**before, "DocumentLines": [dict(each) for each in before["DocumentLines"]]}
        for each in after["DocumentLines"]:
            if each["LineNum"] == line["BaseLine"]:
                set_open(each, each["RemainingOpenQuantity"] - sign * line["Quantity"])
        set_state(after)
        documents.table.replace(before["DocEntry"], after)
        settle(company, kind, before, after)
        if kind is ORDERS:
            company.pick_lists.delivered(line["BaseEntry"], line["BaseLine"], sign * line["Quantity"])


def set_state(document: Row) -> None:
    """Close a document whose lines are all closed; open it again otherwise."""
    still_open = any(line["LineStatus"] == "bost_Open" for line in document["DocumentLines"])
    document["DocumentStatus"] = "bost_Open" if still_open else "bost_Close"


def close(document: Row) -> None:
    """Close a document and its lines; what was open is no longer wanted, but stays as the open quantity."""
    document["DocumentStatus"] = "bost_Close"
    for line in document["DocumentLines"]:
        line["LineStatus"] = "bost_Close"


def move_stock(company: "Company", kind: DocumentKind, document: Row, sign: int = 1) -> None:
    """Move on-hand stock for a delivery, an invoice that was not delivered, or goods that come back."""
    for number, line in enumerate(document["DocumentLines"]):
        if not _moves(company, kind, document, line):
            continue
        place = ("on_hand", line["ItemCode"], line["WarehouseCode"])
        change = sign * kind.moves_stock * line["Quantity"]
        left = company.figures.amount(place) + change
        if change < 0 and left < 0 and not company.settings.allow_negative_stock:
            raise rule("10001069 - Quantity falls into negative inventory", f"{kind.lines}.ItemCode", number)
        company.figures.add(place, change)


def _moves(company: "Company", kind: DocumentKind, document: Row, line: Row) -> bool:
    if not kind.moves_stock or not line_is_stocked(company, line):
        return False
    if kind is INVOICES:
        return line["BaseType"] != DELIVERIES.number and document.get("ReserveInvoice") != "tYES"
    if kind is CREDITS:
        return line["BaseType"] != RETURNS.number and line.get("WithoutInventoryMovement") != "tYES"
    return True


def has_targets(document: Row) -> bool:
    """Tell whether part of a document was drawn into another one."""
    return any(line["RemainingOpenQuantity"] != line["Quantity"] for line in document["DocumentLines"])
