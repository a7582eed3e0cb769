"""The shop front and the back office, cut down to JSON: what buyers and employees do under /shop.

GET   /shop/products                  what is sold: SKU, name, price without tax, stock
POST  /shop/customers                 open an account
POST  /shop/orders                    buy; answers one order per package
GET   /shop/orders/{id}               what the buyer sees of it
GET   /shop/orders/{id}/note          the internal note, which the buyer does not see
POST  /shop/orders/{id}/pay           money arrives
POST  /shop/orders/{id}/cancel        cancel it
POST  /shop/orders/{id}/edit          change lines or the address
POST  /shop/orders/{id}/refund        refund part of it
POST  /shop/orders/{id}/return        the buyer asks to send goods back
POST  /shop/orders/{id}/status        an employee sets a state: {"id_order_state": 4}
GET   /index.php?controller=pdf-invoice&id_order=…&secure_key=…   the invoice as a PDF
"""

from collections.abc import Awaitable, Callable
from json import JSONDecodeError
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.prestashop.backoffice import order_row
from sandbox.prestashop.offers import ShopRefusal
from sandbox.prestashop.requests import NewCustomer, OrderEdit, OrderRequest, Payment, Refund
from sandbox.prestashop.shop import PrestaShop
from sandbox.prestashop.state import ShopState
from sandbox.prestashop.stock import belongs_to_shop
from sandbox.prestashop.tables import Row

Page = Callable[[Request], Awaitable[Response]]
_BUYERS_LANGUAGE = 1


