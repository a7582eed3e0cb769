"""The demo's orders: a dozen of different kinds, and what is to become of each."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from domain.stages import Stage

ANNA = "anna.moreau@example.com"
BODEGA = "compras@bodega-sol.example"
WEINHAUS = "einkauf@weinhaus-nord.example"
HOTEL = "desk@hotel-bruxelles.example"
SOLD_OUT = "DECANTER-RARE"
"""The shop still shows two; at the counter all were sold."""
HARBOUR = "buyer@harbour-inn.example"
_PARIS = {"street": "1 rue Neuve", "postcode": "75001", "city": "Paris", "country": "FR"}


class After(StrEnum):
    """What becomes of an order after all orders are posted."""

    NOTHING = ""
    SHIPPED = "shipped"
    UNDONE = "undone"


@dataclass(frozen=True)
class Case:
    """One order: how it is placed, which fault the shop's hook has, what a person does, how it must end.

    `ends` is where it is once it was dealt with for the first time, `after` what comes then. `person` is one
    of `approve`, `reject`, `correct`, `cancel` or empty.
    """

    name: str
    cart: dict[str, Any]
    ends: Stage = Stage.POSTED
    person: str = ""
    fault: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    after: After = After.NOTHING

    @property
    def buyer(self) -> str:
        """Who bought, by their mail address."""
        return str(self.cart["customer"] or self.cart["guest"]["email"])


def _cart(customer: str, *lines: tuple[str, int], **facts: Any) -> dict[str, Any]:
    chosen = [{"sku": sku, "quantity": quantity} for sku, quantity in lines]
    return {"customer": customer, "module": "stripe_official", "lines": chosen, **facts}


def _guest(email: str, first: str, last: str, *lines: tuple[str, int], **facts: Any) -> dict[str, Any]:
    buyer = {"email": email, "first_name": first, "last_name": last}
    return {**_cart("", *lines, address=_PARIS, **facts), "guest": buyer}


CASES: tuple[Case, ...] = (
    Case("small order", _cart(ANNA, ("WINE-RED-75", 6)), after=After.SHIPPED),
    Case("new customer", _guest("nora.nouvelle@example.com", "Nora", "Nouvelle", ("GLASS-SET-4", 2))),
    Case("above the limit, approved", _cart(HOTEL, ("CELLAR-CABINET", 3)), person="approve"),
    Case(
        "above the limit, rejected",
        _cart(BODEGA, ("CELLAR-CABINET", 4)),
        ends=Stage.REJECTED,
        person="reject",
    ),
    Case("out of stock", _cart(ANNA, (SOLD_OUT, 2)), ends=Stage.HELD),
    Case("no credit left", _cart(WEINHAUS, ("WINE-RED-75", 12), module="ps_checkpayment"), ends=Stage.HELD),
    Case("voucher", _cart(HOTEL, ("GLASS-SET-4", 3), ("BOOK-CELLAR", 1), vouchers=[{"percent": "7.5"}])),
    Case(
        "gross prices that do not divide",
        {**_cart(ANNA), "lines": [{"sku": "CORKSCREW-STEEL", "quantity": 7, "gross": "8.99"}]},
    ),
    Case("in pounds", _cart(HARBOUR, ("GLASS-SET-4", 2), currency="GBP")),
    Case("in dollars", _cart(BODEGA, ("WINE-CRATE-6", 1), currency="USD")),
    Case("guest", _guest("gil.guest@example.com", "Gil", "Gast", ("OLIVE-OIL-50", 3)), after=After.UNDONE),
    Case(
        "address without a country, corrected",
        _cart(ANNA, ("BOOK-CELLAR", 2), address={**_PARIS, "raw": {"id_country": "0"}}),
        person="correct",
        fields={"delivery.country": "FR", "billing.country": "FR"},
    ),
    Case("webhook sent twice", _cart(HOTEL, ("WINE-WHITE-75", 12)), fault="webhook_double_new_id"),
    Case("webhook lost", _cart(BODEGA, ("OLIVE-OIL-50", 24)), fault="webhook_lose"),
    Case(
        "cancelled after posting",
        _cart(HARBOUR, ("SHIRT-BLK-M", 2)),
        ends=Stage.CANCELLED,
        person="cancel",
    ),
)

STRUCK = Case("worker killed in the middle of its post", _cart(HOTEL, ("WINE-CRATE-6", 2)))
