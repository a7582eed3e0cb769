"""The shop's documents as its REST API v3 sends them; names are the vendor's.

Amounts are texts, and numbers where a plug-in stores them so; `price` of a line, a binary fraction, is not
read. Names come with HTML's entities, as WordPress keeps them. Fields we do not use are dropped.
"""

import html
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, NaiveDatetime

from adapters.stores.fields import Amount, MaybeAmount, Text, Wire, is_none, or_none


def _zero_for_none(value: Any) -> Any:
    return 0 if is_none(value) else value


def _list(value: Any) -> Any:
    """PHP writes an empty map as a list, and a list that lost its first row as a map."""
    return list(value.values()) if isinstance(value, dict) else value or []


def _in_utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    if not 1970 <= moment.year <= 2999:
        raise ValueError("no year of a real order")
    return moment.replace(tzinfo=UTC)


def _words(value: Any) -> str:
    """A meta value may be an object or a list; only texts and numbers are of use."""
    return str(value) if isinstance(value, str | int | Decimal) and not isinstance(value, bool) else ""


Id = Annotated[int, BeforeValidator(_zero_for_none), Field(ge=0, lt=10**18)]
Name = Annotated[Text, AfterValidator(html.unescape)]
Sum = Annotated[Amount, BeforeValidator(_zero_for_none)]
"""An amount that is 0 where there is none."""
Percent = Annotated[Annotated[Amount, Field(ge=0, le=1000)] | None, BeforeValidator(or_none)]
Gmt = Annotated[NaiveDatetime | None, BeforeValidator(or_none), AfterValidator(_in_utc)]
"""A field `…_gmt`: ISO without offset, to the second, in UTC."""


class Meta(Wire):
    """A pair that a plug-in keeps at a record."""

    key: Text = ""
    value: Annotated[Text, BeforeValidator(_words)] = ""


DRAFTS = frozenset({"checkout-draft", "auto-draft", "draft", "new"})
"""Statuses of what is no order yet: the buyer is still in the checkout, or an employee in the form."""

Metas = Annotated[tuple[Meta, ...], BeforeValidator(_list)]


class ShopAddress(Wire):
    """A billing or shipping address."""

    first_name: Name = ""
    last_name: Name = ""
    company: Name = ""
    address_1: Name = ""
    address_2: Name = ""
    city: Name = ""
    state: Text = ""
    postcode: Text = ""
    country: Text = ""
    email: Text = ""
    phone: Text = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is there that goods could be sent to.

        The shop fills country, state and postcode from a guess where nothing is shipped, and itself looks
        at the street (`WC_Order::has_shipping_address`).
        """
        return not (self.address_1 or self.address_2 or self.city)


class LineTax(Wire):
    """What one tax rate adds to a line; `total` is empty where the rate does not concern it.

    It is as PHP worked it out, unrounded and without a form to rely on: `total_tax` of the line counts. Tax
    services name their rates by texts: `AVATAX-1-NJ-STATE-TAX`.
    """

    id: Text
    total: Text = ""


class TaxedLine(Wire):
    """What all lines of an order have. `total` is always without tax, `total_tax` the tax on it."""

    id: Id
    total: Sum = Decimal(0)
    total_tax: Sum = Decimal(0)
    taxes: Annotated[tuple[LineTax, ...], BeforeValidator(_list)] = ()


class LineItem(TaxedLine):
    """A line of goods; the totals are after coupons."""

    name: Name = ""
    sku: Text = ""
    global_unique_id: Text = ""
    quantity: Sum
    meta_data: Metas = ()


class FeeLine(TaxedLine):
    """A fee, or below zero a discount of a plug-in."""

    name: Name = ""


class ShippingLine(TaxedLine):
    """A way of shipping; an order may have several, or none."""

    method_id: Text = ""
    instance_id: Text = ""
    method_title: Name = ""


class TaxLine(Wire):
    """A tax rate that the order's lines name by `rate_id`."""

    rate_id: Text
    compound: bool = False
    rate_percent: Percent = None


class RefundMark(Wire):
    """A refund as its order names it."""

    id: Id


Refunds = Annotated[tuple[RefundMark, ...], BeforeValidator(_list)]


