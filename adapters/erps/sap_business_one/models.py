"""The Service Layer's documents as far as we read them, property names as the vendor spells them.

Everything else in an answer is ignored. Amounts are exact Decimals, because the JSON was read so.
"""

from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from domain.errors import InDoubt, UnexpectedAnswer
from domain.money import LARGEST

YES, NO = "tYES", "tNO"
CLOSED = "bost_Close"
CUSTOMER = "cCustomer"
PICKS_CLOSED, PICKS_IN_PART = "ps_Closed", "ps_PartiallyPicked"


def _sensible(number: Decimal) -> Decimal:
    # 0E-999999999 is valid JSON, and a hundred million digits when somebody prints it.
    if not -30 <= number.adjusted() <= 30 or abs(number) > LARGEST:
        raise ValueError("no number of a business document")
    return number


def _whole(number: object) -> object:
    # pydantic would make an int of 1e999999999 digit by digit.
    if isinstance(number, Decimal):
        number = _sensible(number)
        return int(number) if number == number.to_integral_value() else number
    return number


Number = Annotated[Decimal, AfterValidator(_sensible)]
Whole = Annotated[int, BeforeValidator(_whole)]


class Wire(BaseModel):
    """What they sent."""

    model_config = ConfigDict(frozen=True, extra="ignore")


Read = TypeVar("Read", bound=Wire)


class Line(Wire):
    """A line of a document."""

    ItemCode: str | None = None
    Quantity: Number = Decimal(0)
    RemainingOpenQuantity: Number | None = None
    LineStatus: str | None = None
    PickStatusEx: str | None = None


class Document(Wire):
    """An order, a quotation, a draft of one, or a purchase request."""

    etag: str = Field(default="", alias="@odata.etag")
    DocEntry: Whole
    DocNum: Whole | None = None
    CardCode: str | None = None
    DocCurrency: str | None = None
    DocTotal: Number
    DocTotalFc: Number | None = None
    VatSum: Number | None = None
    VatSumFc: Number | None = None
    DocumentStatus: str = ""
    CancelStatus: str | None = None
    Cancelled: str | None = None
    AuthorizationStatus: str | None = None
    DocumentLines: tuple[Line, ...] = ()


class BaseLine(Wire):
    """A line that goods are taken back from."""

    LineNum: Whole
    ItemCode: str | None = None
    Quantity: Number
    RemainingOpenQuantity: Number | None = None
    GrossTotal: Number = Decimal(0)
    GrossTotalFC: Number | None = None


class BaseDocument(Wire):
    """A document that goods are taken back from."""

    DocEntry: Whole
    CardCode: str | None = None
    DocCurrency: str | None = None
    DiscountPercent: Number | None = None
    DocumentLines: tuple[BaseLine, ...] = ()


class PaymentRow(Wire):
    """An incoming payment."""

    DocEntry: Whole
    DocNum: Whole | None = None
    Cancelled: str | None = None


class ShippingType(Wire):
    """A carrier."""

    Code: Whole
    Name: str | None = None


class FollowingLine(Wire):
    """A line of a document that follows another: which of its lines it was drawn from."""

    LineNum: Whole
    ItemCode: str | None = None
    Quantity: Number = Decimal(0)
    RemainingOpenQuantity: Number | None = None
    BaseType: Whole | None = None
    BaseEntry: Whole | None = None
    BaseLine: Whole | None = None


class FollowingDocument(Wire):
    """A delivery, return request, return, invoice or credit note."""

    DocEntry: Whole
    DocNum: Whole | None = None
    DocDate: str
    DocCurrency: str | None = None
    DocTotal: Number
    DocTotalFc: Number | None = None
    PaidToDate: Number | None = None
    PaidToDateFC: Number | None = None
    DocumentStatus: str = ""
    CancelStatus: str | None = None
    Cancelled: str | None = None
    ReserveInvoice: str | None = None
    TransportationCode: Whole | None = None
    TrackingNumber: str | None = None
    DocumentLines: tuple[FollowingLine, ...] = ()


class Calculated(Wire):
    """A document that was calculated and not kept."""

    DocCurrency: str | None = None
    DocTotal: Number
    DocTotalFc: Number | None = None
    VatSum: Number | None = None
    VatSumFc: Number | None = None


class BusinessPartner(Wire):
    """A customer, supplier or lead."""

    CardCode: str
    CardType: str = ""
    Valid: str | None = None
    Frozen: str | None = None
    EmailAddress: str | None = None
    FederalTaxID: str | None = None
    CreditLimit: Number | None = None
    CurrentAccountBalance: Number | None = None
    OpenDeliveryNotesBalance: Number | None = None
    OpenOrdersBalance: Number | None = None


class WarehouseInfo(Wire):
    """An article's figures in one warehouse."""

    WarehouseCode: str
    InStock: Number | None = None
    Committed: Number | None = None
    MinimalStock: Number | None = None
    Locked: str | None = None


class Item(Wire):
    """An article."""

    ItemCode: str
    Valid: str | None = None
    Frozen: str | None = None
    SalesItem: str | None = None
    InventoryItem: str | None = None
    ManageStockByWarehouse: str | None = None
    MinInventory: Number | None = None
    ItemWarehouseInfoCollection: tuple[WarehouseInfo, ...] = ()


def read_as(model: type[Read], body: Any, connection: str, *, writes: bool = False) -> Read:
    """Read what came as one of the documents above.

    Raises `UnexpectedAnswer`, or `InDoubt` when it answers a write.
    """
    try:
        return model.model_validate(body)
    except ValidationError as problem:
        # The places, not the values: an answer holds personal data.
        places = ", ".join(".".join(map(str, error["loc"])) for error in problem.errors())
        error = InDoubt if writes else UnexpectedAnswer
        raise error(
            "the answer is not what the Service Layer documents", quote=places, connection=connection
        ) from None


def select(model: type[Wire], *more: str) -> str:
    """Return the `$select` of what a model reads, and of what only this company has."""
    return ",".join([*(name for name in model.model_fields if name != "etag"), *more])
