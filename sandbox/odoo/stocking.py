"""Stock: what lies where, what goes out for orders, what comes back."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.odoo.errors import UserError

if TYPE_CHECKING:
    from sandbox.odoo.database import Context, OdooDatabase, Row

ZERO = Decimal(0)
STOCK, CUSTOMERS, SUPPLIERS = 1, 2, 3
OUT, IN = 1, 2


def done_name(db: "OdooDatabase") -> str:
    """Return what this version calls a move's done quantity."""
    return db.name("stock.move", "quantity_done")


def moved(db: "OdooDatabase", line: int, direction: str) -> Decimal:
    """Return what moved for an order line: `outgoing`, or `incoming` to be refunded."""
    total = ZERO
    for move in db.all("stock.move", sale_line_id=line, state="done"):
        if direction_of(db, move) == direction and (direction == "outgoing" or move.get("to_refund")):
            total += move.get(done_name(db)) or ZERO
    return total


def direction_of(db: "OdooDatabase", move: "Row") -> str:
    """Return which way a move goes."""
    picking = db.get("stock.picking", move["picking_id"])
    return str(db.get("stock.picking.type", picking["picking_type_id"])["code"])


def stocked(db: "OdooDatabase", product: "Row") -> bool:
    """Whether a product has a stock."""
    if db.settings.version >= 18:
        return bool(product.get("is_storable"))
    return product.get("type") == "product"


def deliver_order(db: "OdooDatabase", order: "Row") -> None:
    """Plan the delivery of a confirmed order's goods."""
    lines = [
        line
        for line in db.all("sale.order.line", order_id=order["id"])
        if line.get("product_id")
        and db.get("product.product", line["product_id"])["type"] != "service"
        and line["product_uom_qty"] > 0
    ]
    if not lines:
        return
    moves = [
        [0, 0, {
            "name": line["name"], "product_id": line["product_id"], "product_uom": 1,
            "product_uom_qty": line["product_uom_qty"], "sale_line_id": line["id"], "group_id": order["id"],
            "location_id": STOCK, "location_dest_id": CUSTOMERS, "state": "confirmed",
        }]
        for line in lines
    ]  # fmt: skip
    db.create(
        "stock.picking",
        {
            "picking_type_id": OUT,
            "partner_id": order.get("partner_shipping_id") or order["partner_id"],
            "location_id": STOCK,
            "location_dest_id": CUSTOMERS,
            "origin": order["name"],
            "sale_id": order["id"],
            "state": "confirmed",
            "carrier_id": order.get("carrier_id") or False,
            db.name("stock.picking", "move_lines"): moves,
        },
    )


def _moves(db: "OdooDatabase", picking: int) -> list["Row"]:
    return db.all("stock.move", picking_id=picking)


def _set_state(db: "OdooDatabase", picking: int, state: str) -> None:
    for move in _moves(db, picking):
        db.write("stock.move", [move["id"]], {"state": state})
    db.write("stock.picking", [picking], {"state": state})


def _confirm(db: "OdooDatabase", ids: list[int], _: "Row", __: "Context") -> bool:
    for number in ids:
        if db.get("stock.picking", number)["state"] == "draft":
            _set_state(db, number, "confirmed")
    return True


def _cancel(db: "OdooDatabase", ids: list[int], _: "Row", __: "Context") -> bool:
    for number in ids:
        if db.get("stock.picking", number)["state"] == "done":
            raise UserError("You cannot cancel a stock move that has been set to 'Done'.")
        _set_state(db, number, "cancel")
    return True


def _validate(db: "OdooDatabase", ids: list[int], _: "Row", context: "Context") -> Any:
    (number,) = ids
    moves, field = _moves(db, number), done_name(db)
    if not any(move.get(field) for move in moves):
        if not context.get("skip_immediate"):
            return {"type": "ir.actions.act_window", "res_model": "stock.immediate.transfer"}
        raise UserError("You cannot validate a transfer if no quantities are reserved nor done.")
    short = [move for move in moves if (move.get(field) or ZERO) < move["product_uom_qty"]]
    if short and not context.get("skip_backorder"):
        return {"type": "ir.actions.act_window", "res_model": "stock.backorder.confirmation"}
    if short:
        _back_order(db, db.get("stock.picking", number), short, field)
    for move in _moves(db, number):
        _move_stock(db, move, field)
    _set_state(db, number, "done")
    db.write("stock.picking", [number], {"date_done": db.now()})
    db.ledger.write("delivery" if direction_of(db, moves[0]) == "outgoing" else "return", id=number)
    return True


def _back_order(db: "OdooDatabase", picking: "Row", short: list["Row"], field: str) -> None:
    kept = (
        "picking_type_id",
        "partner_id",
        "location_id",
        "location_dest_id",
        "origin",
        "sale_id",
        "carrier_id",
    )
    values = {name: picking.get(name) or False for name in kept}
    other = db.create("stock.picking", {**values, "state": "confirmed", "backorder_id": picking["id"]})
    for move in short:
        some = move.get(field) or ZERO
        if not some:
            db.write("stock.move", [move["id"]], {"picking_id": other})
            continue
        rest = {name: move[name] for name in move if name not in ("id", "create_date", "write_date", field)}
        rest |= {"picking_id": other, "product_uom_qty": move["product_uom_qty"] - some, "state": "confirmed"}
        db.create("stock.move", rest)
        move["product_uom_qty"] = some


