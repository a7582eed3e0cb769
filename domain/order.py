"""The order as the store knows it, in words that hold for every store.

All amounts of one order are in the order's currency; `net` is without tax, `gross` with it. A value the
store did not give is None, never zero.
"""

import hashlib
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pydantic import Field

from domain.model import Frozen
from domain.money import Money


class StoreState(StrEnum):
    """What the store's own status means for us; each adapter maps its statuses onto these."""

    PLACING = "placing"  # not settled yet: the store is still in the buyer's checkout
    AWAITING_PAYMENT = "awaiting_payment"
    CONFIRMED = "confirmed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


class Basis(StrEnum):
    """Which price leads: the one without tax or the one with it."""

    NET = "net"
    GROSS = "gross"


class Address(Frozen):
    """A postal address. `country` is ISO 3166-1 alpha-2, empty when the store gave none."""

    person: str = ""
    company: str = ""
    street: str = ""
    street2: str = ""
    postcode: str = ""
    city: str = ""
    state: str = ""
    country: str = ""
    phone: str = ""


class Party(Frozen):
    """The buyer. `store_id` is the store's own id, which for guests changes with each order."""

    store_id: str
    is_guest: bool = False
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    company: str = ""
    vat_id: str = ""
    phone: str = ""
    language: str = ""
    group: str = ""

    @property
    def name(self) -> str:
        """The company's name, else the person's."""
        return self.company or f"{self.first_name} {self.last_name}".strip()


class OrderLine(Frozen):
    """One line. Unit prices are after catalogue discounts; vouchers are not in them.

    `tax_rate` is a percentage; None where the store names no tax and the amounts do not tell.
    """

    id: str
    sku: str = ""
    name: str = ""
    quantity: Decimal
    unit: str = ""
    unit_net: Decimal | None = None
    unit_gross: Decimal | None = None
    net: Decimal
    gross: Decimal
    tax_rate: Decimal | None = None
    ean: str = ""
    lot: str = ""
    serials: tuple[str, ...] = ()
    expires: date | None = None
    position: int = Field(
        default=0, description="Its place among the store's lines, where a mapping rearranged them."
    )


class DiscountLevel(StrEnum):
    """What a discount reduces."""

    LINE = "line"
    ORDER = "order"
    SHIPPING = "shipping"


class Discount(Frozen):
    """A voucher or reduction that the lines' prices do not yet contain. Amounts are positive."""

    name: str = ""
    net: Decimal
    gross: Decimal
    basis: Basis = Basis.GROSS
    level: DiscountLevel = DiscountLevel.ORDER


class Charge(Frozen):
    """Shipping or wrapping: `code` is the store's stable id of the carrier."""

    code: str = ""
    name: str = ""
    net: Decimal = Decimal(0)
    gross: Decimal = Decimal(0)
    tax_rate: Decimal | None = None


class Payment(Frozen):
    """How the buyer pays. `method` is the store's technical name, not the label shown to buyers."""

    method: str = ""
    paid: bool = False
    transaction: str = ""
    terms: str = ""


class Order(Frozen):
    """One confirmed order of a store; its identity is (connection, store_id), never its number."""

    connection: str
    store_id: str
    number: str
    state: StoreState
    store_status: str = Field(
        default="", description="The store's own status code, for write-back and echoes."
    )
    mark: str = Field(default="", description="Names this state of the order in the store's own list.")
    placed_at: datetime
    updated_at: datetime
    currency: str
    rate: Decimal | None = Field(
        default=None, description="Units of `currency` for one unit of the base currency."
    )
    customer: Party
    billing: Address
    delivery: Address
    lines: tuple[OrderLine, ...]
    lines_left_out: int = Field(default=0, description="Lines beyond the limit a history can carry.")
    discounts: tuple[Discount, ...] = ()
    shipping: Charge = Charge()
    wrapping: Charge = Charge()
    charges: tuple[Charge, ...] = Field(
        default=(), description="Lines that a mapping writes as charges; `code` is the ERP's."
    )
    payment: Payment
    price_basis: Basis = Basis.NET
    net: Decimal
    gross: Decimal
    comment: str = ""
    deliver_by: date | None = None

    @property
    def total(self) -> Money:
        """What the buyer pays, tax included."""
        return Money(self.gross, self.currency)

    def in_base(self, base_currency: str) -> Money | None:
        """Return the total in the base currency, or None when no rate is known that makes sense."""
        if self.currency == base_currency:
            return self.total
        if self.rate is None or self.rate <= 0:
            return None
        return Money(self.gross / self.rate, base_currency).rounded()

    @property
    def revision(self) -> str:
        """A hash of what an ERP document is made of: it changes when, and only when, the document would.

        Values left at their default are not part of it, so that a field added later changes no hash.
        """
        content = self.model_dump_json(include=_BUSINESS, exclude_defaults=True)
        return hashlib.sha256(content.encode()).hexdigest()[:16]


_BUSINESS: Any = {
    "connection": True,
    "store_id": True,
    "currency": True,
    "customer": {"store_id", "vat_id"},
    "billing": True,
    "delivery": True,
    "lines": {"__all__": {"id", "sku", "quantity", "unit", "net", "gross", "lot", "serials", "expires"}},
    "lines_left_out": True,
    "discounts": {"__all__": {"net", "gross", "level"}},
    "shipping": {"code", "net", "gross"},
    "wrapping": {"code", "net", "gross"},
    "payment": {"method", "terms"},
    "net": True,
    "gross": True,
    "deliver_by": True,
}
"""What decides the document. Not: what is derived from the store's tables of today (names, rates, groups)."""


def order_workflow_id(connection: str, store_order_id: str) -> str:
    """Return the id under which one store's order lives for ever: `order:shop:1042`."""
    return f"order:{connection}:{store_order_id}"
