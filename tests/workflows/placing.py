"""Orders that the workflow tests place in the sandbox shop."""

from typing import Any

from tests.house import House

ANNA = "anna.moreau@example.com"
BODEGA = "compras@bodega-sol.example"
WEINHAUS = "einkauf@weinhaus-nord.example"
CABINET = {"sku": "CELLAR-CABINET", "quantity": 3}
"""Three cabinets are above the approval limit of 5,000 EUR."""


def cart(*lines: dict[str, Any], customer: str = ANNA, **facts: Any) -> dict[str, Any]:
    """Return a paid cart of an account's owner."""
    chosen = lines or ({"sku": "WINE-RED-75", "quantity": 6},)
    return {"customer": customer, "module": "stripe_official", "lines": list(chosen), **facts}


def place(house: House, *lines: dict[str, Any], **facts: Any) -> int:
    """Place an order at once and return its number."""
    (placed,) = house.shop.place_order(cart(*lines, **facts))
    return placed.id_order


def note_of(house: House, order_id: int) -> str:
    """Return the internal note of an order in the shop."""
    return str(house.shop.order(order_id)["note"])
