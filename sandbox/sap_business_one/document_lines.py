"""The lines and the freight of a document: from an item or from a base line, priced."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.sap_business_one import document_checks as check
from sandbox.sap_business_one import pricing
from sandbox.sap_business_one.document_kinds import BY_NUMBER, DocumentKind
from sandbox.sap_business_one.errors import document_rule, no_such_reference, rule
from sandbox.sap_business_one.pricing import PRICES, Terms
from sandbox.sap_business_one.wire import Row

if TYPE_CHECKING:
    from sandbox.sap_business_one.company import Company

_INHERITED = (
    *("ItemCode", "ItemDescription", "UnitPrice", "DiscountPercent", "VatGroup", "WarehouseCode"),
    *("FreeText", "ShipDate", "CostingCode", "ProjectCode", "BarCode"),
)


@dataclass(frozen=True)
class LineSource:
    """What the lines of one document are drawn up from. `purchase` lines have no price list of a customer."""

    company: "Company"
    kind: DocumentKind
    partner: Row | None
    terms: Terms
    due: object

    def new(self, sent: Row, number: int) -> Row:
        """Return a new line."""
        base = self._base(sent, number)
        line = self._opened(sent, base, number)
        stocked = line_is_stocked(self.company, line)
        check.quantity(self.kind, stocked, line["Quantity"], number)
        if base is not None and line["Quantity"] > base["RemainingOpenQuantity"]:
            raise document_rule(
                "Quantity exceeds the base document's open quantity", f"{self.kind.lines}.Quantity", number
            )
        self._price(line, sent, number)
        return self._set_open(line, line["Quantity"])

    def changed(self, line: Row, sent: Row, number: int) -> Row:
        """Return a line with what was sent for it; what has been delivered stays delivered."""
        gone = line["Quantity"] - line["RemainingOpenQuantity"]
        if sent.get("ItemCode", line["ItemCode"]) != line["ItemCode"]:
            if gone:
                raise document_rule(
                    "Line has target documents; its item stays", f"{self.kind.lines}.ItemCode"
                )
            return self.new(sent, number)
        line = {**line, **{name: value for name, value in sent.items() if name != "LineNum"}}
        stocked = line_is_stocked(self.company, line)
        check.quantity(self.kind, stocked, line["Quantity"], number)
        if gone and line["Quantity"] < gone:
            raise document_rule("Quantity is less than delivered", f"{self.kind.lines}.Quantity", number)
        if any(name in sent for name in (*PRICES, "Quantity", "VatGroup")):
            self._price(line, sent, number)
        return self._set_open(line, line["Quantity"] - gone)

    def freight(self, sent: Row, number: int) -> Row:
        """Return a freight line; its code and its tax group must exist."""
        code = sent.get("ExpenseCode")
        known = self.company.set_of("AdditionalExpenses").table.get(code)
        if known is None:
            raise no_such_reference()
        charge = {"LineNum": number, "VatGroup": known["OutputVATGroup"], "Status": "bost_Open", **sent}
        rate = check.tax_rate(self.company, self.kind, charge["VatGroup"], number)
        pricing.price_freight(charge, rate, self.terms)
        return charge

    def _opened(self, sent: Row, base: Row | None, number: int) -> Row:
        inherited = {name: base[name] for name in _INHERITED if name in base} if base else {}
        if base is not None:
            inherited |= {name: value for name, value in base.items() if name.startswith("U_")}
        code = sent.get("ItemCode") or inherited.get("ItemCode")
        item = check.item(self.company, self.kind, code, number)
        line: Row = {
            "LineNum": number,
            "VisualOrder": number,
            "ItemDescription": item.get("ItemName"),
            "WarehouseCode": item.get("DefaultWarehouse") or self.company.default_warehouse,
            "BarCode": item.get("BarCode"),
            "UnitPrice": None,
            "DiscountPercent": Decimal(0),
            "VatGroup": self._tax_group(item),
            "ShipDate": self.due,
            "BaseType": -1,
            "UnitsOfMeasurment": Decimal(1),
            "PickStatusEx": "dlps_NotPicked",
            **inherited,
            **{name: value for name, value in sent.items() if name != "LineNum"},
        }
        open_quantity = base["RemainingOpenQuantity"] if base else Decimal(1)
        line["Quantity"] = open_quantity if sent.get("Quantity") is None else sent["Quantity"]
        check.warehouse(self.company, self.kind, line["WarehouseCode"], number)
        if line["UnitPrice"] is None:
            line["UnitPrice"] = self._listed_price(item)
        return line

    def _price(self, line: Row, sent: Row, number: int) -> None:
        rate = check.tax_rate(self.company, self.kind, line["VatGroup"], number)
        pricing.price_line(line, sent, rate, self.terms, number)

    def _base(self, sent: Row, number: int) -> Row | None:
        wanted = sent.get("BaseType", -1)
        if wanted in (-1, None):
            return None
        kind = BY_NUMBER.get(wanted)
        if kind is None or wanted not in self.kind.follows:
            raise rule("Base document type is not allowed", f"{self.kind.lines}.BaseType", number)
        base = self.company.documents(kind).table.get(sent.get("BaseEntry"))
        if base is None:
            raise no_such_reference()
        for line in base["DocumentLines"]:
            if line["LineNum"] == sent.get("BaseLine"):
                if line["LineStatus"] != "bost_Open" or base["CancelStatus"] != "csNo":
                    raise document_rule("Base document line is closed", f"{self.kind.lines}.BaseLine", number)
                return dict(line)
        raise no_such_reference()

    def _tax_group(self, item: Row) -> str | None:
        partner_group = self.partner.get("VatGroup") if self.partner else None
        return partner_group or item.get("SalesVATGroup")

    def _listed_price(self, item: Row) -> Decimal:
        if self.partner is None:
            return Decimal(0)
        wanted = self.partner.get("PriceListNum") or 1
        for entry in item.get("ItemPrices") or ():
            if entry["PriceList"] == wanted:
                return self.terms.price((entry.get("Price") or Decimal(0)) / self.terms.rate)
        return Decimal(0)

    def _set_open(self, line: Row, quantity: Decimal) -> Row:
        set_open(line, quantity)
        return line


def set_open(line: Row, quantity: Decimal) -> None:
    """Set how much of a line is still open; nothing left closes it."""
    line["InventoryQuantity"] = line["Quantity"]
    line["RemainingOpenQuantity"] = line["RemainingOpenInventoryQuantity"] = quantity
    share = quantity / line["Quantity"]
    line["OpenAmount"] = line["LineTotal"] if share == 1 else pricing.rounded(line["LineTotal"] * share, 2)
    line["LineStatus"] = "bost_Close" if quantity == 0 else "bost_Open"


def line_is_stocked(company: "Company", line: Row) -> bool:
    """Tell whether a line's item is kept in stock."""
    item = company.items.table.get(line["ItemCode"])
    return item is not None and item.get("InventoryItem") == "tYES"
