"""What is configured for a pair of systems: which store feeds which ERP, and by which rules."""

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from pydantic import Field, field_validator, model_validator

from domain.durations import Duration
from domain.model import Strict
from domain.money import Money


class DocumentKind(StrEnum):
    """Which document the ERP gets for an order."""

    ORDER = "order"
    QUOTATION = "quotation"
    DRAFT = "draft"


class PaymentTiming(StrEnum):
    """When a payment method's money must be there."""

    PREPAID = "prepaid"
    ON_ACCOUNT = "on_account"
    ON_DELIVERY = "on_delivery"


class StockRule(StrEnum):
    """What too little stock does to an order."""

    HOLD = "hold"
    WARN = "warn"
    IGNORE = "ignore"


class PaymentRule(Strict):
    """One of the store's payment methods."""

    timing: PaymentTiming = Field(
        description="`prepaid` waits for the money, `on_account` checks credit, `on_delivery` does neither."
    )
    terms: str = Field(default="", description="Name of the payment terms, as the ERP's connection maps it.")


class Approver(Strict):
    """A person who may decide."""

    id: str = Field(pattern=r"^[a-z0-9_.-]{1,40}$", description="Short name, for decisions and the audit.")
    name: str = Field(description="As mails and pages say it.")
    email: str = Field(description="Where questions go.")
    roles: tuple[str, ...] = Field(description="What the person may decide as.")
    limit: Money | None = Field(default=None, description="The largest order they may decide on; none: any.")
    deputy: str = Field(default="", description="Another approver's id, who may decide in their place.")


class ApprovalPolicy(Strict):
    """When an order waits for a person, for whom, and what time does to the request."""

    limit: Money | None = Field(
        default=None, description="Orders above it (in the base currency) wait; none: nobody is asked."
    )
    role: str = Field(default="director", description="The role that decides.")
    four_eyes: bool = Field(default=True, description="Who placed or corrected an order does not approve it.")
    remind_after: Duration = Field(default=timedelta(hours=4), description="The mail is sent again.")
    deputy_after: Duration = Field(default=timedelta(hours=8), description="The deputies are asked too.")
    escalate_after: Duration = Field(default=timedelta(hours=24), description="`escalate_to` is asked too.")
    escalate_to: str = Field(default="", description="The role that is asked when nobody decided.")
    expire_after: Duration = Field(default=timedelta(hours=72), description="The order goes on hold.")


class Pair(Strict):
    """One store feeding one ERP."""

    name: str = Field(description="Comes from the table's name.")
    store: str = Field(description="A connection.")
    erp: str = Field(description="A connection.")
    document: DocumentKind = Field(
        default=DocumentKind.ORDER, description="What the ERP gets: `order`, `quotation` or `draft`."
    )
    base_currency: str = Field(default="EUR", description="The currency of limits.")
    warehouse: str = Field(default="", description="Where stock is looked up and taken from; empty: all.")
    tolerance: Decimal = Field(
        default=Decimal("0.05"),
        ge=0,
        le=1,
        description="The largest difference of totals that a rounding line may close.",
    )
    max_lines: int = Field(default=500, ge=1, le=1000, description="Orders with more lines are held.")
    create_customers: bool = Field(default=True, description="Create buyers whom the ERP does not know.")
    check_credit: bool = Field(default=True, description="For payment methods on account.")
    stock: StockRule = Field(
        default=StockRule.HOLD, description="What too little stock does: `hold`, `warn` or `ignore`."
    )
    restock: bool = Field(default=False, description="Request what falls below its minimum.")
    payments: dict[str, PaymentRule] = Field(
        default_factory=dict, description="The store's payment methods; one that is not named is held."
    )
    deliver_days: int = Field(default=2, ge=0, le=365, description="Delivery date, in days from posting.")
    note: str = Field(
        default="ERP order {number}", max_length=200, description="What the store shows with the order."
    )
    status_when_posted: str = Field(default="", description="The store's status to set then; empty: none.")
    settle: Duration = Field(
        default=timedelta(seconds=60),
        description="How late the ERP may show a document whose answer was lost; longer than it ever took.",
    )
    placing_wait: Duration = Field(
        default=timedelta(seconds=5), description="How long a store may take to finish placing an order."
    )
    approval: ApprovalPolicy = Field(default=ApprovalPolicy(), description="See below.")
    approvers: tuple[Approver, ...] = Field(default=(), description="Default: all that the file names.")

    @field_validator("note")
    @classmethod
    def _a_note_with_the_number(cls, text: str) -> str:
        try:
            shown = text.format(number="1")
        except (KeyError, IndexError, ValueError):
            raise ValueError("write {number} where the ERP's number goes, and no other braces") from None
        if shown == text:
            raise ValueError("write {number} where the ERP's number goes")
        return text

    @model_validator(mode="after")
    def _money_in_the_base_currency(self) -> "Pair":
        amounts = [self.approval.limit, *(approver.limit for approver in self.approvers)]
        for amount in amounts:
            if amount is not None and amount.currency != self.base_currency:
                raise ValueError(
                    f"limits are in the base currency {self.base_currency}, not {amount.currency}"
                )
        known = {approver.id for approver in self.approvers}
        for approver in self.approvers:
            if approver.deputy and approver.deputy not in known:
                raise ValueError(f"the deputy of {approver.id}, {approver.deputy}, is not an approver")
        return self

    @property
    def people(self) -> MappingProxyType[str, Approver]:
        """The approvers by id."""
        return MappingProxyType({approver.id: approver for approver in self.approvers})
