"""What the sandbox's own people can do, and what stands in the books, beside faults and ledger.

POST /_sandbox/pick     {"order": 1, "lines": {"0": 2}}   pick an order, or so much of its articles' lines
POST /_sandbox/deliver  {"order": 1, "lines": {"0": 2}, "tracking": "1Z9", "carrier": "Parcel"}
                                                          carry its open transfer out; the rest waits
POST /_sandbox/invoice  {"deliveries": [1, 2]}            invoice what is delivered of one order
POST /_sandbox/stock    {"item": "X", "on_hand": 5}       count an article
GET  /_sandbox/stock                                      on hand and promised, by item
GET  /_sandbox/books?kind=order                           orders ever confirmed; or kind=delivery, invoice,
                                                          credit_note: what was carried out or posted
"""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.odoo.errors import OdooError
from sandbox.odoo.staff import Staff

if TYPE_CHECKING:
    from sandbox.odoo.database import OdooDatabase, Row

_INVOICES = {"invoice": "out_invoice", "credit_note": "out_refund"}
Action = Callable[[Staff, dict[str, Any]], "Row | None"]


def action_routes(db: "OdooDatabase") -> list[BaseRoute]:
    """Return the routes of the sandbox's own actions."""
    staff = Staff(db)

    def route(name: str, action: Action) -> BaseRoute:
        async def carry_out(request: Request) -> Response:
            try:
                made = action(staff, await request.json())
            except OdooError as refused:
                return JSONResponse(refused.body(), 422)
            except (KeyError, TypeError, ValueError, ArithmeticError) as problem:
                return JSONResponse({"error": repr(problem)}, 400)
            return JSONResponse({"id": made["id"], "name": made.get("name")} if made else {})

        return Route(f"/_sandbox/{name}", carry_out, methods=["POST"])

    async def stock(_: Request) -> Response:
        return JSONResponse(_stock(db))

    async def books(request: Request) -> Response:
        kind = request.query_params.get("kind", "")
        if kind not in ("order", "delivery", *_INVOICES):
            return JSONResponse({"error": f"there are no books of kind {kind!r}"}, 400)
        return JSONResponse(_books(db, kind))

    return [
        *(route(name, action) for name, action in _ACTIONS.items()),
        Route("/_sandbox/stock", stock, methods=["GET"]),
        Route("/_sandbox/books", books, methods=["GET"]),
    ]


def _pieces(given: dict[str, Any]) -> dict[int, Decimal] | None:
    lines = given.get("lines")
    return None if lines is None else {int(place): Decimal(str(many)) for place, many in lines.items()}


def _deliver(staff: Staff, given: dict[str, Any]) -> "Row":
    how = {name: given[name] for name in ("tracking", "carrier") if name in given}
    return staff.deliver(given["order"], _pieces(given), **how)


def _count(staff: Staff, given: dict[str, Any]) -> None:
    staff.set_stock(given["item"], Decimal(str(given["on_hand"])))


_ACTIONS: dict[str, Action] = {
    "pick": lambda staff, given: staff.pick(given["order"], _pieces(given)),
    "deliver": _deliver,
    "invoice": lambda staff, given: staff.invoice(given["deliveries"]),
    "stock": _count,
}


def _stock(db: "OdooDatabase") -> dict[str, dict[str, str]]:
    def shown(row: "Row", field: str) -> str:
        return str(db.value("product.product", row, field))

    return {
        row["default_code"]: {
            "on_hand": shown(row, "qty_available"),
            "committed": shown(row, "outgoing_qty"),
        }
        for row in db.tables["product.product"].values()
        if row.get("default_code")
    }


def _books(db: "OdooDatabase", kind: str) -> list[dict[str, Any]]:
    if kind == "delivery":
        done = db.all("stock.picking", state="done")
        return [
            {"id": row["id"]}
            for row in done
            if db.value("stock.picking", row, "picking_type_code") == "outgoing"
        ]
    if kind == "order":
        rows = [row for row in db.tables["sale.order"].values() if row["state"] not in ("draft", "sent")]
        return [_shown(db, "sale.order", row) for row in rows]
    rows = db.all("account.move", move_type=_INVOICES[kind], state="posted")
    return [_shown(db, "account.move", row) for row in rows]


def _shown(db: "OdooDatabase", model: str, row: "Row") -> dict[str, Any]:
    currency = db.get("res.currency", db.value(model, row, "currency_id"))["name"]
    total = db.value(model, row, "amount_total")
    facts = {name: row.get(name) for name in ("id", "name", "state", "origin")}
    return {**facts, "total": str(total), "currency": currency}
