"""What an order's workflow is told and what it shows: its start, its events, its holds, its view."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import Field

from domain.approvals.requests import ApprovalRequest, Standing
from domain.checks import CheckResult
from domain.documents import KeptDocument
from domain.errors import Problem
from domain.fulfilment import Delivery, Paper
from domain.model import Frozen
from domain.money import Money
from domain.notices import NoticeEvent
from domain.order import Order
from domain.policy import Pair
from domain.posting import Difference, ErpDocument
from domain.reasons import REASONS, Group
from domain.returning import ReturnStage, ReturnView
from domain.rules.decisions import RuleDecision
from domain.rules.model import OrderRules
from domain.stages import Stage
from domain.texts import Plain, one_line


class OrderStart(Frozen):
    """What starts an order's workflow: which order of which store.

    `carried` is the whole state of an order that goes on in a new run, because its history grew long. `late`
    looks once more at an order whose life is over, by what was kept of it: something came late.
    """

    connection: str
    store_order_id: str
    carried: dict[str, Any] | None = None
    pair: str = Field(default="", description="The pair that a rule sent the order to; empty: its store's.")
    rules_version: int | None = Field(default=None, description="The rules it keeps; none: it gets them now.")
    late: bool = False


class StoreEvent(Frozen):
    """A hint that something happened to the order in its store; the order is read again to learn what."""

    delivery: str = ""
    kind: str = ""
    subject: str = ""

    @classmethod
    def heard(cls, said: Any) -> "StoreEvent":
        """Read any JSON: what does not look like an event has no kind."""
        given = said if isinstance(said, dict) else {}
        return cls(**{name: one_line(given.get(name) or "")[:80] for name in cls.model_fields})


class Captured(Frozen):
    """An order as read from the store, with the rules of the pair it belongs to at that moment."""

    order: Order
    pair: Pair
    notices: tuple[NoticeEvent, ...] = Field(default=(), description="Events that a rule wants told.")
    mapping_version: int = Field(default=0, description="The mapping in force then; 0: none.")
    rules: OrderRules | None = Field(default=None, description="Only for an order that has none yet.")


class Hold(Frozen):
    """Why an order waits for a person or for the outside: what is wrong, where, and the remedy."""

    number: int
    code: str
    sentence: str
    remedy: str
    since: datetime
    came_from: Stage
    by: str = ""
    quote: str = ""
    field: str = ""
    findings: tuple[CheckResult, ...] = ()
    differences: tuple[Difference, ...] = ()

    @property
    def group(self) -> Group:
        """The cause group the order desk works by."""
        return REASONS[self.code].group

    @property
    def releasable(self) -> bool:
        """Whether a person may let the order go on although nothing was mended."""
        codes = {finding.code for finding in self.findings} or {self.code}
        return all(REASONS[code].releasable for code in codes)

    @property
    def codes(self) -> frozenset[str]:
        """All causes that a release accepts."""
        return frozenset({self.code, *(finding.code for finding in self.findings)})


class Deed(Frozen):
    """Something a person or a rule did to the order, for the audit."""

    number: int
    at: datetime
    by: Plain
    what: Plain
    detail: Plain = ""


class OrderView(Frozen):
    """The order as lists, searches and the order page show it. `version` grows with each change."""

    version: int
    connection: str
    store_order_id: str
    erp: str = ""
    number: str = ""
    customer: str = ""
    stage: Stage
    since: datetime
    because: str = ""
    total: Money | None = None
    lines: int = 0
    revision: str = ""
    placed_at: datetime | None = None
    store_mark: str = ""
    hold: Hold | None = None
    approval: ApprovalRequest | None = None
    granted: tuple[ApprovalRequest, ...] = Field(default=(), description="Levels approved before it.")
    document: ErpDocument | None = None
    demand: dict[str, Decimal] = Field(
        default_factory=dict, description="Pieces by article that the ERP does not know to be sold yet."
    )
    papers: tuple[Paper, ...] = ()
    documents: tuple[tuple[str, KeptDocument], ...] = Field(
        default=(), description="Files, by the name of their paper."
    )
    returns: tuple[ReturnView, ...] = ()
    registered: str = Field(default="", description="The return that this answers for; else empty.")
    delivery: Delivery = Delivery.OPEN
    broken_promises: tuple[str, ...] = ()
    told_store: bool = False
    trouble: Problem | None = None
    waits_for: tuple[str, ...] = Field(default=(), description="Connections in trouble that it waits for.")
    revivable: bool = Field(default=False, description="Ended by its store, without a document in the ERP.")
    pricing: str = ""
    warnings: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    rules_version: int = Field(default=0, description="The version of the rules it keeps; 0: none.")
    mapping_version: int = Field(default=0, description="The version of the mapping it keeps; 0: none.")
    deeds: tuple[Deed, ...] = Field(default=(), description="Only those since the view recorded before.")
    decisions: tuple[RuleDecision, ...] = Field(
        default=(), description="Of the rules; only those since then."
    )

    @property
    def needs_person(self) -> bool:
        """Whether somebody must do something."""
        waits_for_decision = self.approval is not None and self.approval.standing is Standing.OPEN
        waits_for_store = self.hold is not None and self.hold.code == "payment_pending"
        stopped = self.hold is not None and not waits_for_store
        stuck = any(each.stage is ReturnStage.STOPPED for each in self.returns)
        return stopped or waits_for_decision or stuck or bool(self.broken_promises)

    @property
    def amount(self) -> Decimal:
        """The total's amount, 0 while nothing was read."""
        return self.total.amount if self.total else Decimal(0)


class Asked(Frozen):
    """A person's command to an order: who and why."""

    by: Plain
    reason: Plain = ""


class OrderOutcome(Frozen):
    """How an order's life ended."""

    stage: Stage
    document: ErpDocument | None = None
    because: str = ""
