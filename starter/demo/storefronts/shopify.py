"""A Shopify shop, over its sandbox's checkout and back office."""

from decimal import Decimal
from typing import Any

from domain.money import Money
from starter.demo.carts import Cart
from starter.demo.storefronts.port import Habits, Moment, Placed, Shown
from starter.demo.storefronts.sandbox import SandboxFront


class ShopifyFront(SandboxFront):
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
