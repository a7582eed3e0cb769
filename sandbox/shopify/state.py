"""What the shop knows: articles, stock by location, orders with all that became of them."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal("0.01")
ZERO = Decimal(0)


class ShopRefusal(ValueError):
    """The shop does not do what a buyer or an employee asks."""


def cents(amount: Decimal) -> Decimal:
    """Round to the cent."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass
class Variant:
    """An article. `stock` counts pieces for sale by the number of the location."""

    number: int
    sku: str
    title: str
    price: Decimal
    tax_rate: Decimal
    barcode: str = ""
    tracked: bool = True
    stock: dict[int, int] = field(default_factory=dict)


@dataclass
class Line:
    """A line; `off` pieces were taken off before they left, `sent` ones left.

    `back` pieces were refunded otherwise; `kept` of them had never left.
    """

    number: int
    variant: Variant
    quantity: int
    location: int
    discount: Decimal = ZERO
    off: int = 0
    back: int = 0
    kept: int = 0
    sent: int = 0

    @property
    def price(self) -> Decimal:
        """The line's price before discounts."""
        return self.variant.price * self.quantity

    @property
    def reduced(self) -> Decimal:
        """The line's price after discounts."""
        return self.price - self.discount

    @property
    def current(self) -> int:
        """What is left of it."""
        return self.quantity - self.off - self.back

    @property
    def open(self) -> int:
        """What is still to be sent."""
        return max(self.quantity - self.off - self.kept - self.sent, 0)

    def give_back(self, pieces: int, restock: str) -> None:
        """Refund pieces: returned ones are of those that were sent, others of those that were not."""
        at_home = self.open if restock != "RETURN" else pieces - (self.sent - (self.back - self.kept))
        self.kept += min(max(at_home, 0), pieces, self.open)
        self.back += pieces


@dataclass
class Parcels:
    """A fulfilment: (line, pieces) and the parcels they are in."""

    number: int
    numbers: list[str]
    company: str
    lines: list[tuple[Line, int]] = field(default_factory=list)
    display: str = "FULFILLED"
    status: str = "SUCCESS"


@dataclass
class Packing:
    """A fulfilment order: what one location has to send."""

    number: int
    location: int
    in_progress: bool = False
    on_hold: bool = False
    why: str = "Awaiting payment"
    service: bool = False


@dataclass
class Refund:
    """A refund: (line, pieces, restock type), with or without the shipping, and the money that moves.

    `reason` says why that is another sum than the parts' worth.
    """

    number: int
    created: datetime
    lines: list[tuple[Line, int, str]]
    shipping: bool
    money: Decimal
    duties: Decimal = ZERO
    status: str = "SUCCESS"
    reason: str = ""


@dataclass
class Sale:
    """An order."""

    number: int
    created: datetime
    updated: datetime
    buyer: dict[str, Any]
    lines: list[Line]
    packings: list[Packing]
    shipping: Decimal
    shipping_rate: Decimal
    financial: str | None
    email: str
    phone: str = ""
    note: str = ""
    po_number: str = ""
    test: bool = False
    terms: str = ""
    gateway: str = "shopify_payments"
    duties: Decimal = ZERO
    fees: Decimal = ZERO
    gift_card: Decimal = ZERO
    presentment: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    parcels: list[Parcels] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    metafields: dict[tuple[str, str], str] = field(default_factory=dict)
    cancelled: datetime | None = None
    history: list[str] = field(default_factory=list)

    @property
    def fulfilment(self) -> str:
        """How far it is sent."""
        sent = any(line.sent for line in self.lines)
        if sent and not any(line.open for line in self.lines):
            return "FULFILLED"
        if sent:
            return "PARTIALLY_FULFILLED"
        if any(packing.on_hold for packing in self.packings):
            return "ON_HOLD"
        return "IN_PROGRESS" if any(packing.in_progress for packing in self.packings) else "UNFULFILLED"

    def open_at(self, packing: Packing) -> list[Line]:
        """Return the lines that a location has still to send."""
        if self.cancelled:
            return []
        return [line for line in self.lines if line.open and line.location == packing.location]


@dataclass
class Subscription:
    """A wish of the app to be told of a topic at an address."""

    number: int
    topic: str
    uri: str
    format: str = "JSON"
    fields: list[str] = field(default_factory=list)
    filter: str | None = None


@dataclass(frozen=True)
class Taxes:
    """How the shop works out taxes: each line's on its own, on what is left after discounts."""

    included: bool

    def of(self, price: Decimal, rate: Decimal) -> Decimal:
        """Return the tax in, or on, a price."""
        return cents(price * rate / (1 + rate)) if self.included else cents(price * rate)

    def gross(self, price: Decimal, rate: Decimal) -> Decimal:
        """Return a price with its tax."""
        return price if self.included else price + self.of(price, rate)
