"""A Shopify shop, over its sandbox's checkout and back office."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from domain.money import Money
from starter.demo.carts import Cart, Trouble
from starter.demo.doors import Door
from starter.demo.storefronts.port import Habits, Moment, Placed, Shown

_FAULTS = {Trouble.TWICE: "webhook_twice", Trouble.LOST: "webhook_lose"}


class ShopifyFront:
    """The shop sells in euros; what a buyer pays in another currency is booked in that one."""

    habits = Habits(
        statuses={
            Moment.PLACED: "UNFULFILLED",
            Moment.PICKED: "IN_PROGRESS",
            Moment.PARTLY_SHIPPED: "PARTIALLY_FULFILLED",
            Moment.SHIPPED: "FULFILLED",
            Moment.CANCELLED: "CANCELLED",
        },
        cancels_itself=True,
        differs=(
            "Cancellations are entered in the shop and come to the ERP from there: a cancellation written by"
            " a program would give the money back at once.",
        ),
    )

    def __init__(self, door: Door) -> None:
        self._door = door
        self.close = door.close

    async def place(self, cart: Cart) -> Placed:
        """Buy."""
        receipt = await self._door.post("/shop/orders", asked(cart))
        paid = receipt["paid"]
        return Placed(str(receipt["number"]), Money(Decimal(paid["amount"]), paid["currencyCode"]).rounded())

    async def shown(self, order_id: str) -> Shown:
        """Look at an order."""
        order = await self._door.get(f"/shop/orders/{order_id}")
        status = "CANCELLED" if order["cancelled"] else order["fulfillment_status"]
        return Shown(status, tuple(order["tracking"]), " ".join(order["metafields"].values()))

    async def cancel(self, order_id: str) -> None:
        """Cancel an order."""
        await self._door.post(f"/shop/orders/{order_id}/cancel", {})

    async def offered(self) -> Mapping[str, Decimal]:
        """Return what is for sale."""
        products = await self._door.get("/shop/products")
        return {str(each["sku"]): Decimal(str(each["stock"])) for each in products}

    async def trouble(self, kind: Trouble) -> None:
        """Let webhooks go wrong, or right again."""
        if kind is Trouble.NONE:
            await self._door.delete("/_sandbox/faults")
        else:
            await self._door.post("/_sandbox/faults", {"kind": _FAULTS[kind], "times": None})

    async def has_told(self) -> bool:
        """Whether no webhook waits."""
        hooks = await self._door.get("/_sandbox/webhooks")
        return all(hook["status"] != "waiting" for hook in hooks)


def asked(cart: Cart) -> dict[str, Any]:
    """Return a cart as the sandbox takes it; a price of its own is the article's already."""
    buyer = cart.buyer
    wanted: dict[str, Any] = {
        "customer": buyer.email,
        "lines": [{"sku": line.sku, "quantity": line.quantity} for line in cart.lines],
        "percent_off": f"{cart.percent_off:f}",
        "presentment": "" if cart.currency == "EUR" else cart.currency,
    }
    if cart.on_account:
        wanted |= {"paid": False, "terms": "Net 30", "gateway": "manual"}
    if cart.address:
        names = {"first_name": buyer.first_name, "last_name": buyer.last_name}
        wanted["address"] = {**names, **vars(cart.address)}
    return wanted
