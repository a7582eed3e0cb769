"""Orders as the API shows them."""

from datetime import datetime

from pydantic import Field

from domain.approvals.requests import ApprovalRequest, Standing, Vote
from domain.checks import CheckResult
from domain.errors import Problem
from domain.fulfilment import Delivery, Paper
from domain.life import Hold, OrderView
from domain.model import Frozen
from domain.money import Money
from domain.posting import Difference, ErpDocument
from domain.reasons import Group
from domain.returning import ReturnView
from domain.stages import Stage


class OrderSummary(Frozen):
    """An order in a list."""

    connection: str = Field(description="The store.")
    store_order_id: str
    number: str = Field(description="The store's number, as the buyer knows it.")
    customer: str
    stage: Stage
    since: datetime = Field(description="Since when it is in this stage.")
    because: str
    total: Money | None
    needs_person: bool
    hold: str = Field(description="The code of its hold; empty: none.")
    erp: str
    erp_number: str
    told_store: bool = Field(description="Whether the store shows the ERP's number.")
    placed_at: datetime | None

    @classmethod
    def of(cls, view: OrderView) -> "OrderSummary":
        """Return what a list shows of a view."""
        return cls.model_validate(
            {
                **view.model_dump(),
                "needs_person": view.needs_person,
                "hold": view.hold.code if view.hold else "",
                "erp_number": view.document.number if view.document else "",
            }
        )


class HoldShown(Frozen):
    """Why an order waits for somebody, and the remedy."""

    number: int
    code: str
    group: Group
    sentence: str
    remedy: str
    since: datetime
    came_from: Stage
    by: str
    quote: str = Field(description="What the other side said, word for word.")
    field: str
    findings: tuple[CheckResult, ...]
    differences: tuple[Difference, ...]
    releasable: bool = Field(description="Whether a person may let the order go on as it is.")

    @classmethod
    def of(cls, hold: Hold) -> "HoldShown":
        """Return what is shown of a hold."""
        return cls.model_validate({**hold.model_dump(), "group": hold.group, "releasable": hold.releasable})


class ApprovalShown(Frozen):
    """A question to the approvers of one level. `number` and `revision` are what a decision names."""

    number: int
    revision: str
    total: Money
    role: str
    because: str
    policy: str = Field(description="The rules' approval policy; empty: that of the pair.")
    level: int
    levels: int
    quorum: int = Field(description="How many persons must approve.")
    asked: tuple[str, ...]
    stands_in: dict[str, tuple[str, ...]] = Field(description="In whose place deputies were asked.")
    asked_at: datetime
    votes: tuple[Vote, ...]
    standing: Standing
    decided_by: str
    reason: str

    @classmethod
    def of(cls, request: ApprovalRequest) -> "ApprovalShown":
        """Return what is shown of a request; what proves an approver is not."""
        return cls.model_validate(request.model_dump())


class OrderShown(OrderSummary):
    """All that is known of an order."""

    version: int = Field(description="Grows with each change.")
    revision: str
    lines: int
    pricing: str
    hold: HoldShown | None  # type: ignore[assignment]
    approval: ApprovalShown | None
    granted: tuple[ApprovalShown, ...] = Field(description="Levels approved before it.")
    document: ErpDocument | None
    papers: tuple[Paper, ...]
    returns: tuple[ReturnView, ...]
    registered: str = Field(description="The name of the return that was asked for; else empty.")
    delivery: Delivery
    broken_promises: tuple[str, ...]
    trouble: Problem | None
    waits_for: tuple[str, ...]
    warnings: tuple[str, ...]
    tags: tuple[str, ...]
    rules_version: int = Field(description="The version of the rules that it keeps; 0: none.")

    @classmethod
    def of(cls, view: OrderView) -> "OrderShown":
        """Return what is shown of a view."""
        return cls.model_validate(
            {
                **view.model_dump(),
                "needs_person": view.needs_person,
                "hold": HoldShown.of(view.hold) if view.hold else None,
                "erp_number": view.document.number if view.document else "",
            }
        )
