"""A WooCommerce shop, over its sandbox's checkout and back office."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from domain.money import Money
from starter.demo.carts import Cart, Trouble, Wanted
from starter.demo.doors import Door
from starter.demo.storefronts.port import Habits, Moment, Placed, Shown

_FAULTS = {Trouble.TWICE: "webhook_twice", Trouble.LOST: "webhook_lose"}
_TRACKING = "_tracking_number"
_CARD, _CHEQUE = "stripe", "cheque"


class WooCommerceFront:
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

    def __init__(self, door: Door) -> None:
        self._door = door
        self.close = door.close

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

    async def offered(self) -> Mapping[str, Decimal]:
        """Return what is for sale."""
        products = await self._door.get("/shop/products")
        return {str(each["sku"]): Decimal(str(each["stock"])) for each in products}

    async def trouble(self, kind: Trouble) -> None:
        """Let webhooks go wrong, or right again."""
        if kind is Trouble.NONE:
            await self._door.delete("/_sandbox/faults")
        else:
            # The shop tells of an order twice: created, and its first status.
            await self._door.post("/_sandbox/faults", {"kind": _FAULTS[kind], "times": None})

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