class OrderMark(Wire):
    """What the list is asked for of each order."""

    id: Id
    parent_id: Id = 0
    status: Text = ""
    date_created_gmt: Gmt = None
    date_modified_gmt: Gmt = None
    date_paid_gmt: Gmt = None
    total: Sum = Decimal(0)
    billing: ShopAddress = ShopAddress()
    shipping: ShopAddress = ShopAddress()
    refunds: Refunds = ()

    @property
    def mark(self) -> str:
        """Name this state of the order: time, status, how often something was given back, and a digest.

        Where orders are posts, a program that changes an address or the lines does not move their time
        (`Abstract_WC_Order_Data_Store_CPT::update`): the digest of amount, payment and addresses differs.
        """
        time = f"{self.date_modified_gmt:%Y-%m-%dT%H:%M:%S}" if self.date_modified_gmt else ""
        told = self.model_dump_json(include={"date_paid_gmt", "billing", "shipping"})
        digest = sha256(f"{self.total.normalize():f} {told}".encode()).hexdigest()[:8]
        return f"{time} {self.status} {len(self.refunds)} {digest}"


class ShopOrder(OrderMark):
    """An order."""

    number: Text = ""
    currency: Text = ""
    prices_include_tax: bool = False
    total: Amount
    total_tax: Sum = Decimal(0)
    customer_id: Id = 0
    customer_note: Name = ""
    payment_method: Text = ""
    transaction_id: Text = ""
    line_items: Annotated[tuple[LineItem, ...], BeforeValidator(_list)] = ()
    tax_lines: Annotated[tuple[TaxLine, ...], BeforeValidator(_list)] = ()
    shipping_lines: Annotated[tuple[ShippingLine, ...], BeforeValidator(_list)] = ()
    fee_lines: Annotated[tuple[FeeLine, ...], BeforeValidator(_list)] = ()
    meta_data: Metas = ()


class OrderMetas(Wire):
    """An order's status and what plug-ins keep at it."""

    id: Id
    status: Text = ""
    meta_data: Metas = ()

    def meta(self, key: str) -> str:
        """Return what is kept under a key, "" for nothing."""
        return next((each.value for each in self.meta_data if each.key == key), "")


class OrderCurrency(Wire):
    """An order's currency."""

    id: Id
    currency: Text = ""


class OrderNumber(Wire):
    """What the shop calls an order; plug-ins count on their own."""

    id: Id
    number: Text = ""


class StatusCount(Wire):
    """A status that orders of the shop may have."""

    slug: Text = ""


class OrderNote(Wire):
    """A note at an order."""

    id: Id
    note: Text = ""


class Shipment(Wire):
    """A parcel as the plug-in Shipment Tracking keeps it."""

    tracking_number: Text = ""


class Refund(Wire):
    """What was given back. `amount` is what counts; lines have quantities and totals below zero."""

    id: Annotated[Id, Field(lt=10**13)]
    date_created_gmt: Gmt = None
    amount: Amount
    line_items: Annotated[tuple[LineItem, ...], BeforeValidator(_list)] = ()
    shipping_lines: Annotated[tuple[TaxedLine, ...], BeforeValidator(_list)] = ()


class Product(Wire):
    """A product or a variation. `manage_stock` is "parent" where a variation shares its product's stock."""

    id: Id
    parent_id: Id = 0
    type: Text = ""
    sku: Text = ""
    manage_stock: bool | str = False
    stock_quantity: MaybeAmount = None

    @property
    def path(self) -> str:
        """Where it is written."""
        variation = self.type == "variation"
        return f"products/{self.parent_id}/variations/{self.id}" if variation else f"products/{self.id}"


class ShopWebhook(Wire):
    """A webhook of the shop. `status` is active, paused, or disabled after more than five failures."""

    id: Id
    status: Text = ""
    topic: Text = ""
    delivery_url: Text = ""


class Site(Wire):
    """What the root of the REST API says of the site."""

    namespaces: Annotated[tuple[str, ...], BeforeValidator(_list)] = ()


class Environment(Wire):
    """The part of the status report about the installation."""

    version: Text = ""


class SystemStatus(Wire):
    """The status report."""

    environment: Environment = Environment()
