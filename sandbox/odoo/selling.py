"""Customers, price lists, orders."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.odoo.errors import UserError
from sandbox.odoo.stocking import deliver_order, moved
from sandbox.odoo.taxing import line_sums, totals

if TYPE_CHECKING:
    from sandbox.odoo.database import Context, OdooDatabase, Row

ZERO = Decimal(0)


def _lines(db: "OdooDatabase", order: "Row") -> list["Row"]:
    return [line for line in db.all("sale.order.line", order_id=order["id"]) if not line.get("display_type")]


def _sums(db: "OdooDatabase", line: "Row") -> tuple[Decimal, Decimal]:
    taxes = [db.get("account.tax", each) for each in line.get(db.name("sale.order.line", "tax_id")) or []]
    return line_sums(db, line.get("price_unit") or ZERO, line.get("product_uom_qty") or ZERO, taxes)


def order_totals(db: "OdooDatabase", order: "Row") -> tuple[Decimal, Decimal]:
    """Return an order's total without tax and its tax."""
    return totals(_sums(db, line) for line in _lines(db, order))


def delivered(db: "OdooDatabase", line: "Row", _: Any = None) -> Decimal:
    """Return what was delivered of a line, less what came back to be refunded."""
    out = moved(db, line["id"], "outgoing")
    return out - moved(db, line["id"], "incoming")


def invoiced(db: "OdooDatabase", line: "Row", _: Any = None) -> Decimal:
    """Return what was invoiced of a line, less what was credited."""
    total = ZERO
    for each in db.tables["account.move.line"].values():
        if line["id"] not in (each.get("sale_line_ids") or []):
            continue
        move = db.get("account.move", each["move_id"])
        if move.get("state") != "cancel":
            total += each["quantity"] if move["move_type"] == "out_invoice" else -each["quantity"]
    return total


def to_invoice(db: "OdooDatabase", line: "Row", _: Any = None) -> Decimal:
    """Return what is to be invoiced of a line."""
    if not line.get("product_id"):
        return ZERO
    product = db.get("product.product", line["product_id"])
    ordered = product.get("invoice_policy") != "delivery"
    return (line["product_uom_qty"] if ordered else delivered(db, line)) - invoiced(db, line)


def _invoices(db: "OdooDatabase", order: "Row", _: Any) -> list[int]:
    own = {line["id"] for line in _lines(db, order)}
    found = (
        each["move_id"]
        for each in db.tables["account.move.line"].values()
        if own & set(each.get("sale_line_ids") or [])
    )
    return list(dict.fromkeys(found))


def _invoice_status(db: "OdooDatabase", order: "Row", _: Any) -> str:
    if order.get("state") not in ("sale", "done"):
        return "no"
    lines = _lines(db, order)
    if any(to_invoice(db, line) > 0 for line in lines):
        return "to invoice"
    whole = all(invoiced(db, line) >= line["product_uom_qty"] for line in lines)
    return "invoiced" if lines and whole else "no"


def _currency(db: "OdooDatabase", order: "Row", _: Any) -> int:
    if order.get("pricelist_id"):
        return int(db.get("product.pricelist", order["pricelist_id"])["currency_id"])
    return int(db.get("res.company", 1)["currency_id"])


def _credit(db: "OdooDatabase", partner: "Row", _: Any) -> Decimal:
    lines = (
        line
        for line in db.tables["account.move.line"].values()
        if line.get("balance") and db.get("account.move", line["move_id"]).get("partner_id") == partner["id"]
    )
    return sum((db.value("account.move.line", line, "amount_residual") for line in lines), ZERO)


def _confirm(db: "OdooDatabase", ids: list[int], _: "Row", __: "Context") -> bool:
    for number in ids:
        order = db.get("sale.order", number)
        if order["state"] not in ("draft", "sent"):
            raise UserError(
                "It is not allowed to confirm an order in the following states: done, cancel"
                if db.settings.version < 17
                else "Some orders are not in a state requiring confirmation."
            )
        db.write("sale.order", [number], {"state": "sale", "date_order": db.now()})
        deliver_order(db, order)
        db.ledger.write("order", id=number, origin=order.get("origin"), name=order["name"])
    return True


def _cancel(db: "OdooDatabase", ids: list[int], _: "Row", __: "Context") -> bool:
    for number in ids:
        if db.get("sale.order", number)["state"] == "done":
            raise UserError("You cannot cancel a locked order. Please unlock it first.")
        transfers = db.all("stock.picking", sale_id=number)
        waiting = [row["id"] for row in transfers if row["state"] not in ("done", "cancel")]
        db.methods["stock.picking", "action_cancel"](db, waiting, {}, {})
        for row in transfers:
            if row["state"] == "done":
                db.create("mail.activity", {"res_model": "stock.picking", "res_id": row["id"]})
        db.write("sale.order", [number], {"state": "cancel"})
    return True


def _unlock(db: "OdooDatabase", ids: list[int], _: "Row", __: "Context") -> None:
    db.write("sale.order", ids, {"state": "sale"} if db.settings.version < 17 else {"locked": False})


def _unlinking(db: "OdooDatabase", ids: list[int], _: "Row", __: "Context") -> None:
    for number in ids:
        if db.get("sale.order", number)["state"] not in ("draft", "cancel"):
            raise UserError(
                "You can not delete a sent quotation or a confirmed sales order. You must first cancel it."
            )