class _NewStatus(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id_order_state: int


def storefront_routes(shop: PrestaShop) -> list[BaseRoute]:
    """Return the routes of the shop front."""
    front, order = StoreFront(shop), "/shop/orders/{id:int}"
    pages: list[tuple[str, str, Page]] = [
        ("GET", "/shop/products", front.products),
        ("POST", "/shop/customers", front.register),
        ("POST", "/shop/orders", front.buy),
        ("GET", order, front.show),
        ("GET", f"{order}/note", front.note),
        ("POST", f"{order}/pay", front.pay),
        ("POST", f"{order}/cancel", front.cancel),
        ("POST", f"{order}/edit", front.edit),
        ("POST", f"{order}/refund", front.refund),
        ("POST", f"{order}/return", front.ask_for_return),
        ("POST", f"{order}/status", front.status),
        ("GET", "/index.php", front.invoice),
    ]
    return [Route(path, _answered(shop, page), methods=[verb]) for verb, path, page in pages]


class StoreFront:
    """The pages of one shop."""

    def __init__(self, shop: PrestaShop) -> None:
        self._shop = shop

    async def products(self, _: Request) -> Response:
        """List what is sold."""
        return JSONResponse(shown_products(self._shop.state))

    async def register(self, request: Request) -> Response:
        """Open an account."""
        wanted = NewCustomer.model_validate(await request.json())
        return JSONResponse({"id_customer": self._shop.register(wanted)}, 201)

    async def buy(self, request: Request) -> Response:
        """Buy a cart."""
        placed = await self._shop.checkout(OrderRequest.model_validate(await request.json()))
        return JSONResponse({"orders": [each.model_dump(mode="json") for each in placed]}, 201)

    async def show(self, request: Request) -> Response:
        """Show an order to its buyer."""
        return JSONResponse(shown_order(self._shop.state, _id(request)))

    async def note(self, request: Request) -> Response:
        """Show an order's internal note."""
        return JSONResponse({"note": self._shop.order(_id(request))["note"]})

    async def pay(self, request: Request) -> Response:
        """Let money arrive."""
        given = await request.json() if await request.body() else {}
        self._shop.pay(_id(request), Payment.model_validate(given))
        return await self.show(request)

    async def cancel(self, request: Request) -> Response:
        """Cancel an order."""
        self._shop.cancel(_id(request))
        return await self.show(request)

    async def edit(self, request: Request) -> Response:
        """Change an order."""
        self._shop.edit(_id(request), OrderEdit.model_validate(await request.json()))
        return await self.show(request)

    async def refund(self, request: Request) -> Response:
        """Refund part of an order."""
        slip = self._shop.refund(_id(request), Refund.model_validate(await request.json()))
        return JSONResponse({"id_order_slip": slip}, 201)

    async def ask_for_return(self, request: Request) -> Response:
        """Take a buyer's wish to send goods back."""
        return JSONResponse({"id_order_return": self._shop.ask_for_return(_id(request))}, 201)

    async def status(self, request: Request) -> Response:
        """Set an order's state."""
        wanted = _NewStatus.model_validate(await request.json())
        self._shop.set_state(_id(request), wanted.id_order_state)
        return await self.show(request)

    async def invoice(self, request: Request) -> Response:
        """Give an invoice out."""
        return invoice_pdf(self._shop.state, request)


def shown_order(state: ShopState, id_order: int) -> dict[str, Any]:
    """Describe an order as its buyer sees it."""
    order = order_row(state, id_order)
    current = state.tables.row("order_states", order["current_state"])
    lines = state.tables["order_details"].find(id_order=id_order)
    return {
        "id_order": id_order,
        "reference": order["reference"],
        "date": order["date_add"],
        "status": _shown_state(current),
        "payment": order["payment"],
        "currency": state.tables["currencies"].rows[order["id_currency"]]["iso_code"],
        "total_paid": str(order["total_paid_tax_incl"]),
        "invoice_number": order["invoice_number"],
        "tracking": [
            _shown_parcel(state, row) for row in state.tables["order_carriers"].find(id_order=id_order)
        ],
        "lines": [
            {
                "sku": line["product_reference"],
                "name": line["product_name"],
                "quantity": line["product_quantity"],
                "total": str(line["total_price_tax_incl"]),
            }
            for line in lines
        ],
    }


def shown_products(state: ShopState) -> list[dict[str, Any]]:
    """List every article that has an SKU and a stock row the shop sees."""
    shown = []
    for row in state.tables["stock_availables"].rows.values():
        product = state.tables["products"].rows[row["id_product"]]
        combination = state.tables.row("combinations", row["id_product_attribute"])
        if not belongs_to_shop(row) or (product["product_type"] == "combinations" and combination is None):
            continue
        shown.append(
            {
                "sku": combination["reference"] if combination else product["reference"],
                "name": product["name"][_BUYERS_LANGUAGE],
                "net": str(product["price"] + (combination["price"] if combination else 0)),
                "stock": row["quantity"],
            }
        )
    return shown


def invoice_pdf(state: ShopState, request: Request) -> Response:
    """Return an order's invoice to whoever holds the order's secure key."""
    query = request.query_params
    wanted = query.get("id_order", "")
    order = state.tables.row("orders", int(wanted)) if wanted.isdigit() else None
    if query.get("controller") != "pdf-invoice" or order is None or not order["invoice_number"]:
        return Response("The invoice was not found.", 404, media_type="text/html")
    if query.get("secure_key") != order["secure_key"]:
        return Response("Forbidden", 403, media_type="text/html")
    number = f"{state.configuration('PS_INVOICE_PREFIX')}{order['invoice_number']:06d}"
    text = f"BT /F1 24 Tf 72 720 Td (Invoice {number}) Tj ET"
    return Response(_one_page_pdf(text), media_type="application/pdf")


def _one_page_pdf(text: str) -> bytes:
    parts = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(text)}>>stream\n{text}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    written = "".join(f"{number} 0 obj{part}endobj\n" for number, part in enumerate(parts, start=1))
    return f"%PDF-1.4\n{written}trailer<</Root 1 0 R/Size {len(parts) + 1}>>\n%%EOF\n".encode()


def _shown_state(current: Row | None) -> dict[str, Any]:
    if current is None:
        return {"id": 0, "name": "", "paid": False, "shipped": False}
    return {
        "id": current["id"],
        "name": current["name"][_BUYERS_LANGUAGE],
        "paid": bool(current["paid"]),
        "shipped": bool(current["shipped"]),
    }


def _shown_parcel(state: ShopState, row: Row) -> dict[str, str]:
    carrier = state.tables["carriers"].rows[row["id_carrier"]]
    number = row["tracking_number"]
    url = carrier["url"].replace("@", number) if number else ""
    return {"carrier": carrier["name"], "number": number, "url": url}


def _answered(shop: PrestaShop, page: Page) -> Page:
    """Turn refusals and bad requests into answers, and note the request."""

    async def answer(request: Request) -> Response:
        try:
            response = await page(request)
        except ShopRefusal as refusal:
            response = JSONResponse({"error": str(refusal)}, refusal.status)
        except (ValidationError, JSONDecodeError) as problem:
            response = JSONResponse({"error": str(problem)}, 422)
        shop.ledger.write("visit", method=request.method, path=request.url.path, status=response.status_code)
        return response

    return answer


def _id(request: Request) -> int:
    return int(request.path_params["id"])
