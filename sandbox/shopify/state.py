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
    """A line; `off` pieces were taken off before they left, `back` pieces came back, `sent` ones left."""

    number: int
    variant: Variant
    quantity: int
    location: int
    discount: Decimal = ZERO
    off: int = 0
    back: int = 0
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
        """What is still to be sent; pieces refunded without being sent count as off."""
        return max(self.quantity - self.off - self.sent, 0)


@dataclass
class Parcels:
    """A fulfilment."""

    number: int
    numbers: list[str]
    company: str
    display: str = "FULFILLED"


@dataclass
class Packing:
    """A fulfilment order: what one location has to send."""

    number: int
    location: int
    in_progress: bool = False
    on_hold: bool = False


@dataclass
class Refund:
    """A refund: (line, pieces, restock type), with or without the shipping, and the money that moved."""

    number: int
    created: datetime
    lines: list[tuple[Line, int, str]]
    shipping: bool
    money: Decimal


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
    note: str = ""
    po_number: str = ""
    test: bool = False
    terms: str = ""
    gateway: str = "shopify_payments"
    duties: Decimal = ZERO
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
