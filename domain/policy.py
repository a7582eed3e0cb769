"""What is configured for a pair of systems: which store feeds which ERP, and by which rules.

Pairs are kept in histories and read leniently there; that a file is right is the configuration's business.
"""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from urllib.parse import quote

from pydantic import Field

from domain.approvals.calendar import BusinessCalendar
from domain.approvals.policies import ApprovalPolicy, Approver
from domain.durations import Duration
from domain.hook_points import PairHook
from domain.model import Frozen
from domain.order import Address


class DocumentKind(StrEnum):
    """Which document the ERP gets for an order."""

    ORDER = "order"
    QUOTATION = "quotation"
    DRAFT = "draft"


class PaperKind(StrEnum):
    """The documents that follow a sales document."""

    DELIVERY = "delivery"
    RETURN_REQUEST = "return_request"
    INVOICE = "invoice"
    RETURN = "return"
    CREDIT_NOTE = "credit_note"


class Goods(StrEnum):
    """What becomes of the goods of a return."""

    COMING = "coming"  # the buyer sends them back; credited when they are there
    BACK = "back"  # they are back already
    NONE = "none"  # the buyer keeps them, or there are none: only money goes back


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


class PaymentRule(Frozen):
    """One of the store's payment methods."""

    timing: PaymentTiming = Field(
        description="`prepaid` waits for the money, `on_account` checks credit, `on_delivery` does neither."
    )
    terms: str = Field(default="", description="Name of the payment terms, as the ERP's connection maps it.")


class Promises(Frozen):
    """What must have happened by when; a promise that is broken is shown on the order and alerted once."""

    posted: Duration | None = Field(
        default=None, gt=timedelta(0), description="From the order's capture to its document in the ERP."
    )
    approved: Duration | None = Field(
        default=None, gt=timedelta(0), description="From the approvers' being asked to their decision."
    )
    shipped: Duration | None = Field(
        default=None, gt=timedelta(0), description="From the ERP document to the last piece shipped."
    )


class Carrier(Frozen):
    """One of the ERP's carriers, as customers know it."""

    name: str = Field(default="", description="The name that customers read; empty: the ERP's.")
    url: str = Field(
        default="",
        pattern=r"^(https://.*\{number\}.*)?$",
        description="Where a parcel is followed, with `{number}` where its number goes.",
    )

    def follow(self, number: str) -> str:
        """Return where a parcel is followed; empty where nobody said."""
        return self.url.replace("{number}", quote(number, safe=""))


