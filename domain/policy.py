"""What is configured for a pair of systems: which store feeds which ERP, and by which rules."""

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from pydantic import Field, model_validator

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
    """One of the store's payment methods: when it is due, and the ERP's payment terms for it."""

    timing: PaymentTiming
    terms: str = ""


class Approver(Strict):
    """A person who may decide. No `limit` means any amount; `deputy` is another approver's id."""

    id: str = Field(pattern=r"^[a-z0-9_.-]{1,40}$")
    name: str
    email: str
    roles: tuple[str, ...]
    limit: Money | None = None
    deputy: str = ""


class ApprovalPolicy(Strict):
    """When an order waits for a person, for whom, and what time does to the request.

    `limit` is compared with the order's total in the base currency; without it nobody is asked.
    """

    limit: Money | None = None
    role: str = "director"
    four_eyes: bool = True
    remind_after: Duration = timedelta(hours=4)
    deputy_after: Duration = timedelta(hours=8)
    escalate_after: Duration = timedelta(hours=24)
    escalate_to: str = ""
    expire_after: Duration = timedelta(hours=72)


class Pair(Strict):
    """One store feeding one ERP."""

    name: str
    store: str
    erp: str
    document: DocumentKind = DocumentKind.ORDER
    base_currency: str = "EUR"
    warehouse: str = ""
    tolerance: Decimal = Field(default=Decimal("0.05"), ge=0, le=1)
    max_lines: int = Field(default=500, ge=1, le=1000)
    create_customers: bool = True
    check_credit: bool = True
    stock: StockRule = StockRule.HOLD
    restock: bool = False
    payments: dict[str, PaymentRule] = Field(default_factory=dict)
    deliver_days: int = Field(default=2, ge=0, le=365)
    note: str = Field(
        default="ERP order {number}", max_length=200, description="Shown with the store's order."
    )
    status_when_posted: str = ""
    settle: Duration = timedelta(seconds=60)
    placing_wait: Duration = timedelta(seconds=5)
    approval: ApprovalPolicy = ApprovalPolicy()
    approvers: tuple[Approver, ...] = ()

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
