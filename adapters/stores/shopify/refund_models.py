"""The shop's documents on refunds, and on what had left before: as the Admin API answers them."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator, Field

from adapters.stores.fields import Text, Wire
from adapters.stores.shopify.models import Bag, Named, Page

_UNDECIDED = {"PENDING", "AWAITING_RESPONSE", "UNKNOWN"}


def _or_nothing(value: Any) -> Any:
    return () if value is None else value


class RefundLine(Wire):
    """Pieces of a line that were given back, or taken off before they left (`CANCEL`)."""

    quantity: int = Field(ge=0)
    restock: Text = Field(default="", validation_alias="restockType")
    line: Named = Field(validation_alias="lineItem")
    subtotal: Bag = Field(validation_alias="subtotalSet")
    tax: Bag = Field(validation_alias="totalTaxSet")


class RefundShipping(Wire):
    """Shipping that was given back."""

    subtotal: Bag = Field(validation_alias="subtotalAmountSet")
    tax: Bag = Field(validation_alias="taxAmountSet")


class RefundDuty(Wire):
    """Duties that were given back."""

    amount: Bag = Field(validation_alias="amountSet")


class RefundTransaction(Wire):
    """Money that moves back, or an attempt at it."""

    kind: Text
    status: Text
    amount: Bag = Field(validation_alias="amountSet")


class RefundAdjustment(Wire):
    """Why a refund gave back another sum than its parts are worth."""

    reason: Text = ""


class Refund(Wire):
    """One refund."""

    number: Text = Field(validation_alias="legacyResourceId")
    created_at: AwareDatetime | None = Field(default=None, validation_alias="createdAt")
    told_total: Bag = Field(validation_alias="totalRefundedSet")
    transactions: Page[RefundTransaction] = Page(nodes=())
    adjustments: Page[RefundAdjustment] = Field(default=Page(nodes=()), validation_alias="orderAdjustments")
    lines: Page[RefundLine] = Field(validation_alias="refundLineItems")
    shipping: Page[RefundShipping] = Field(validation_alias="refundShippingLines")
    duties: Annotated[tuple[RefundDuty, ...], BeforeValidator(_or_nothing)] = ()

    @property
    def money(self) -> Decimal:
        """What has moved back: attempts that failed are in the shop's own total and count for nothing."""
        moves = [each for each in self.transactions.nodes if each.kind == "REFUND"]
        done = (each.amount.amount for each in moves if each.status == "SUCCESS")
        return sum(done, Decimal(0)) if moves else self.told_total.amount

    @property
    def on_its_way(self) -> bool:
        """Whether money is still about to move."""
        return any(each.status in _UNDECIDED for each in self.transactions.nodes)

    @property
    def settles(self) -> bool:
        """Whether it is about money that was owed since an earlier refund, or will be."""
        return any(each.reason == "PENDING_REFUND_DISCREPANCY" for each in self.adjustments.nodes)


class OrderRefunds(Wire):
    """The refunds of an order."""

    taxes_included: bool = Field(validation_alias="taxesIncluded")

    refunds: tuple[Named, ...] = ()


class KnownFulfilment(Wire):
    """A fulfilment of which only the state is read."""

    id: str
    status: Text = ""


class DepartingLine(Wire):
    """What is left of a line, and how much of that was not sent yet."""

    id: str
    current_quantity: int = Field(ge=0, validation_alias="currentQuantity")
    unfulfilled: int = Field(ge=0, validation_alias="unfulfilledQuantity")


class DepartedOrder(Wire):
    """How far the lines of an order were sent."""

    fulfilments: tuple[KnownFulfilment, ...] = Field(default=(), validation_alias="fulfillments")
    lines: Page[DepartingLine] = Field(validation_alias="lineItems")


class SentArticle(Wire):
    """Which line, and its article."""

    id: str
    sku: Text = ""


class SentLine(Wire):
    """Pieces of a line in a fulfilment."""

    quantity: Annotated[int, BeforeValidator(lambda value: value or 0)]
    line: SentArticle = Field(validation_alias="lineItem")


class SentLines(Wire):
    """What is in a fulfilment."""

    lines: Page[SentLine] = Field(validation_alias="fulfillmentLineItems")