class Pair(Frozen):
    """One store feeding one ERP."""

    name: str = Field(description="Comes from the table's name.")
    store: str = Field(description="A connection.")
    by_rule: bool = Field(
        default=False,
        description="Only for orders that a rule routes here; a store has one pair without it.",
    )
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
    publish_stock: bool = Field(
        default=False, description="Show the store what is left to sell of an order's articles."
    )
    stock_buffer: int = Field(default=0, ge=0, description="Pieces of each article that are not published.")
    payments: dict[str, PaymentRule] = Field(
        default_factory=dict, description="The store's payment methods; one that is not named is held."
    )
    deliver_days: int = Field(default=2, ge=0, le=365, description="Delivery date, in days from posting.")
    note: str = Field(
        default="ERP order {number}", max_length=200, description="What the store shows with the order."
    )
    status_when_posted: str = Field(default="", description="The store's status to set then; empty: none.")
    status_when_picking: str = Field(default="", description="The same, once the warehouse works on it.")
    status_when_partly_shipped: str = Field(default="", description="The same, once a first part is shipped.")
    status_when_shipped: str = Field(default="", description="The same, once all of it is shipped.")
    status_when_delivered: str = Field(
        default="", description="The same, once a person says that all of it arrived."
    )
    status_when_cancelled: str = Field(
        default="", description="The same, once it is cancelled here or in the ERP, not by the store."
    )
    carriers: dict[str, Carrier] = Field(
        default_factory=dict, description="The ERP's carriers, by the name the ERP gives them."
    )
    documents: tuple[PaperKind, ...] = Field(
        default=(),
        description="Papers to fetch as files: `delivery`, `invoice`, `return`, `credit_note`.",
    )
    labels: str = Field(default="", description="The connection that prints return labels; empty: none.")
    label_grams: int = Field(default=1000, ge=1, description="The weight a return label is made for.")
    return_address: Address | None = Field(default=None, description="Where returned parcels go.")
    register_payments: bool = Field(
        default=False, description="Enter in the ERP what a buyer pays after the order was posted."
    )
    return_window: Duration = Field(
        default=timedelta(days=30),
        gt=timedelta(0),
        description="How long after its delivery, else its last shipment, an order stays open for returns.",
    )
    refund_goods: Goods = Field(
        default=Goods.NONE,
        description="The goods of what the store refunds by itself: `none` moves no stock, `back` puts them"
        " into stock at once, `coming` waits until the ERP has them.",
    )
    exchange_at_once: bool = Field(
        default=False,
        description="Order what is sent instead of returned goods at once, not once they are back.",
    )
    promises: Promises = Field(default=Promises(), description="See below.")
    hooks: tuple[PairHook, ...] = Field(
        default=(), description="Functions called for every order, as `{ point = …, hook = … }`."
    )
    settle: Duration = Field(
        default=timedelta(seconds=60),
        gt=timedelta(0),
        description="How late the ERP may show a document whose answer was lost; longer than it ever took.",
    )
    placing_wait: Duration = Field(
        default=timedelta(seconds=5),
        gt=timedelta(0),
        description="How long a store may take to finish placing an order.",
    )
    approval: ApprovalPolicy = Field(default=ApprovalPolicy(), description="See below.")
    policies: dict[str, ApprovalPolicy] = Field(
        default_factory=dict, description="Approvals that rules ask for; default: all that the file names."
    )
    calendar: BusinessCalendar | None = Field(
        default=None, description="Business time of the approvals that name none of their own."
    )
    approvers: tuple[Approver, ...] = Field(default=(), description="Default: all that the file names.")

    def faults(self) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with the pair: the key, and the sentence that says how it would be right."""
        limit = self.approval.limit
        if limit is not None and limit.currency != self.base_currency:
            yield (
                "approval.limit",
                f"limits are in the base currency {self.base_currency}, not {limit.currency}",
            )
        yield from self._policy_faults()
        names = [person.id for person in self.approvers]
        for person in self.approvers:
            for key, sentence in person.faults(self.base_currency):
                yield f"approvers.{person.id}.{key}", sentence
            if person.deputy and person.deputy not in names:
                yield f"approvers.{person.id}.deputy", f"{person.deputy} is not an approver"
            if names.count(person.id) > 1:
                yield f"approvers.{person.id}", "two approvers have this id"
        if self.publish_stock and self.document is not DocumentKind.ORDER:
            yield "publish_stock", "only orders reserve stock in the ERP, quotations and drafts do not"
        yield from self._other_faults()

    def _policy_faults(self) -> Iterator[tuple[str, str]]:
        named = {f"policies.{name}": policy for name, policy in self.policies.items()}
        if self.approval.limit or self.approval.escalate_to or self.approval.levels:
            named["approval"] = self.approval
        for place, policy in named.items():
            for key, sentence in policy.faults(self.approvers):
                yield f"{place}.{key}", sentence
            if policy.limit and place != "approval":
                yield (
                    f"{place}.limit",
                    "the limit of the pair's own approval is written there; a rule has its own",
                )
        if self.calendar:
            for key, sentence in self.calendar.faults():
                yield f"calendar.{key}", sentence

    def policy(self, name: str) -> ApprovalPolicy | None:
        """Return how approvals of a name are obtained, the empty name being the pair's own; None: no such."""
        return self.policies.get(name) if name else self.approval

    def _other_faults(self) -> Iterator[tuple[str, str]]:
        if self.labels and self.return_address is None:
            yield "return_address", "say where returned parcels go, for the labels"
        rest = self.note.replace("{number}", "")
        if rest == self.note or "{" in rest or "}" in rest:
            yield "note", "write {number} where the ERP's number goes, and no other braces"

    @property
    def people(self) -> MappingProxyType[str, Approver]:
        """The approvers by id."""
        return MappingProxyType({approver.id: approver for approver in self.approvers})
