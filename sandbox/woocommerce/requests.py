"""What a buyer or an employee asks of the shop, as JSON.

`raw` puts any value into any field of the order after all was worked out, without a check: that is how a test
gets a parent, a currency nobody knows or totals that do not add up.
"""

from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PostalAddress(_Request):
    """An address; without names it takes the customer's."""

    street: str
    postcode: str
    city: str
    country: str = "FR"
    state: str = ""
    street2: str = ""
    company: str = ""
    phone: str = ""
    first_name: str = ""
    last_name: str = ""


class CartLine(_Request):
    """An article, by SKU, and how many; `price` is the one shown, with tax where prices include it."""

    sku: str
    quantity: int = Field(default=1, ge=1)
    price: Decimal | None = None


class Coupon(_Request):
    """Percent off every line."""

    code: str = "tien"
    percent: Decimal = Field(gt=0, le=100)


class Fee(_Request):
    """A fee without tax, taxed by the standard rate; below zero it is a discount."""

    name: str
    net: Decimal


class OrderRequest(_Request):
    """A cart at the checkout."""

    customer: str = Field(default="", description="E-mail of a customer with an account; empty: a guest.")
    email: str = "guest@example.com"
    address: PostalAddress | None = None
    lines: tuple[CartLine, ...] = Field(min_length=1)
    coupons: tuple[Coupon, ...] = ()
    fees: tuple[Fee, ...] = ()
    shipping: bool = True
    vat_id: str = ""
    vat_exempt: bool = False
    currency: str = "EUR"
    payment_method: str = "bacs"
    paid: bool = True
    status: str = ""
    comment: str = ""
    raw: dict[str, Any] = Field(default_factory=dict)


class RefundLine(_Request):
    """Pieces of an article that are given back."""

    sku: str
    quantity: int = Field(ge=1)


class RefundRequest(_Request):
    """What an employee gives back: pieces at their price, shipping, or an amount beside them."""

    lines: tuple[RefundLine, ...] = ()
    shipping: bool = False
    amount: Decimal = Decimal(0)
    reason: str = ""
