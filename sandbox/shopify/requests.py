"""What buyers and employees ask of the shop."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Address(_Asked):
    """Where goods go; without a country, as imported orders are."""

    first_name: str = ""
    last_name: str = ""
    company: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = "FR"
    phone: str = ""


class Wanted(_Asked):
    """Pieces of an article, from a location (the first, where none is named)."""

    sku: str
    quantity: int = Field(default=1, gt=0)
    location: int | None = None


class CartRequest(_Asked):
    """What somebody buys. `customer` is the e-mail of one that the shop knows, or of a guest.

    `at_counter`: nobody says who it is, and the goods go at once.
    """

    customer: str = "anna.moreau@example.com"
    address: Address | None = None
    lines: list[Wanted] = Field(min_length=1)
    percent_off: Decimal = Decimal(0)
    paid: bool = True
    authorized: bool = False
    terms: str = ""
    company: bool = False
    at_counter: bool = False
    comment: str = ""
    phone: str = ""
    po_number: str = ""
    test: bool = False
    presentment: str = ""
    duties: Decimal = Decimal(0)
    fees: Decimal = Decimal(0)
    gateway: str = "shopify_payments"
    gift_card: Decimal = Decimal(0)
    attributes: dict[str, str] = Field(default_factory=dict)


class RefundLine(_Asked):
    """Pieces that are given back; `restock` is RETURN, CANCEL or NO_RESTOCK."""

    sku: str
    quantity: int = Field(gt=0)
    restock: str = "RETURN"


class RefundRequest(_Asked):
    """What an employee gives back; `money` another sum than its worth, `status` what becomes of it."""

    lines: list[RefundLine] = Field(default_factory=list)
    shipping: bool = False
    duties: Decimal = Decimal(0)
    money: Decimal | None = None
    status: str = "SUCCESS"
    reason: str = ""
