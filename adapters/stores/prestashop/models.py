"""The shop's documents as its webservice sends them; names are the vendor's.

Every value may come as text or as a number, by the PHP version; the shop's way to say "none" (an empty text,
null, false, `0000-00-00 00:00:00`) is read as such. Fields we do not use are dropped.
"""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, NaiveDatetime

from adapters.stores.fields import Amount, MaybeAmount, Text, Wire, is_none

_NO_TIME = "0000-00-00 00:00:00"


def _zero_for_none(value: Any) -> Any:
    return 0 if is_none(value) else value


def _moment(value: Any) -> Any:
    if is_none(value) or (isinstance(value, str) and value.startswith(_NO_TIME[:10])):
        return None
    return value


def _sensible(moment: datetime | None) -> datetime | None:
    """Nearer to the ends of the calendar, a time zone's offset has no room."""
    if moment is not None and not 1970 <= moment.year <= 2999:
        raise ValueError("no year of a real order")
    return moment


def _no_associations(value: Any) -> Any:
    """PHP writes an empty map as an empty list."""
    return value or {}


def _rows(value: Any) -> list[Any]:
    rows = list(value.values()) if isinstance(value, dict) else value or []
    if not isinstance(rows, list):
        raise ValueError("a list of rows is expected")
    return rows


def _ids(value: Any) -> Any:
    return [row.get("id") if isinstance(row, dict) else row for row in _rows(value)]


Id = Annotated[int, BeforeValidator(_zero_for_none), Field(ge=0)]
Pieces = Annotated[int, BeforeValidator(_zero_for_none)]
"""Whole pieces; below zero where more was sold than was there."""
Flag = Annotated[bool, BeforeValidator(_zero_for_none)]
LocalTime = Annotated[NaiveDatetime | None, BeforeValidator(_moment), AfterValidator(_sensible)]
"""The shop's local time, to the second; its zone is PS_TIMEZONE."""


class Record(Wire):
    """A document with an id."""

    id: Id


class ShopOrder(Record):
    """An order; `total_paid_real` is left out because it cannot be trusted."""

    reference: Text = ""
    current_state: Id = 0
    valid: Flag = False
    module: Text = ""
    id_cart: Id = 0
    id_customer: Id = 0
    id_address_invoice: Id = 0
    id_address_delivery: Id = 0
    id_carrier: Id = 0
    id_currency: Id = 0
    id_lang: Id = 0
    date_add: LocalTime = None
    date_upd: LocalTime = None
    conversion_rate: MaybeAmount = None
    carrier_tax_rate: MaybeAmount = None
    total_paid_tax_incl: Amount
    total_paid_tax_excl: Amount
    total_shipping_tax_incl: Amount
    total_shipping_tax_excl: Amount
    total_discounts_tax_incl: Amount
    total_discounts_tax_excl: Amount
    total_wrapping_tax_incl: Amount
    total_wrapping_tax_excl: Amount

    @property
    def mark(self) -> str:
        """The same name as in the store's own list."""
        return f"{self.date_upd or _NO_TIME}/{self.current_state}"


class DetailAssociations(Wire):
    """Ids of the taxes of a line."""

    taxes: Annotated[tuple[Id, ...], BeforeValidator(_ids)] = ()


class OrderDetail(Record):
    """A line: prices are after catalogue discounts, vouchers are not in them."""

    id_order: Id
    product_reference: Text = ""
    product_ean13: Text = ""
    product_name: Text = ""
    product_quantity: Amount
    unit_price_tax_incl: MaybeAmount = None
    unit_price_tax_excl: MaybeAmount = None
    total_price_tax_incl: Amount
    total_price_tax_excl: Amount
    associations: Annotated[DetailAssociations, BeforeValidator(_no_associations)] = DetailAssociations()


class OrderCartRule(Record):
    """A voucher that was used: `value` with tax, `value_tax_excl` without."""

    id_order: Id
    name: Text = ""
    value: Amount
    value_tax_excl: Amount
    free_shipping: Flag = False
    deleted: Flag = False


class OrderPayment(Record):
    """Money received; it hangs on the reference, which orders split from one cart share."""

    order_reference: Text = ""
    id_currency: Id = 0
    amount: Amount
    transaction_id: Text = ""


class SlipDetail(Wire):
    """What a slip gives back for one line. Its `id` is left out: it is the slip's own."""

    id_order_detail: Id
    product_quantity: Annotated[Pieces, Field(ge=0)]
    amount_tax_excl: Amount
    amount_tax_incl: Amount