def _move_stock(db: "OdooDatabase", move: "Row", field: str) -> None:
    some = move.get(field) or ZERO
    for place, change in ((move.get("location_id"), -some), (move.get("location_dest_id"), some)):
        if place and db.get("stock.location", place)["usage"] == "internal":
            change_stock(db, move["product_id"], place, change)


def change_stock(db: "OdooDatabase", product: int, place: int, change: Decimal) -> None:
    """Put goods somewhere, or take them away."""
    quants = db.all("stock.quant", product_id=product, location_id=place)
    if quants:
        quants[0]["quantity"] += change
    else:
        db.create("stock.quant", {"product_id": product, "location_id": place, "quantity": change})


def _count(db: "OdooDatabase", ids: list[int], _: "Row", __: "Context") -> None:
    for number in ids:
        quant = db.get("stock.quant", number)
        quant["quantity"] = quant.get("inventory_quantity") or ZERO


def _quant_made(db: "OdooDatabase", ids: list[int], _: "Row", context: "Context") -> None:
    quant = db.get("stock.quant", ids[0])
    # Before 15 a counted quantity is booked as soon as it is entered in inventory mode.
    if db.settings.version < 15 and context.get("inventory_mode") and quant.get("inventory_quantity"):
        quant["quantity"] = quant["inventory_quantity"]
    quant.setdefault("quantity", ZERO)


def _quant_written(db: "OdooDatabase", ids: list[int], values: "Row", context: "Context") -> None:
    if db.settings.version < 15 and context.get("inventory_mode") and "inventory_quantity" in values:
        _count(db, ids, values, context)


def _picking_goes(db: "OdooDatabase", ids: list[int], _: "Row", __: "Context") -> None:
    if any(move["state"] == "done" for number in ids for move in _moves(db, number)):
        raise UserError("You can only delete draft moves.")


def _move_goes(db: "OdooDatabase", ids: list[int], _: "Row", __: "Context") -> None:
    if any(db.get("stock.move", number)["state"] not in ("draft", "cancel") for number in ids):
        raise UserError("You can only delete draft moves.")
    for number in ids:
        db.unlink("stock.move.line", [line["id"] for line in db.all("stock.move.line", move_id=number)])


def _named(db: "OdooDatabase", ids: list[int], _: "Row", __: "Context") -> None:
    picking = db.get("stock.picking", ids[0])
    kind = db.get("stock.picking.type", picking["picking_type_id"])
    picking["name"] = picking.get("name") or db.next_number(
        "WH/OUT/" if kind["code"] == "outgoing" else "WH/IN/"
    )
    for move in _moves(db, picking["id"]):
        if not picking.get("sale_id") and move.get("sale_line_id"):
            picking["sale_id"] = db.get("sale.order.line", move["sale_line_id"])["order_id"]


def _picked(db: "OdooDatabase", ids: list[int], values: "Row", __: "Context") -> None:
    """Keep what is picked of a move in its own row, as people see it."""
    field = done_name(db)
    if field not in values:
        return
    for number in ids:
        move, name = db.get("stock.move", number), db.name("stock.move.line", "qty_done")
        lines = db.all("stock.move.line", move_id=number)
        facts = {"move_id": number, "picking_id": move["picking_id"], name: move[field]}
        if lines:
            db.write("stock.move.line", [lines[0]["id"]], facts)
        else:
            db.create("stock.move.line", facts)


def _available(db: "OdooDatabase", product: "Row", _: "Context") -> Decimal:
    rows = db.all("stock.quant", product_id=product["id"])
    internal = (row for row in rows if db.get("stock.location", row["location_id"])["usage"] == "internal")
    return sum((row["quantity"] for row in internal), ZERO)


def _outgoing(db: "OdooDatabase", product: "Row", _: "Context") -> Decimal:
    moves = db.all("stock.move", product_id=product["id"])
    waiting = (
        m
        for m in moves
        if m["state"] not in ("done", "cancel", "draft") and direction_of(db, m) == "outgoing"
    )
    return sum((move["product_uom_qty"] for move in waiting), ZERO)


COMPUTED = {
    ("product.product", "qty_available"): _available,
    ("product.product", "free_qty"): _available,
    ("product.product", "outgoing_qty"): _outgoing,
    ("stock.picking", "picking_type_code"): lambda db, row, _: db.get(
        "stock.picking.type", row["picking_type_id"]
    )["code"],
    ("stock.move.line", "state"): lambda db, row, _: db.get("stock.move", row["move_id"])["state"],
}
DEFAULTS = {
    "stock.picking": lambda db, _: {"state": "draft", "scheduled_date": db.now()},
    "stock.move": lambda *_: {"state": "draft"},
}
METHODS = {
    ("stock.picking", "action_confirm"): _confirm,
    ("stock.picking", "action_assign"): lambda *_: True,
    ("stock.picking", "action_cancel"): _cancel,
    ("stock.picking", "button_validate"): _validate,
    ("stock.picking", "_created"): _named,
    ("stock.picking", "_unlinking"): _picking_goes,
    ("stock.move", "_unlinking"): _move_goes,
    ("stock.move", "_written"): _picked,
    ("stock.quant", "_created"): _quant_made,
    ("stock.quant", "_written"): _quant_written,
    ("stock.quant", "action_apply_inventory"): _count,
}
