"""What the sandbox's own people can do: ship, invoice, decide an approval, count stock, freeze, restart.

POST /_sandbox/restart                                    restart the Service Layer
POST /_sandbox/prepare                                    the user fields and the key table of a web shop
POST /_sandbox/release  {"order": 1}                      make a pick list of what is open of an order
POST /_sandbox/pick     {"order": 1, "lines": {"0": 2}}   pick an order, or so much of its lines in all
POST /_sandbox/deliver  {"order": 1, "lines": {"0": 2}, "tracking": "1Z9", "carrier": "Parcel"}
                                                          deliver an order, or some quantities of its lines;
                                                          "freight": true takes the order's freight along
POST /_sandbox/invoice  {"delivery": 1}                   invoice a delivery, or {"deliveries": [1, 2]}
                                                          or {"order": 1}
POST /_sandbox/credit   {"invoice": 1, "lines": {…}}      take goods of an invoice back; "without_stock": true
POST /_sandbox/return   {"delivery": 1, "lines": {…}}     take goods of a delivery back before it is invoiced
POST /_sandbox/close_order      {"order": 1}              close what is open of an order
POST /_sandbox/cancel_order     {"order": 1}              cancel an order nothing was drawn from
POST /_sandbox/cancel_delivery  {"delivery": 1}           cancel a delivery by another document
POST /_sandbox/attach   {"set": "Invoices", "entry": 1}   print a document and attach the file to it
POST /_sandbox/decide   {"draft": 1, "approved": true}    decide an approval; "generate" also posts the order
POST /_sandbox/stock    {"item": "X", "on_hand": 5, "warehouse": "01"}
POST /_sandbox/freeze   {"partner": "C20000", "frozen": true}, or {"item": "X"}
POST /_sandbox/close_period  {"before": "2026-01-01"}
GET  /_sandbox/stock                                      on hand and committed, by item; ?warehouse=01
GET  /_sandbox/load                                       peaks of requests, sessions and logins
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.sap_business_one.errors import ServiceLayerError
from sandbox.sap_business_one.wire import Row, read_body

if TYPE_CHECKING:
    from sandbox.sap_business_one.company import Company

Action = Callable[["Company", dict[str, Any]], Row | None]


def action_routes(company: "Company") -> list[BaseRoute]:
    """Return the routes of the sandbox's own actions."""

    def route(name: str, action: Action) -> BaseRoute:
        async def carry_out(request: Request) -> Response:
            try:
                made = action(company, read_body(await request.body()))
            except ServiceLayerError as refused:
                return JSONResponse(refused.body(), status_code=refused.status)
            except (KeyError, TypeError, ValueError, ArithmeticError) as problem:
                return JSONResponse({"error": repr(problem)}, status_code=400)
            return JSONResponse(_summary(made))

        return Route(f"/_sandbox/{name}", carry_out, methods=["POST"])

    async def load(_: Request) -> Response:
        return JSONResponse(asdict(company.sessions.load))

    async def stock(request: Request) -> Response:
        warehouse = request.query_params.get("warehouse", company.default_warehouse)
        return JSONResponse(_stock_of(company, warehouse))

    actions = (route(name, action) for name, action in _ACTIONS.items())
    return [*actions, Route("/_sandbox/load", load), Route("/_sandbox/stock", stock, methods=["GET"])]


def _summary(made: Row | None) -> dict[str, Any]:
    if made is None:
        return {}
    shown = (
        "Absoluteentry",
        "Status",
        "DocEntry",
        "DocNum",
        "DocumentStatus",
        "AuthorizationStatus",
        "DocTotal",
    )
    return {name: _plain(made[name]) for name in shown if name in made}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def _stock_of(company: "Company", warehouse: str) -> dict[str, dict[str, str]]:
    found = {}
    for row in company.items.table.rows():
        on_hand, committed = company.staff.stock_of(row["ItemCode"], warehouse)
        found[row["ItemCode"]] = {"on_hand": str(on_hand), "committed": str(committed)}
    return found


def _quantities(given: dict[str, Any]) -> dict[int, Decimal] | None:
    lines = given.get("lines")
    return None if lines is None else {int(line): Decimal(str(many)) for line, many in lines.items()}


def _invoice(company: "Company", given: dict[str, Any]) -> Row:
    if "order" in given:
        return company.staff.invoice_order(given["order"])
    return company.staff.invoice_delivery(*given.get("deliveries") or (given["delivery"],))


def _deliver(company: "Company", given: dict[str, Any]) -> Row:
    how = {name: given[name] for name in ("tracking", "carrier", "freight") if name in given}
    return company.staff.deliver(given["order"], _quantities(given), **how)


def _credit(company: "Company", given: dict[str, Any]) -> Row:
    without = bool(given.get("without_stock", False))
    return company.staff.credit_invoice(given["invoice"], _quantities(given), without_stock=without)


def _attach(company: "Company", given: dict[str, Any]) -> None:
    company.staff.attach(given["set"], given["entry"])


def _decide(company: "Company", given: dict[str, Any]) -> Row:
    return company.staff.decide_draft(given["draft"], given["approved"], given.get("generate", False))


def _freeze(company: "Company", given: dict[str, Any]) -> None:
    frozen = given.get("frozen", True)
    if "partner" in given:
        company.staff.freeze_partner(given["partner"], frozen)
    else:
        company.staff.freeze_item(given["item"], frozen)


def _stock(company: "Company", given: dict[str, Any]) -> None:
    warehouse = given.get("warehouse", company.default_warehouse)
    company.staff.set_stock(given["item"], Decimal(str(given["on_hand"])), warehouse)


def _close_period(company: "Company", given: dict[str, Any]) -> None:
    company.closed_before = date.fromisoformat(given["before"]) if given.get("before") else None


_ACTIONS: dict[str, Action] = {
    "restart": lambda company, _: company.restart(),
    "prepare": lambda company, _: company.staff.prepare_for_web_orders(),
    "release": lambda company, given: company.staff.release(given["order"]),
    "pick": lambda company, given: company.staff.pick(given["order"], _quantities(given)),
    "deliver": _deliver,
    "invoice": _invoice,
    "credit": _credit,
    "return": lambda company, given: company.staff.return_goods(given["delivery"], _quantities(given)),
    "close_order": lambda company, given: company.staff.close_order(given["order"]),
    "cancel_order": lambda company, given: company.staff.cancel_order(given["order"]),
    "cancel_delivery": lambda company, given: company.staff.cancel_delivery(given["delivery"]),
    "attach": _attach,
    "decide": _decide,
    "stock": _stock,
    "freeze": _freeze,
    "close_period": _close_period,
}
