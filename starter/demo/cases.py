"""The demo's orders: a dozen of different kinds, and what is to become of each."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from domain.stages import Stage
from starter.demo.carts import Address, Buyer, Cart, Trouble, Wanted, known_buyer

ANNA = known_buyer("anna.moreau@example.com")
BODEGA = known_buyer("compras@bodega-sol.example")
WEINHAUS = known_buyer("einkauf@weinhaus-nord.example")
HOTEL = known_buyer("desk@hotel-bruxelles.example")
HARBOUR = known_buyer("buyer@harbour-inn.example")
NORA = Buyer("nora.nouvelle@example.com", "Nora", "Nouvelle", is_guest=True)
GIL = Buyer("gil.guest@example.com", "Gil", "Gast", is_guest=True)
SOLD_OUT = "DECANTER-RARE"
"""The shop still shows two; at the counter all were sold."""


class After(StrEnum):
    """What becomes of an order after all orders are posted."""

    NOTHING = ""
    SHIPPED = "shipped"
    UNDONE = "undone"


@dataclass(frozen=True)
class Case:
    """One order: how it is placed, which trouble the shop's hook has, what a person does, how it must end.

    `ends` is where it is once it was dealt with for the first time, `after` what comes then. `person` is one
    of `approve`, `reject`, `correct`, `cancel` or empty.
    """

    name: str
    cart: Cart
    ends: Stage = Stage.POSTED
    person: str = ""
    trouble: Trouble = Trouble.NONE
    fields: dict[str, str] = field(default_factory=dict)
    after: After = After.NOTHING

    @property
    def buyer(self) -> str:
        """Who bought, by their mail address."""
        return self.cart.buyer.email


def _cart(buyer: Buyer, *lines: tuple[str, int], **facts: object) -> Cart:
    wanted = tuple(Wanted(sku, quantity) for sku, quantity in lines)
    address = Address() if buyer.is_guest else None
    return Cart(**{"buyer": buyer, "lines": wanted, "address": address, **facts})  # type: ignore[arg-type]


CASES: tuple[Case, ...] = (
    Case("small order", _cart(ANNA, ("WINE-RED-75", 6)), after=After.SHIPPED),
    Case("new customer", _cart(NORA, ("GLASS-SET-4", 2))),
    Case("above the limit, approved", _cart(HOTEL, ("CELLAR-CABINET", 3)), person="approve"),
    Case(
        "above the limit, rejected",
        _cart(BODEGA, ("CELLAR-CABINET", 4)),
        ends=Stage.REJECTED,
        person="reject",
    ),
    Case("out of stock", _cart(ANNA, (SOLD_OUT, 2)), ends=Stage.HELD),
    Case("no credit left", _cart(WEINHAUS, ("WINE-RED-75", 12), on_account=True), ends=Stage.HELD),
    Case("voucher", _cart(HOTEL, ("GLASS-SET-4", 3), ("BOOK-CELLAR", 1), percent_off=Decimal("7.5"))),
    Case(
        "gross prices that do not divide",
        Cart(ANNA, (Wanted("CORKSCREW-STEEL", 7, gross=Decimal("8.99")),)),
    ),
    Case("in pounds", _cart(HARBOUR, ("GLASS-SET-4", 2), currency="GBP")),
    Case("in dollars", _cart(BODEGA, ("WINE-CRATE-6", 1), currency="USD")),
    Case("guest", _cart(GIL, ("OLIVE-OIL-50", 3)), after=After.UNDONE),
    Case(
        "address without a country, corrected",
        _cart(ANNA, ("BOOK-CELLAR", 2), address=Address(country="")),
        person="correct",
        fields={"delivery.country": "FR", "billing.country": "FR"},
    ),
    Case("webhook sent twice", _cart(HOTEL, ("WINE-WHITE-75", 12)), trouble=Trouble.TWICE),
    Case("webhook lost", _cart(BODEGA, ("OLIVE-OIL-50", 24)), trouble=Trouble.LOST),
    Case(
        "cancelled after posting",
        _cart(HARBOUR, ("SHIRT-BLK-M", 2)),
        ends=Stage.CANCELLED,
        person="cancel",
    ),
)

STRUCK = Case("worker killed in the middle of its post", _cart(HOTEL, ("WINE-CRATE-6", 2)))
