"""What the company's own people do in their browsers: pick, ship, invoice, count."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.odoo.errors import UserError
from sandbox.odoo.stocking import STOCK, change_stock, direction_of, done_name

if TYPE_CHECKING:
    from sandbox.odoo.database import OdooDatabase, Row

_NO_QUESTIONS = {"skip_immediate": True, "skip_backorder": True}
"""The dialogues of a transfer are answered with yes."""


class Staff:
    """Actions of people, each written as one transaction."""

    def __init__(self, db: "OdooDatabase") -> None:
        self._db = db

    def pick(self, order: int, pieces: Mapping[int, Decimal] | None = None) -> "Row":
        """Take an order's goods from the shelves: all, or so much by the place of a line of articles."""
        with self._db.transaction():
            return self._picked(order, pieces)

    def deliver(
        self,
        order: int,
        pieces: Mapping[int, Decimal] | None = None,
        *,
        tracking: str = "",
        carrier: str = "",
    ) -> "Row":
        """Carry the open transfer of an order out; what is left waits in another one."""
        with self._db.transaction():
            picking = self._picked(order, pieces)
            facts: Row = {"carrier_tracking_ref": tracking} if tracking else {}
            if carrier:
                facts["carrier_id"] = self._db.all("delivery.carrier", name=carrier)[0]["id"]
            self._db.write("stock.picking", [picking["id"]], facts)
            self._call("stock.picking", "button_validate", [picking["id"]], _NO_QUESTIONS)
            return self._db.get("stock.picking", picking["id"])

    def invoice(self, deliveries: Sequence[int]) -> "Row":
        """Invoice what is delivered of the order that some deliveries are of."""
        with self._db.transaction():
            orders = {self._db.get("stock.picking", each).get("sale_id") for each in deliveries}
            if len(orders) != 1:
                raise UserError("Deliveries of one order are invoiced together.")
            made = self._call("sale.advance.payment.inv", "create_invoices", [], {"active_ids": [*orders]})
            self._call("account.move", "action_post", [made["res_id"]], {})
            return self._db.get("account.move", made["res_id"])

    def set_stock(self, sku: str, on_hand: Decimal) -> None:
        """Count an article anew."""
        with self._db.transaction():
            product = self._product(sku)
            before = self._db.value("product.product", product, "qty_available")
            change_stock(self._db, product["id"], STOCK, on_hand - before)

    def _picked(self, order: int, pieces: Mapping[int, Decimal] | None) -> "Row":
        db, done = self._db, done_name(self._db)
        lines = [row["id"] for row in db.all("sale.order.line", order_id=order) if row.get("product_id")]
        moves = [
            move
            for line in lines
            for move in db.all("stock.move", sale_line_id=line)
            if move["state"] not in ("done", "cancel") and direction_of(db, move) == "outgoing"
        ]
        if not moves:
            raise UserError("There is nothing to deliver of this order.")
        for move in moves:
            place = lines.index(move["sale_line_id"])
            some = move["product_uom_qty"] if pieces is None else pieces.get(place, Decimal(0))
            mark = {"picked": bool(some)} if "picked" in db.models["stock.move"] else {}
            db.write("stock.move", [move["id"]], {done: some, **mark})
        return db.get("stock.picking", moves[0]["picking_id"])

    def _product(self, sku: str) -> "Row":
        found = self._db.all("product.product", default_code=sku)
        if not found:
            raise UserError(f"There is no article {sku}.")
        return found[0]

    def _call(self, model: str, method: str, ids: list[int], context: "Row") -> "Row":
        made: Row = self._db.methods[model, method](self._db, ids, {}, dict(context))
        return made
