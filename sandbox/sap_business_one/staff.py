"""What the company's own staff does between the calls: picking, shipping, invoicing, counting, deciding."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.sap_business_one.document_kinds import CREDIT_NOTES, DELIVERIES, INVOICES, ORDERS, RETURNS
from sandbox.sap_business_one.pricing import freight_as_sent
from sandbox.sap_business_one.wire import Row

if TYPE_CHECKING:
    from sandbox.sap_business_one.company import Company

KEY_TABLE = "WEBORDKEYS"
"""The user table whose codes keep a web order from being posted twice."""

_WEB_FIELDS = (
    ("ORDR", "WebOrderId", "Web order id"),
    ("ORDR", "WebPayRef", "Web payment reference"),
    ("ORDR", "WebPaperId", "Web paper id"),
    ("ORCT", "WebPaperId", "Web payment id"),
    ("RDR1", "WebLineId", "Web order line id"),
    ("OCRD", "WebCustId", "Web customer id"),
)


class Staff:
    """Actions of the company's people, each written as one transaction."""

    def __init__(self, company: "Company") -> None:
        self._company = company

    def prepare_for_web_orders(self) -> None:
        """Define the user fields and the key table a web shop's integration wants, and restart."""
        with self._company.transaction():
            tables = self._company.set_of("UserTablesMD")
            if tables.table.get(KEY_TABLE) is None:
                tables.create({"TableName": KEY_TABLE, "TableDescription": "Web order keys"})
            fields = self._company.set_of("UserFieldsMD")
            known = {(row["TableName"], row["Name"]) for row in fields.table.rows()}
            for table, name, description in _WEB_FIELDS:
                if (table, name) not in known:
                    field = {"TableName": table, "Name": name, "Description": description, "Size": 50}
                    fields.create({**field, "Type": "db_Alpha", "SubType": "st_None"})
        self._company.restart()

    def release(self, order: int) -> Row:
        """Make a pick list of what is open of an order; return the list that is there already."""
        with self._company.transaction():
            listed = self._company.pick_lists.open_of(order)
            if listed is not None:
                return listed
            lines = [
                {
                    "BaseObjectType": ORDERS.number,
                    "OrderEntry": order,
                    "OrderRowID": line["LineNum"],
                    "ReleasedQuantity": line["RemainingOpenQuantity"],
                }
                for line in self._company.orders.row(order)["DocumentLines"]
                if line["LineStatus"] == "bost_Open" and line["RemainingOpenQuantity"] > 0
            ]
            return self._company.pick_lists.create({"PickListsLines": lines})

    def pick(self, order: int, quantities: dict[int, Decimal] | None = None) -> Row:
        """Take an order's goods from the shelves: all that was released, or so much by order line."""
        with self._company.transaction():
            listed = self.release(order)
            lines = [
                {
                    "LineNumber": line["LineNumber"],
                    "PickedQuantity": line["PreviouslyReleasedQuantity"]
                    if quantities is None
                    else quantities.get(line["OrderRowID"], line["PickedQuantity"]),
                }
                for line in listed["PickListsLines"]
                if line["OrderEntry"] == order
            ]
            self._company.pick_lists.put(listed, {"PickListsLines": lines})
            return self._company.orders.row(order)

    def close_pick_list(self, entry: int) -> Row:
        """Close a pick list."""
        with self._company.transaction():
            self._company.pick_lists.close(entry)
            return self._company.pick_lists.row(entry)

    def deliver(
        self,
        order: int,
        quantities: dict[int, Decimal] | None = None,
        *,
        tracking: str = "",
        carrier: str = "",
        freight: bool = False,
    ) -> Row:
        """Deliver an order: all that is open, or so much of each line by its LineNum.

        `carrier` is the name of a shipping type; with `freight`, the order's freight goes along.
        """
        header: Row = {"TrackingNumber": tracking} if tracking else {}
        if carrier:
            types = self._company.set_of("ShippingTypes").table.rows()
            header["TransportationCode"] = {row["Name"]: row["Code"] for row in types}[carrier]
        row = self._company.orders.row(order)
        header |= self._freight_of(row) if freight else {}
        return self._follow_up(ORDERS.number, DELIVERIES.name, (row,), quantities, header)

    def invoice_delivery(self, *deliveries: int) -> Row:
        """Invoice what is open of one delivery, or of several of one customer, with their freight."""
        rows = [self._company.deliveries.row(delivery) for delivery in deliveries]
        header = self._freight_of(*rows)
        return self._follow_up(DELIVERIES.number, INVOICES.name, rows, header=header)

    def invoice_order(self, order: int) -> Row:
        """Invoice what is open of an order, which also takes the goods from stock."""
        return self._follow_up(ORDERS.number, INVOICES.name, (self._company.orders.row(order),))

    def credit_invoice(
        self, invoice: int, quantities: dict[int, Decimal] | None = None, *, without_stock: bool = False
    ) -> Row:
        """Credit what an invoice sold, or so much of each line, and take it back unless told otherwise."""
        row = self._company.invoices.row(invoice)
        more: Row = {"WithoutInventoryMovement": "tYES"} if without_stock else {}
        return self._follow_up(INVOICES.number, CREDIT_NOTES.name, (row,), quantities, lines=more)

    def return_goods(self, delivery: int, quantities: dict[int, Decimal] | None = None) -> Row:
        """Take back what a delivery brought, or so much of each line, before it is invoiced."""
        row = self._company.deliveries.row(delivery)
        return self._follow_up(DELIVERIES.number, RETURNS.name, (row,), quantities)

    def close_order(self, order: int) -> Row:
        """Close what is still open of an order."""
        return self._act(ORDERS.name, order, "Close")

    def cancel_order(self, order: int) -> Row:
        """Cancel an order that nothing was drawn from."""
        return self._act(ORDERS.name, order, "Cancel")

    def cancel_delivery(self, delivery: int) -> Row:
        """Cancel a delivery by another document, which is returned."""
        return self._act(DELIVERIES.name, delivery, "CreateCancellationDocument")

    def attach(self, documents: str, entry: int) -> int:
        """Print a document of an entity set and attach the file to it."""
        with self._company.transaction():
            kind = self._company.documents_named(documents).kind
            return self._company.attachments.attach(kind, entry)

    def decide_draft(self, draft: int, approved: bool, generate: bool = False) -> Row:
        """Approve or reject an order that waits; `generate` saves an approved one to a document at once."""
        with self._company.transaction():
            decided = self._company.drafts.decide(draft, approved)
            return self._company.drafts.save_to_document(draft) if approved and generate else decided

    def set_stock(self, item: str, on_hand: Decimal, warehouse: str = "01") -> None:
        """Count the stock of an item anew."""
        self._company.items.row(item)
        name = ("on_hand", item, warehouse)
        with self._company.transaction():
            self._company.figures.add(name, on_hand - self._company.figures.amount(name))
            self._company.note("stock", ItemCode=item, WarehouseCode=warehouse, on_hand=str(on_hand))

    def freeze_partner(self, card_code: str, frozen: bool = True) -> None:
        """Make a business partner inactive, or active again."""
        partners = self._company.partners
        with self._company.transaction():
            partners.change(partners.row(card_code), {"Frozen": "tYES" if frozen else "tNO"})

    def freeze_item(self, item: str, frozen: bool = True) -> None:
        """Make an item inactive, or active again."""
        items = self._company.items
        with self._company.transaction():
            items.change(items.row(item), {"Frozen": "tYES" if frozen else "tNO"})

    def stock_of(self, item: str, warehouse: str = "01") -> tuple[Decimal, Decimal]:
        """Return what is on hand and what is committed of an item."""
        amount = self._company.figures.amount
        return amount(("on_hand", item, warehouse)), amount(("committed", item, warehouse))

    def _freight_of(self, *bases: Row) -> Row:
        local = self._company.settings.local_currency
        charges = [
            freight_as_sent(charge, base["DocCurrency"] != local)
            for base in bases
            for charge in base["DocumentAdditionalExpenses"]
        ]
        return {"DocumentAdditionalExpenses": charges} if charges else {}

    def _act(self, documents: str, entry: int, action: str) -> Row:
        with self._company.transaction():
            known = self._company.documents_named(documents)
            return known.act(known.row(entry), action) or known.row(entry)

    def _follow_up(
        self,
        base_type: int,
        target: str,
        bases: Sequence[Row],
        quantities: dict[int, Decimal] | None = None,
        header: Row | None = None,
        lines: Row | None = None,
    ) -> Row:
        drawn = [
            {
                "BaseType": base_type,
                "BaseEntry": base["DocEntry"],
                "BaseLine": line["LineNum"],
                "Quantity": many,
                **(lines or {}),
            }
            for base in bases
            for line in base["DocumentLines"]
            if line["LineStatus"] == "bost_Open" and (many := _wanted(line, quantities))
        ]
        with self._company.transaction():
            documents = self._company.documents_named(target)
            return documents.create(
                {"CardCode": bases[0]["CardCode"], "DocumentLines": drawn, **(header or {})}
            )


def _wanted(line: Row, quantities: dict[int, Decimal] | None) -> Decimal:
    open_quantity: Decimal = line["RemainingOpenQuantity"]
    return open_quantity if quantities is None else quantities.get(line["LineNum"], Decimal(0))
