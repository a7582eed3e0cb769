"""The shop's documents as the Admin API answers them; names are the vendor's.

Amounts are those in the currency that was asked for: the shop's own (`shopMoney`) or the buyer's.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AwareDatetime, BeforeValidator, Field

from adapters.stores.fields import Amount, MaybeAmount, Text, Wire

Row = TypeVar("Row")
Moment = AwareDatetime


class Money(Wire):
    """An amount in the currency that was asked for."""

    amount: Amount
    currency: Text = Field(validation_alias="currencyCode")


def _asked_for(value: Any) -> Any:
    """Take the one of the two amounts that was asked for."""
    if not isinstance(value, dict):
        return value
    return next((value[name] for name in ("shopMoney", "presentmentMoney") if name in value), value)


class Amounts(Wire):
    """Only the number."""

    amount: Amount


class BothMoneys(Wire):
    """The same in the shop's and in the buyer's currency."""

    shop: Amounts = Field(validation_alias="shopMoney")
    buyer: Amounts = Field(validation_alias="presentmentMoney")


Bag = Annotated[Money, BeforeValidator(_asked_for)]


class PageInfo(Wire):
    """Whether a list goes on, and from where."""

    more: bool = Field(validation_alias="hasNextPage")
    end: Text = Field(default="", validation_alias="endCursor")


class Page(Wire, Generic[Row]):
    """A part of a list."""

    info: PageInfo = Field(default=PageInfo(hasNextPage=False), validation_alias="pageInfo")
    nodes: tuple[Row, ...]


class TaxLine(Wire):
    """One tax of a line; `rate` is a fraction (0.19), null where an app works the tax out."""

    rate: MaybeAmount = None
    price: Bag = Field(validation_alias="priceSet")


class Allocation(Wire):
    """A line's share of a discount."""

    amount: Bag = Field(validation_alias="allocatedAmountSet")


class Variant(Wire):
    """What a line knows of its article."""

    barcode: Text = ""


class LineItem(Wire):
    """One line as it was sold; `currentQuantity` is what edits and refunds left of it."""

    id: str
    sku: Text = ""
    title: Text = ""
    variant_title: Text = Field(default="", validation_alias="variantTitle")
    quantity: int = Field(ge=0)
    current_quantity: int = Field(ge=0, validation_alias="currentQuantity")
    variant: Variant | None = None
    original_total: Bag = Field(validation_alias="originalTotalSet")
    discounts: tuple[Allocation, ...] = Field(default=(), validation_alias="discountAllocations")
    tax_lines: tuple[TaxLine, ...] = Field(default=(), validation_alias="taxLines")


class ShippingLine(Wire):
    """One way of shipping."""

    title: Text = ""
    code: Text = ""
    price: Bag = Field(validation_alias="discountedPriceSet")
    tax_lines: tuple[TaxLine, ...] = Field(default=(), validation_alias="taxLines")


class MailingAddress(Wire):
    """A postal address."""

    first_name: Text = Field(default="", validation_alias="firstName")
    last_name: Text = Field(default="", validation_alias="lastName")
    company: Text = ""
    address1: Text = ""
    address2: Text = ""
    zip: Text = ""
    city: Text = ""
    province: Text = Field(default="", validation_alias="provinceCode")
    country: Text = Field(default="", validation_alias="countryCodeV2")
    phone: Text = ""


class Attribute(Wire):
    """One of the order's additional details."""

    key: Text
    value: Text = ""


class Customer(Wire):
    """The buyer's account; an order has none where the shop deleted it."""

    number: Text = Field(validation_alias="legacyResourceId")
    first_name: Text = Field(default="", validation_alias="firstName")
    last_name: Text = Field(default="", validation_alias="lastName")


class Company(Wire):
    """A company that buys; `externalId` is somebody else's number of it."""

    id: str
    name: Text = ""
    external_id: Text = Field(default="", validation_alias="externalId")


class TaxSettings(Wire):
    """A company location's tax facts."""

    registration: Text = Field(default="", validation_alias="taxRegistrationId")


class CompanyLocation(Wire):
    """Where a company buys for."""

    id: str
    external_id: Text = Field(default="", validation_alias="externalId")
    tax: TaxSettings | None = Field(default=None, validation_alias="taxSettings")


class PurchasingEntity(Wire):
    """Who buys: a company, or a customer (then there is no company in it)."""

    company: Company | None = None
    location: CompanyLocation | None = None


class Transaction(Wire):
    """A movement of money, or an attempt at one."""

    id: str
    kind: Text
    status: Text
    gateway: Text = ""
    amount: Bag = Field(validation_alias="amountSet")


class Terms(Wire):
    """Payment terms."""

    name: Text = Field(default="", validation_alias="paymentTermsName")


class FulfilmentState(Wire):
    """How far one shipment is."""

    status: Text = ""
    display_status: Text = Field(default="", validation_alias="displayStatus")


