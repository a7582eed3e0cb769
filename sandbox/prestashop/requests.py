"""What a buyer or an employee asks of the shop, as JSON: place, pay, edit, refund.

`raw` puts any value into any field of the order, a line or an address after all was worked out, without a
check: that is how a test gets an empty reference, a negative quantity or a line whose tax does not add up.
"""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from sandbox.prestashop.resources import RESOURCES

RawFields = dict[str, Any]


def _fields_of(resource: str) -> AfterValidator:
    def check(raw: RawFields) -> RawFields:
        unknown = sorted(set(raw) - set(RESOURCES[resource].fields))
        if unknown:
            raise ValueError(f"{resource} has no field {unknown[0]!r}")
        return raw

    return AfterValidator(check)


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Buyer(_Request):
    """Someone who buys without an account, or opens one."""

    email: str
    first_name: str
    last_name: str


class PostalAddress(_Request):
    """An address; without names it takes the customer's."""

    street: str
    postcode: str
    city: str
    country: str = Field(default="FR", description="ISO 3166-1 alpha-2.")
    state: str = Field(default="", description="ISO code of a state, where the country has them.")
    street2: str = ""
    company: str = ""
    vat_id: str = ""
    phone: str = ""
    mobile: str = ""
    dni: str = ""
    first_name: str = ""
    last_name: str = ""
    alias: str = "My address"
    raw: Annotated[RawFields, _fields_of("addresses")] = Field(default_factory=dict)


class OrderLine(_Request):
    """One line of a cart. A price given is for one piece, in the order's currency, with or without tax."""

    sku: str
    quantity: int = 1
    net: Decimal | None = None
    gross: Decimal | None = None
    package: int = Field(default=0, description="Lines of different packages become orders of their own.")
    raw: Annotated[RawFields, _fields_of("order_details")] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_price(self) -> "OrderLine":
        if self.net is not None and self.gross is not None:
            raise ValueError("give net or gross, not both")
        return self


class Voucher(_Request):
    """A voucher: percent or amount off the goods, free shipping, a gift, or several of them."""

    name: str = "Voucher"
    percent: Decimal = Field(default=Decimal(0), ge=0, le=100)
    amount: Decimal = Field(default=Decimal(0), ge=0)
    with_tax: bool = Field(default=True, description="Whether the amount includes tax.")
    free_shipping: bool = False
    gift_sku: str = Field(default="", description="An article added to the cart and taken off again.")


class OrderRequest(_Request):
    """A cart that is being bought: by a customer (e-mail of an account) or by a guest."""

    customer: str = ""
    guest: Buyer | None = None
    address: PostalAddress | None = Field(default=None, description="Default: the customer's own.")
    invoice_address: PostalAddress | None = Field(default=None, description="Default: the address.")
    delete_addresses: bool = Field(default=False, description="The buyer deletes them after the order.")
    lines: tuple[OrderLine, ...] = Field(min_length=1)
    vouchers: tuple[Voucher, ...] = ()
    carrier: str = Field(default="Parcel", description="Name of a carrier.")
    module: str = "ps_wirepayment"
    payment: str = Field(default="", description="Label of the payment; default: the module's own.")
    currency: str = "EUR"
    paid: bool | None = Field(default=None, description="Default: what the module does.")
    state: int | None = Field(default=None, description="First state; default: the module's, or paid.")
    transaction_id: str = ""
    comment: str = ""
    gift_wrapping: bool = False
    gift_message: str = ""
    language: int = 1
    raw: Annotated[RawFields, _fields_of("orders")] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_buyer(self) -> "OrderRequest":
        if bool(self.customer) == (self.guest is not None):
            raise ValueError("give customer (an e-mail) or guest")
        if self.guest is not None and self.address is None:
            raise ValueError("a guest needs an address")
        return self


class Payment(_Request):
    """Money that arrives. `record_only` notes it and leaves the order's state alone."""

    amount: Decimal | None = Field(default=None, description="Default: the order's total.")
    transaction_id: str = ""
    record_only: bool = False


class LineEdit(_Request):
    """A new quantity for a line, by SKU; 0 takes the line out, an unknown SKU puts one in."""

    sku: str
    quantity: int = Field(ge=0)


class OrderEdit(_Request):
    """What an employee changes in a placed order."""

    lines: tuple[LineEdit, ...] = ()
    address: PostalAddress | None = None
    overwrite_address: bool = Field(default=False, description="Change the address record itself.")


class RefundedLine(_Request):
    """Pieces of a line given back, by SKU, and the amount for them with tax (default: their price)."""

    sku: str
    quantity: int = Field(ge=0)
    amount: Decimal | None = Field(default=None, ge=0)


class Refund(_Request):
    """A partial refund by an employee: pieces of lines, perhaps the shipping.

    Of an order with vouchers, an employee may keep `voucher_off`, or give back a `chosen` amount instead.
    """

    lines: tuple[RefundedLine, ...] = ()
    shipping: bool = False
    restock: bool = False
    voucher_off: Decimal = Field(default=Decimal(0), ge=0)
    chosen: Decimal | None = Field(default=None, gt=0)


class NewCustomer(Buyer):
    """Someone who opens an account."""

    address: PostalAddress | None = None
    company: str = ""
