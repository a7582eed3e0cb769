"""A PrestaShop, over its sandbox's checkout and back office."""

from decimal import Decimal
from typing import Any

from domain.money import Money
from starter.demo.carts import Address, Cart, Wanted
from starter.demo.storefronts.port import Habits, Moment, Placed, Shown
from starter.demo.storefronts.sandbox import SandboxFront

_CARD, _CHEQUE = "stripe_official", "ps_checkpayment"


class PrestaShopFront(SandboxFront):
    """The states are a default install's."""

    habits = Habits(
        statuses={
            Moment.PLACED: "2",
            Moment.PICKED: "3",
            Moment.PARTLY_SHIPPED: "3",
            Moment.SHIPPED: "4",
            Moment.CANCELLED: "6",
        }
    )

    webhook_twice = "webhook_double_new_id"

    async def place(self, cart: Cart) -> Placed:
        """Buy."""
        answer = await self._door.post("/shop/orders", asked(cart))
        receipt = answer["orders"][0]
        paid = Decimal(str(receipt["total_paid_tax_incl"]))
        return Placed(str(receipt["id_order"]), Money(paid, cart.currency).rounded())

    async def shown(self, order_id: str) -> Shown:
        """Look at an order."""
        order = await self._door.get(f"/shop/orders/{order_id}")
        note = await self._door.get(f"/shop/orders/{order_id}/note")
        numbers = [number for parcel in order["tracking"] for number in parcel["number"].split(",") if number]
        return Shown(str(order["status"]["id"]), tuple(numbers), str(note["note"]))

    async def cancel(self, order_id: str) -> None:
        """Cancel an order."""
        await self._door.post(f"/shop/orders/{order_id}/cancel", {})


def asked(cart: Cart) -> dict[str, Any]:
    """Return a cart as the sandbox takes it."""
    buyer = cart.buyer
    wanted: dict[str, Any] = {
        "customer": "" if buyer.is_guest else buyer.email,
        "module": _CHEQUE if cart.on_account else _CARD,
        "currency": cart.currency,
        "lines": [_line(line) for line in cart.lines],
    }
    if buyer.is_guest:
        wanted["guest"] = {"email": buyer.email, "first_name": buyer.first_name, "last_name": buyer.last_name}
    if cart.address:
        wanted["address"] = _address(cart.address)
    if cart.percent_off:
        wanted["vouchers"] = [{"percent": f"{cart.percent_off:f}"}]
    return wanted


def _line(line: Wanted) -> dict[str, Any]:
    price = {} if line.gross is None else {"gross": f"{line.gross:f}"}
    return {"sku": line.sku, "quantity": line.quantity, **price}


def _address(address: Address) -> dict[str, Any]:
    given: dict[str, Any] = {"street": address.street, "postcode": address.postcode, "city": address.city}
    # The shop's own form asks for a country; what a module imports may have none.
    country = (
        {"country": address.country} if address.country else {"country": "FR", "raw": {"id_country": "0"}}
    )
    return {**given, **country}
