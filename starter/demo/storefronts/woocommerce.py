"""A WooCommerce shop, over its sandbox's checkout and back office."""

from decimal import Decimal
from typing import Any

from domain.money import Money
from starter.demo.carts import Cart, Wanted
from starter.demo.storefronts.port import Habits, Moment, Placed, Shown
from starter.demo.storefronts.sandbox import SandboxFront

_TRACKING = "_tracking_number"
_CARD, _CHEQUE = "stripe", "cheque"


class WooCommerceFront(SandboxFront):
    """The shop has no plug-ins: parcels are in a field of the order."""

    habits = Habits(
        statuses={
            Moment.PLACED: "processing",
            Moment.PICKED: "processing",
            Moment.PARTLY_SHIPPED: "processing",
            Moment.SHIPPED: "completed",
            Moment.CANCELLED: "cancelled",
        },
        differs=(
            "Its status stays processing until the last parcel: WooCommerce has none for what is prepared or"
            " sent in part, unless a plug-in adds one.",
            "Orders in pounds and dollars come with the rate that a plug-in keeps: the core sells in one"
            " currency.",
        ),
    )

    async def place(self, cart: Cart) -> Placed:
        """Buy."""
        receipt = await self._door.post("/shop/orders", asked(cart))
        return Placed(str(receipt["id"]), Money(Decimal(receipt["total"]), cart.currency).rounded())

    async def shown(self, order_id: str) -> Shown:
        """Look at an order."""
        answer = await self._door.get(f"/shop/orders/{order_id}")
        order = answer["order"]
        fields = {each["key"]: str(each["value"]) for each in order["meta_data"]}
        numbers = tuple(number.strip() for number in fields.get(_TRACKING, "").split(",") if number)
        return Shown(order["status"], numbers, " ".join(answer["notes"]))

    async def cancel(self, order_id: str) -> None:
        """Cancel an order."""
        await self._door.post(f"/shop/orders/{order_id}/status", {"status": "cancelled"})

    async def has_told(self) -> bool:
        """Whether no webhook waits."""
        queue = await self._door.get("/_sandbox/deliveries")
        return not queue["waiting"]


def asked(cart: Cart) -> dict[str, Any]:
    """Return a cart as the sandbox takes it; who pays later is let through by the shop's payment plug-in."""
    buyer = cart.buyer
    wanted: dict[str, Any] = {
        "lines": [_line(line) for line in cart.lines],
        "currency": cart.currency,
        "payment_method": _CHEQUE if cart.on_account else _CARD,
        "coupons": [{"percent": f"{cart.percent_off:f}"}] if cart.percent_off else [],
        **({"email": buyer.email} if buyer.is_guest else {"customer": buyer.email}),
    }
    if cart.address:
        names = {"first_name": buyer.first_name, "last_name": buyer.last_name}
        wanted["address"] = {**names, **vars(cart.address)}
    return wanted


def _line(line: Wanted) -> dict[str, Any]:
    price = {} if line.gross is None else {"price": f"{line.gross:f}"}
    return {"sku": line.sku, "quantity": line.quantity, **price}
