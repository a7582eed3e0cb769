"""The people who work with an Odoo, sandbox or real: they ship, invoice, take back, block, over XML-RPC.

It assumes nothing of a database: names of fields, warehouse, journals and taxes are looked up.
"""

import xmlrpc.client
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

Quantities = Mapping[int, Decimal] | None
Row = dict[str, Any]
_NO_VALUE = "TypeError: cannot marshal"


class OdooStaff:
    """People with every right."""

    def __init__(self, url: str, database: str, user: str, key: str) -> None:
        self.url, self._database, self._key = url, database, key
        common = self._service("common")
        self._object = self._service("object")
        info: Any = common.version()
        self.version = int(str(info["server_version_info"][0]).removeprefix("saas~").partition(".")[0])
        self.uid = common.authenticate(database, user, key, {})
        self._fields: dict[str, Row] = {}
        common("close")()

    def close_connection(self) -> None:
        """Give back the connection."""
        self._object("close")()

    def call(self, model: str, method: str, *places: Any, **named: Any) -> Any:
        """Call a method; one that returns nothing returns None."""
        try:
            return self._object.execute_kw(
                self._database, self.uid, self._key, model, method, list(places), named
            )
        except xmlrpc.client.Fault as fault:
            if _NO_VALUE in str(fault.faultString):
                return None
            raise

    def rows(self, model: str, domain: list[Any], *fields: str, **named: Any) -> list[Row]:
        """Return records; fields that the version lacks are left out."""
        known = self.fields(model)
        found: list[Row] = self.call(
            model, "search_read", domain, fields=[f for f in fields if f in known] or ["id"], **named
        )
        return found

    def fields(self, model: str) -> Row:
        """Return a model's fields."""
        if model not in self._fields:
            self._fields[model] = self.call(model, "fields_get", attributes=["type"])
        return self._fields[model]

    def name(self, model: str, *names: str) -> str:
        """Return the first of the names that is a field."""
        return next(name for name in names if name in self.fields(model))

    def create(self, model: str, **values: Any) -> int:
        """Create a record."""
        known = self.fields(model)
        return int(
            self.call(model, "create", {name: _plain(v) for name, v in values.items() if name in known})
        )

    def write(self, model: str, number: int, **values: Any) -> None:
        """Change a record."""
        known = self.fields(model)
        self.call(model, "write", [number], {name: _plain(v) for name, v in values.items() if name in known})

    def last(self, model: str) -> int:
        """Return the highest id."""
        rows = self.rows(model, [], "id", order="id desc", limit=1)
        return int(rows[0]["id"]) if rows else 0

    def product(self, sku: str) -> int:
        """Return a product."""
        return int(
            self.rows("product.product", [["default_code", "=", sku]], "id", context={"active_test": False})[
                0
            ]["id"]
        )

    # ---- the warehouse

    def open_moves(self, order: int) -> list[Row]:
        """Return what is still to go out for an order, by its lines."""
        domain = [
            ["sale_line_id.order_id", "=", order],
            ["picking_id.picking_type_code", "=", "outgoing"],
            ["state", "not in", ["done", "cancel"]],
        ]
        fields = ("picking_id", "product_uom_qty", "sale_line_id", self.done)
        return self.rows("stock.move", domain, *fields)

    @property
    def done(self) -> str:
        """What a move's done quantity is called."""
        return self.name("stock.move", "quantity_done", "quantity")

    def pick(self, order: int, quantities: Quantities = None) -> int:
        """Take goods from the shelves, so much of each line in all; return the transfer."""
        moves = self.open_moves(order)
        lines = self.lines(order)
        for move in moves:
            place = lines.index(move["sale_line_id"][0])
            some = move["product_uom_qty"] if quantities is None else quantities.get(place, Decimal(0))
            self.write("stock.move", move["id"], **{self.done: some, "picked": bool(some)})
        return int(moves[0]["picking_id"][0])

    def lines(self, order: int) -> list[int]:
        """Return an order's lines of articles."""
        rows = self.rows("sale.order.line", [["order_id", "=", order]], "product_id", order="sequence, id")
        return [row["id"] for row in rows if row["product_id"]]

    def ship(self, order: int, quantities: Quantities = None, **facts: Any) -> int:
        """Deliver; what is left waits in another transfer."""
        picking = self.pick(order, quantities)
        if facts:
            self.write("stock.picking", picking, **facts)
        self.validate(picking)
        return picking

    def validate(self, picking: int) -> None:
        """Carry a transfer out."""
        context = {"skip_immediate": True, "skip_backorder": True, "skip_sms": True}
        self.call("stock.picking", "button_validate", [picking], context=context)
        state = self.rows("stock.picking", [["id", "=", picking]], "state")[0]["state"]
        assert state == "done", f"transfer {picking} is {state}"

    def take_back(self, delivery: int, quantities: Quantities = None) -> int:
        """Take goods of a delivery back."""
        context = {"active_model": "stock.picking", "active_id": delivery, "active_ids": [delivery]}
        (sent,) = self.rows("stock.picking", [["id", "=", delivery]], "location_id")
        facts: Row = {"picking_id": delivery}
        if "location_id" in self.fields("stock.return.picking"):
            facts["location_id"] = sent["location_id"][0]
        wizard = self.call("stock.return.picking", "create", facts, context=context)
        lines = self.rows("stock.return.picking.line", [["wizard_id", "=", wizard]], "move_id", "quantity")
        if not lines:
            # Before 18 the dialogue is filled in by the browser.
            lines = self._filled_return(wizard, delivery)
        order = self._order_of(delivery)
        own = self.lines(order)
        sale_lines = {
            row["id"]: row["sale_line_id"][0]
            for row in self.rows("stock.move", [["picking_id", "=", delivery]], "sale_line_id")
        }
        moves = {
            row["id"]: row[self.done]
            for row in self.rows("stock.move", [["picking_id", "=", delivery]], self.done)
        }
        for line in lines:
            move = line["move_id"][0]
            some = (
                moves[move] if quantities is None else quantities.get(own.index(sale_lines[move]), Decimal(0))
            )
            self.write("stock.return.picking.line", line["id"], quantity=some, to_refund=True)
        method = "action_create_returns" if self.version >= 18 else "create_returns"
        made = int(self.call("stock.return.picking", method, [wizard])["res_id"])
        for move in self.rows("stock.move", [["picking_id", "=", made]], "product_uom_qty"):
            self.write("stock.move", move["id"], **{self.done: move["product_uom_qty"], "picked": True})
        self.validate(made)
        return made

    def bring_back(self, delivery: int) -> None:
        """Take back what is still with the customer of a delivery."""
        fields = ("sale_line_id", self.done, "origin_returned_move_id")
        sent = self.rows("stock.move", [["picking_id", "=", delivery], ["state", "=", "done"]], *fields)
        came = [["origin_returned_move_id", "in", [move["id"] for move in sent]], ["state", "=", "done"]]
        left = {move["id"]: Decimal(str(move[self.done])) for move in sent}
        for move in self.rows("stock.move", came, *fields):
            left[move["origin_returned_move_id"][0]] -= Decimal(str(move[self.done]))
        own = self.lines(self._order_of(delivery))
        wanted = {
            own.index(move["sale_line_id"][0]): left[move["id"]] for move in sent if left[move["id"]] > 0
        }
        if wanted:
            self.take_back(delivery, wanted)

    def _filled_return(self, wizard: int, delivery: int) -> list[Row]:
        for move in self.rows(
            "stock.move", [["picking_id", "=", delivery], ["state", "=", "done"]], "product_id", self.done
        ):
            facts = {"wizard_id": wizard, "product_id": move["product_id"][0], "move_id": move["id"]}
            self.create("stock.return.picking.line", **facts, quantity=move[self.done], to_refund=True)
        return self.rows("stock.return.picking.line", [["wizard_id", "=", wizard]], "move_id", "quantity")

    def _order_of(self, picking: int) -> int:
        return int(self.rows("stock.picking", [["id", "=", picking]], "sale_id")[0]["sale_id"][0])

    def close(self, order: int) -> None:
        """Give up what is still to be delivered."""
        waiting = {move["picking_id"][0] for move in self.open_moves(order)}
        self.call("stock.picking", "action_cancel", sorted(waiting))

    def on_hand(self, sku: str) -> Decimal:
        """Tell what lies in the warehouses."""
        row = self.rows("product.product", [["default_code", "=", sku]], "qty_available")[0]
        return Decimal(str(row["qty_available"])).normalize()

    def set_stock(self, sku: str, quantity: Decimal, place: int) -> None:
        """Count an article anew."""
        product, mode = self.product(sku), {"inventory_mode": True}
        inside = [["product_id", "=", product], ["location_id.usage", "=", "internal"]]
        counted = False
        for quant in self.rows("stock.quant", inside, "quantity", "location_id"):
            # A place may hold an article in several rows: the first of this place counts for all.
            here = quant["location_id"][0] == place and not counted
            number = {"inventory_quantity": float(quantity) if here else 0.0}
            self.call("stock.quant", "write", [quant["id"]], number, context=mode)
            self._apply_count(quant["id"])
            counted = counted or here
        if not counted:
            facts = {"product_id": product, "location_id": place, "inventory_quantity": float(quantity)}
            self._apply_count(self.call("stock.quant", "create", facts, context=mode))

    def _apply_count(self, quant: int) -> None:
        """Book a count; before 15 that is done already."""
        if self.version >= 15:
            self.call("stock.quant", "action_apply_inventory", [quant])

    # ---- the books

    def why_no_pdf(self) -> str:
        """Tell what keeps the server from printing for the portal; nothing when it should."""
        state = self.call("ir.actions.report", "get_wkhtmltopdf_state")
        if state != "ok":
            return f"the server prints no PDF: wkhtmltopdf is {state!r}"
        try:
            databases: Any = self._service("db").list()
        except xmlrpc.client.Fault:
            return ""  # it names its databases to nobody
        several = "the server has several databases: its portal does not know which one is meant"
        return several if len(databases) > 1 else ""

    def _service(self, name: str) -> xmlrpc.client.ServerProxy:
        return xmlrpc.client.ServerProxy(f"{self.url}/xmlrpc/2/{name}")

    def invoice(self, order: int) -> int:
        """Invoice what was delivered."""
        context = {"active_model": "sale.order", "active_ids": [order], "active_id": order}
        wizard = self.call(
            "sale.advance.payment.inv", "create", {"advance_payment_method": "delivered"}, context=context
        )
        before = set(self._invoices(order))
        self.call("sale.advance.payment.inv", "create_invoices", [wizard], context=context)
        (made,) = set(self._invoices(order)) - before
        self.call("account.move", "action_post", [made])
        return int(made)

    def _invoices(self, order: int) -> list[int]:
        return list(self.rows("sale.order", [["id", "=", order]], "invoice_ids")[0]["invoice_ids"])

    def credit(self, invoice: int, order: int, quantities: Quantities = None) -> int:
        """Credit an invoice, or so much of its lines."""
        context = {"active_model": "account.move", "active_ids": [invoice], "active_id": invoice}
        known = self.fields("account.move.reversal")
        facts = {"refund_method": "refund", "reason": "Return"}
        wizard = self.call(
            "account.move.reversal", "create", {n: v for n, v in facts.items() if n in known}, context=context
        )
        made = int(self.call("account.move.reversal", "reverse_moves", [wizard], context=context)["res_id"])
        if quantities is not None:
            self._shorten(made, order, quantities)
        self.call("account.move", "action_post", [made])
        self._settle(invoice, made)
        return made

    def _shorten(self, credit: int, order: int, quantities: Mapping[int, Decimal]) -> None:
        own, commands = self.lines(order), []
        ids = self.rows("account.move", [["id", "=", credit]], "invoice_line_ids")[0]["invoice_line_ids"]
        for line in self.rows("account.move.line", [["id", "in", ids]], "sale_line_ids"):
            some = quantities.get(own.index(line["sale_line_ids"][0]), Decimal(0))
            commands.append([1, line["id"], {"quantity": float(some)}] if some else [2, line["id"], False])
        self.call("account.move", "write", [credit], {"invoice_line_ids": commands})

    def _settle(self, invoice: int, credit: int) -> None:
        kind = self.name("account.move.line", "account_internal_type", "account_type")
        domain = [
            ["move_id", "=", credit],
            [kind, "in", ["receivable", "asset_receivable"]],
            ["reconciled", "=", False],
        ]
        for line in self.rows("account.move.line", domain, "id"):
            self.call("account.move", "js_assign_outstanding_line", [invoice], line_id=line["id"])


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value
