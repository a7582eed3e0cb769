"""The dialogues that people work through: invoice an order, reverse an invoice, return a delivery."""

from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.odoo.errors import UserError
from sandbox.odoo.selling import to_invoice
from sandbox.odoo.stocking import CUSTOMERS, IN, STOCK

if TYPE_CHECKING:
    from sandbox.odoo.database import Context, OdooDatabase, Row


def _create_invoices(db: "OdooDatabase", _: list[int], __: "Row", context: "Context") -> "Row":
    made = 0
    for number in context.get("active_ids") or []:
        order = db.get("sale.order", number)
        tax = db.name("sale.order.line", "tax_id")
        lines = [
            [0, 0, {
                "product_id": line["product_id"], "name": line["name"], "quantity": to_invoice(db, line),
                "product_uom_id": line.get(db.name("sale.order.line", "product_uom")),
                "price_unit": line["price_unit"], "tax_ids": [[6, 0, line.get(tax) or []]],
                "sale_line_ids": [[6, 0, [line["id"]]]],
            }]
            for line in db.all("sale.order.line", order_id=number)
            if to_invoice(db, line)
        ]  # fmt: skip
        if not lines:
            raise UserError("There is nothing to invoice!")
        made = db.create(
            "account.move",
            {
                "move_type": "out_invoice",
                "partner_id": order["partner_id"],
                "currency_id": db.value("sale.order", order, "currency_id"),
                "journal_id": 1,
                "invoice_origin": order["name"],
                "invoice_line_ids": lines,
            },
        )
    return {"type": "ir.actions.act_window", "res_model": "account.move", "res_id": made}


def _reverse(db: "OdooDatabase", _: list[int], __: "Row", context: "Context") -> "Row":
    made = 0
    for number in context.get("active_ids") or []:
        move = db.get("account.move", number)
        if move["state"] != "posted":
            raise UserError("You can only reverse posted moves.")
        lines = [
            [0, 0, {
                "product_id": line["product_id"], "name": line["name"], "quantity": line["quantity"],
                "price_unit": line["price_unit"], "tax_ids": [[6, 0, line.get("tax_ids") or []]],
                "sale_line_ids": [[6, 0, line.get("sale_line_ids") or []]],
            }]
            for line in db.all("account.move.line", move_id=number)
            if not line.get("balance")
        ]  # fmt: skip
        kept = {name: move.get(name) or False for name in ("partner_id", "currency_id", "journal_id")}
        made = db.create(
            "account.move",
            {
                **kept,
                "move_type": "out_refund",
                "reversed_entry_id": number,
                "ref": f"Reversal of: {move['name']}",
                "invoice_line_ids": lines,
            },
        )
    return {"type": "ir.actions.act_window", "res_model": "account.move", "res_id": made}


def _prefill(db: "OdooDatabase", ids: list[int], _: "Row", context: "Context") -> None:
    wizard = db.get("stock.return.picking", ids[0])
    picking = context.get("active_id")
    wizard["picking_id"] = wizard.get("picking_id") or picking
    if db.settings.version < 18:
        # Here it is the browser that fills the dialogue in, on seeing the transfer.
        return
    for move in db.all("stock.move", picking_id=picking, state="done"):
        db.create(
            "stock.return.picking.line",
            {
                "wizard_id": ids[0],
                "product_id": move["product_id"],
                "quantity": Decimal(0),
                "move_id": move["id"],
                "to_refund": True,
            },
        )


def _create_returns(db: "OdooDatabase", ids: list[int], _: "Row", __: "Context") -> "Row":
    wizard = db.get("stock.return.picking", ids[0])
    picking = db.get("stock.picking", wizard["picking_id"])
    moves = []
    for line in db.all("stock.return.picking.line", wizard_id=ids[0]):
        move = db.get("stock.move", line["move_id"])
        if line["quantity"] > 0:
            moves.append([0, 0, {
                "name": move["name"], "product_id": move["product_id"], "product_uom": 1,
                "product_uom_qty": line["quantity"], "sale_line_id": move.get("sale_line_id"),
                "location_id": CUSTOMERS, "location_dest_id": STOCK, "origin_returned_move_id": move["id"],
                "to_refund": line.get("to_refund"), "group_id": move.get("group_id"), "state": "confirmed",
            }])  # fmt: skip
    if not moves:
        raise UserError("Please specify at least one non-zero quantity.")
    made = db.create(
        "stock.picking",
        {
            "picking_type_id": IN,
            "partner_id": picking["partner_id"],
            "location_id": CUSTOMERS,
            "location_dest_id": STOCK,
            "origin": f"Return of {picking['name']}",
            "sale_id": picking.get("sale_id"),
            "state": "confirmed",
            db.name("stock.picking", "move_lines"): moves,
        },
    )
    return {"type": "ir.actions.act_window", "res_model": "stock.picking", "res_id": made}


METHODS = {
    ("sale.advance.payment.inv", "create_invoices"): _create_invoices,
    ("account.move.reversal", "reverse_moves"): _reverse,
    ("stock.return.picking", "_created"): _prefill,
    ("stock.return.picking", "create_returns"): _create_returns,
    ("stock.return.picking", "action_create_returns"): _create_returns,
}