class Named(Wire):
    """Something of which only the id is read."""

    id: str


class OrderMark(Wire):
    """What tells one state of an order from the next."""

    id: str
    number: Text = Field(validation_alias="legacyResourceId")
    created_at: Moment = Field(validation_alias="createdAt")
    updated_at: Moment = Field(validation_alias="updatedAt")
    test: bool = False
    cancelled_at: datetime | None = Field(default=None, validation_alias="cancelledAt")
    financial: Text = Field(default="", validation_alias="displayFinancialStatus")
    fulfilment: Text = Field(default="", validation_alias="displayFulfillmentStatus")

    @property
    def mark(self) -> str:
        """Name this state: several changes may fall into one second."""
        ended = "cancelled" if self.cancelled_at else "open"
        return (
            f"{self.updated_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}/{self.financial}/{self.fulfilment}/{ended}"
        )


class ShopOrder(OrderMark):
    """An order."""

    name: Text
    shop_currency: Text = Field(validation_alias="currencyCode")
    seen_currency: Text = Field(validation_alias="presentmentCurrencyCode")
    taxes_included: bool = Field(validation_alias="taxesIncluded")
    email: Text = ""
    phone: Text = ""
    note: Text = ""
    locale: Text = Field(default="", validation_alias="customerLocale")
    po_number: Text = Field(default="", validation_alias="poNumber")
    attributes: tuple[Attribute, ...] = Field(default=(), validation_alias="customAttributes")
    customer: Customer | None = None
    purchaser: PurchasingEntity | None = Field(default=None, validation_alias="purchasingEntity")
    billing: MailingAddress | None = Field(default=None, validation_alias="billingAddress")
    shipping: MailingAddress | None = Field(default=None, validation_alias="shippingAddress")
    gateways: tuple[str, ...] = Field(default=(), validation_alias="paymentGatewayNames")
    terms: Terms | None = Field(default=None, validation_alias="paymentTerms")
    both: BothMoneys
    total: Bag = Field(validation_alias="totalPriceSet")
    current_total: Bag = Field(validation_alias="currentTotalPriceSet")
    duties_included: bool = Field(default=False, validation_alias="dutiesIncluded")
    duties: Bag | None = Field(default=None, validation_alias="currentTotalDutiesSet")
    fees: Bag | None = Field(default=None, validation_alias="currentTotalAdditionalFeesSet")
    lines: Page[LineItem] = Field(validation_alias="lineItems")
    shipping_lines: Page[ShippingLine] = Field(validation_alias="shippingLines")
    transactions: tuple[Transaction, ...] = ()
    fulfilments: tuple[FulfilmentState, ...] = Field(default=(), validation_alias="fulfillments")
    refunds: tuple[Named, ...] = ()

    @property
    def currency(self) -> str:
        """That of the amounts, the shop's own or the buyer's."""
        return self.total.currency

    @property
    def rate(self) -> Decimal | None:
        """Units of the amounts' currency for one of the shop's, None where they are the shop's or nothing."""
        if self.currency == self.shop_currency or not self.both.shop.amount:
            return None
        return self.both.buyer.amount / self.both.shop.amount


class MoreLines(Wire):
    """Further lines of an order."""

    lines: Page[LineItem] = Field(validation_alias="lineItems")


class Subscription(Wire):
    """A wish to be told of a topic."""

    id: str
    topic: Text
    uri: Text = ""
    format: Text = ""
    fields: tuple[str, ...] = Field(default=(), validation_alias="includeFields")
    filter: Text = ""


class Metafield(Wire):
    """One of our own fields."""

    value: Text = ""


class OrderNumber(Wire):
    """What the order shows of the ERP."""

    metafield: Metafield | None = None


class Quantity(Wire):
    """Pieces at a location."""

    quantity: int


class Level(Wire):
    """An article's pieces for sale at a location."""

    quantities: tuple[Quantity, ...] = ()


class InventoryItem(Wire):
    """What an article is in the stock."""

    id: str
    tracked: bool
    level: Level | None = Field(default=None, validation_alias="inventoryLevel")


class StockedVariant(Wire):
    """An article with its stock."""

    id: str
    sku: Text = ""
    item: InventoryItem = Field(validation_alias="inventoryItem")


class Location(Wire):
    """A place that has stock."""

    id: str
    name: Text
    active: bool = Field(validation_alias="isActive")


class Scope(Wire):
    """A right that the app was given."""

    handle: Text


class Installation(Wire):
    """What the app may do."""

    scopes: tuple[Scope, ...] = Field(validation_alias="accessScopes")


class ShopFacts(Wire):
    """The shop itself."""

    name: Text
    domain: Text = Field(validation_alias="myshopifyDomain")
    currency: Text = Field(validation_alias="currencyCode")


class UserError(Wire):
    """Why a mutation was refused; not every mutation gives a code."""

    field: tuple[str, ...] | None = None
    message: Text = ""
    code: Text = ""