def portal_url(model: str, path: str) -> Any:
    """Return the method that makes a portal link."""

    def link(db: "OdooDatabase", ids: list[int], named: "Row", _: "Context") -> str:
        (number,) = ids
        row = db.get(model, number)
        row["access_token"] = row.get("access_token") or f"token-{model}-{number}"
        report = named.get("report_type", "pdf")
        return f"{path}/{number}?access_token={row['access_token']}&report_type={report}&download=true"

    return link


def _new_order(db: "OdooDatabase", _: "Context") -> "Row":
    return {"state": "draft", "company_id": 1, "date_order": db.now(), "warehouse_id": 1}


def _named(db: "OdooDatabase", ids: list[int], _: "Row", __: "Context") -> None:
    order = db.get("sale.order", ids[0])
    order["name"] = order.get("name") or db.next_number("S")


def _line_made(db: "OdooDatabase", ids: list[int], _: "Row", __: "Context") -> None:
    line = db.get("sale.order.line", ids[0])
    if not line.get("display_type") and not line.get("product_id"):
        raise UserError("Missing required fields on accountable sale order line.")
    tax = db.name("sale.order.line", "tax_id")
    if tax not in line:
        line[tax] = (
            list(db.get("product.product", line["product_id"]).get("taxes_id") or [])
            if line.get("product_id")
            else []
        )
    db.touch("sale.order", line["order_id"])


def _product_made(db: "OdooDatabase", ids: list[int], _: "Row", __: "Context") -> None:
    product = db.get("product.product", ids[0])
    product["product_tmpl_id"] = db.create("product.template", {"name": product["name"]})


def _template_written(db: "OdooDatabase", ids: list[int], values: "Row", __: "Context") -> None:
    if values.get("active") is False:
        for number in ids:
            own = [row["id"] for row in db.all("product.product", product_tmpl_id=number)]
            db.write("product.product", own, {"active": False})


def _partner_goes(db: "OdooDatabase", ids: list[int], _: "Row", __: "Context") -> None:
    for number in ids:
        if any(move["state"] != "cancel" for move in db.all("account.move", partner_id=number)):
            raise UserError("Record cannot be deleted. Partner used in Accounting")


def _purchase_goes(db: "OdooDatabase", ids: list[int], _: "Row", __: "Context") -> None:
    if any(db.get("purchase.order", number)["state"] != "cancel" for number in ids):
        raise UserError("In order to delete a purchase order, you must cancel it first.")


def _purchase_cancelled(db: "OdooDatabase", ids: list[int], _: "Row", __: "Context") -> None:
    db.write("purchase.order", ids, {"state": "cancel"})


def _purchase_made(db: "OdooDatabase", ids: list[int], _: "Row", __: "Context") -> None:
    order = db.get("purchase.order", ids[0])
    order["name"] = order.get("name") or db.next_number("P")


COMPUTED = {
    ("sale.order", "amount_untaxed"): lambda db, row, _: order_totals(db, row)[0],
    ("sale.order", "amount_tax"): lambda db, row, _: order_totals(db, row)[1],
    ("sale.order", "amount_total"): lambda db, row, _: sum(order_totals(db, row), ZERO),
    ("sale.order", "currency_id"): _currency,
    ("sale.order", "currency_rate"): lambda db, row, _: db.get("res.currency", _currency(db, row, None))[
        "rate"
    ],
    ("sale.order", "invoice_ids"): _invoices,
    ("sale.order", "invoice_status"): _invoice_status,
    ("sale.order.line", "price_subtotal"): lambda db, row, _: _sums(db, row)[0],
    ("sale.order.line", "price_tax"): lambda db, row, _: _sums(db, row)[1],
    ("sale.order.line", "price_total"): lambda db, row, _: sum(_sums(db, row), ZERO),
    ("sale.order.line", "qty_delivered"): delivered,
    ("sale.order.line", "qty_invoiced"): invoiced,
    ("sale.order.line", "qty_to_invoice"): to_invoice,
    ("res.partner", "credit"): _credit,
    ("res.partner", "commercial_partner_id"): lambda _, row, __: row.get("parent_id") or row["id"],
}
DEFAULTS = {
    "sale.order": _new_order,
    "res.partner": lambda *_: {"active": True, "type": "contact"},
    "product.product": lambda *_: {
        "active": True,
        "sale_ok": True,
        "type": "consu",
        "uom_id": 1,
        "invoice_policy": "order",
    },
    "product.pricelist": lambda *_: {"active": True},
    "purchase.order": lambda *_: {"state": "draft"},
}
METHODS = {
    ("sale.order", "action_confirm"): _confirm,
    ("sale.order", "action_cancel"): _cancel,
    ("sale.order", "action_unlock"): _unlock,
    ("sale.order", "get_portal_url"): portal_url("sale.order", "/my/orders"),
    ("sale.order", "_unlinking"): _unlinking,
    ("sale.order", "_created"): _named,
    ("sale.order.line", "_created"): _line_made,
    ("purchase.order", "_created"): _purchase_made,
    ("purchase.order", "_unlinking"): _purchase_goes,
    ("purchase.order", "button_cancel"): _purchase_cancelled,
    ("res.partner", "_unlinking"): _partner_goes,
    ("product.product", "_created"): _product_made,
    ("product.template", "_written"): _template_written,
}