class SlipAssociations(Wire):
    """The lines of a slip."""

    order_slip_details: Annotated[tuple[SlipDetail, ...], BeforeValidator(_rows)] = ()


class OrderSlip(Record):
    """A credit slip: `amount` is for products only, with or without tax as the buyer's group sees prices."""

    id: Annotated[Id, Field(lt=10**15)]
    id_order: Id
    amount: MaybeAmount = None
    total_products_tax_excl: Amount
    total_products_tax_incl: Amount
    total_shipping_tax_incl: Annotated[Amount, Field(ge=0)]
    date_add: LocalTime = None
    associations: Annotated[SlipAssociations, BeforeValidator(_no_associations)] = SlipAssociations()


class Message(Record):
    """A text at a cart or an order; `private` ones are the merchant's own."""

    id_cart: Id = 0
    id_order: Id = 0
    id_employee: Id = 0
    message: Text = ""
    private: Flag = False


class Customer(Record):
    """The buyer's account, or the guest's record of this order."""

    id_default_group: Id = 0
    is_guest: Flag = False
    email: Text = ""
    firstname: Text = ""
    lastname: Text = ""
    company: Text = ""


class Address(Record):
    """An address; one that is `deleted` still belongs to its orders."""

    id_country: Id = 0
    id_state: Id = 0
    company: Text = ""
    vat_number: Text = ""
    firstname: Text = ""
    lastname: Text = ""
    address1: Text = ""
    address2: Text = ""
    postcode: Text = ""
    city: Text = ""
    phone: Text = ""
    phone_mobile: Text = ""


class OrderCarrier(Record):
    """A parcel row of an order; all of it, because a PUT resets what it does not send."""

    id_order: Id
    id_carrier: Id = 0
    id_order_invoice: Text = "0"
    weight: Text = "0"
    shipping_cost_tax_excl: Text = "0"
    shipping_cost_tax_incl: Text = "0"
    tracking_number: Text = ""
    date_add: Text = ""


class ShopProduct(Record):
    """A product: its reference need not be unique."""

    reference: Text = ""


class ShopCombination(ShopProduct):
    """A variant of a product."""

    id_product: Id


class StockRow(Record):
    """What is for sale of a product or of one of its combinations, in a shop or in a group of shops.

    All of it, because a PUT resets what it does not send. Where combinations exist, the product's own row
    (`id_product_attribute` 0) is their sum.
    """

    id_product: Id
    id_product_attribute: Id = 0
    id_shop: Id = 0
    id_shop_group: Id = 0
    quantity: Pieces = 0
    depends_on_stock: Id = 0
    out_of_stock: Id = 0
    location: Text = ""


class OrderStatus(Record):
    """What a write needs to know of an order."""

    current_state: Id = 0
    invoice_number: Id = 0
    id_carrier: Id = 0
    reference: Text = ""


class OrderNote(Record):
    """The merchant's internal note; None before 1.7.8, which has none."""

    note: Text | None = None


class OrderMark(Record):
    """What the store's own list tells of an order; its time is kept as text, to compare and to send back."""

    date_upd: Text = ""
    current_state: Id = 0

    @property
    def mark(self) -> str:
        """A name for this state of the order."""
        return f"{self.date_upd[:19]}/{self.current_state}"


class OrderHistory(Record):
    """A change of an order's state."""

    id_order: Id = 0
    id_order_state: Id = 0


class OrderDue(Record):
    """What one of the orders under a reference costs."""

    reference: Text = ""
    total_paid_tax_incl: Amount


class Iso(Record):
    """A country, state, currency or language: the ISO code is all we need."""

    iso_code: Text = ""


class Carrier(Record):
    """A carrier: `id` changes with each edit in the back office, `id_reference` never does."""

    id_reference: Id = 0
    name: Text = ""


class OrderState(Record):
    """An order state's flags; merchants and modules add states of their own."""

    invoice: Flag = False
    logable: Flag = False
    paid: Flag = False
    shipped: Flag = False


class Tax(Record):
    """A tax: its rate is a percentage."""

    rate: Amount


class Group(Record):
    """A customer group: it sees prices with tax (0) or without (1)."""

    price_display_method: Id = 0


class Configuration(Record):
    """A setting of the shop; `id_shop` 0 means it holds for all shops."""

    name: Text = ""
    value: Text = ""
    id_shop: Id = 0
