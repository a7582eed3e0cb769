"""The state of one order's workflow: what it knows, what people asked of it, and the view it shows.

All of it can be carried into a new run of the workflow, when the history of the old one grew long.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import ConfigDict, Field

from domain.approvals.requests import ApprovalRequest, Standing
from domain.checks import CheckReport, Verdict
from domain.corrections import Correction, Replaced, carried_over, chosen_customer, replaced
from domain.documents import KeptDocument
from domain.errors import Problem
from domain.facts import CustomerMatch, Facts
from domain.fulfilment import Delivery, Paper, Progress, delivery_of
from domain.life import Captured, Deed, Hold, OrderOutcome, OrderStart, OrderView
from domain.mapping.lines import LinePart
from domain.order import Order, StoreState
from domain.policy import Pair
from domain.posting import Attempt, Difference, ErpDocument
from domain.reasons import REASONS
from domain.returning import ReturnView
from domain.returns import PaymentEntry
from domain.rules.triggers import Trigger
from domain.stages import FINAL, Stage, move
from workflows.came_in import SAID_LATE, CameIn, StopAsked
from workflows.milestones import Milestones
from workflows.ruled import RULE_HOLDS, STAGE_TRIGGERS, Ruled


class OrderLife(CameIn, Milestones):
    """Everything one order's workflow remembers. Nothing here waits or calls."""

    model_config = ConfigDict(extra="ignore")

    start: OrderStart
    begun_at: datetime
    since: datetime
    stage: Stage = Stage.RECEIVED
    because: str = ""
    doubt_since: datetime | None = Field(
        default=None, description="When it came in doubt; a hold that asks about it ends that not."
    )
    over: bool = Field(default=False, description="It is being ended: nothing more is taken up.")
    nothing_kept: bool = Field(default=False, description="It is late, and cannot be taken up again.")

    # The order, and what people did to it.
    captured: Captured | None = None
    mapping_anew: bool = Field(
        default=False, description="Something was mended: the order takes the mapping of its next reading."
    )
    unknown_skus: tuple[str, ...] = Field(default=(), description="Articles that the mapping replaces.")
    order: Order | None = None
    replaced: tuple[Replaced, ...] = ()
    authors: frozenset[str] = frozenset()
    named_customer: str = ""
    accepted: dict[str, str] = Field(default_factory=dict, description="Cause to the revision it holds for.")
    customer: CustomerMatch | None = None
    missing: dict[str, Decimal] = Field(default_factory=dict, description="SKU to pieces below the minimum.")
    hold: Hold | None = None
    approval: ApprovalRequest | None = None
    granted: tuple[ApprovalRequest, ...] = Field(default=(), description="Levels approved before it.")
    warnings: tuple[str, ...] = ()

    # What rules say; they are kept as they were when the order was captured.
    ruled: Ruled = Field(default_factory=Ruled)

    # Its document. From the first create that may go out until its end is certain, a document may exist.
    attempt: Attempt | None = None
    posting_revision: int = 1
    unposted_since: datetime | None = Field(default=None, description="Since its document was cancelled.")
    document: ErpDocument | None = None
    posted_order: Order | None = Field(default=None, description="The state the document was made of.")
    differences: tuple[Difference, ...] = ()
    parts: tuple[LinePart, ...] = Field(default=(), description="What lines were written as in the ERP.")
    pricing: str = ""
    told_store: bool = False
    told_status: str = ""
    own_statuses: tuple[str, ...] = Field(default=(), description="Those that we wrote, or were about to.")
    told_tracking: tuple[str, ...] = ()
    told_part: bool = Field(default=False, description="With them, the store was told of a part only.")
    progress: Progress | None = Field(default=None, description="What the ERP did with it, as last read.")
    documents: dict[str, KeptDocument] = Field(default_factory=dict, description="By the paper's name.")
    papers_left_out: tuple[str, ...] = Field(default=(), description="Those that could not be fetched.")
    stock_published_for: str = Field(default="", description="What the ERP held then, see `goods_held`.")
    returns: dict[str, ReturnView] = Field(default_factory=dict, description="By their references.")
    refunded: dict[str, Decimal] = Field(
        default_factory=dict, description="What the store gave back, by the reference of its return."
    )
    announced: tuple[str, ...] = Field(default=(), description="What was told or is past, by its name.")
    payment_taken: bool = Field(default=False, description="A late payment is being entered, or was.")
    payment: PaymentEntry | None = Field(default=None, description="What the ERP made of a late payment.")
    broken_promises: tuple[str, ...] = ()
    kept: str | None = Field(default=None, description="The mark of the state that a person keeps.")
    keeps_cancelled: bool = Field(default=False, description="Kept while the store calls it cancelled.")
    ended_by_store: bool = False

    number: int = Field(default=0, description="The last number given to a view, hold, request or deed.")

    @classmethod
    def begun(cls, start: OrderStart, now: datetime) -> "OrderLife":
        """Return a new life, or the one that an earlier run carried over."""
        if start.late:
            # Nothing is known of it until it is recalled, but that it is over.
            return cls(start=start, begun_at=now, since=now, stage=Stage.COMPLETED)
        if start.carried is None:
            return cls(start=start, begun_at=now, since=now)
        bare = start.model_copy(update={"carried": None})
        return cls.model_validate({**start.carried, "start": bare})

    def carry(self, *, late: bool = False) -> OrderStart:
        """Return the start of a new run that goes on with this life, or looks at it once more."""
        state = self.model_dump(mode="json", exclude={"start"})
        return self.start.model_copy(update={"carried": state, "late": late})

    def remembered(self) -> dict[str, Any] | None:
        """Return what is kept of a posted order whose life is over."""
        if self.stage not in FINAL or self.document is None:
            return None
        return self.model_dump(mode="json", exclude={"start", "deeds"})

    def recall(self, kept: dict[str, Any]) -> None:
        """Take up a life that was over; what was said while it was read stays."""
        said = {name: getattr(self, name) for name in SAID_LATE}
        start = self.start.model_copy(update={"late": False, "carried": kept})
        before, number = OrderLife.begun(start, self.begun_at), self.number
        for name in OrderLife.model_fields:
            setattr(self, name, said.get(name) or getattr(before, name))
        self.over, self.stop_asked, self.number = False, None, max(self.number, number)

    @property
    def is_settled(self) -> bool:
        """Whether what came late finds the life as it was, or it is certain that nothing is kept of it."""
        return not self.start.late or self.nothing_kept

    def open_again(self, because: str, now: datetime) -> None:
        """Let a completed order go on as one that was shipped."""
        self.note("waybill", "opened the order again", because, now)
        self.move(Stage.SHIPPED, now, f"opened again: {because}")

    def next_number(self, now: datetime) -> int:
        """Return a number larger than all before, in earlier runs and before a reset too."""
        self.number = max(self.number + 1, int(now.timestamp() * 1000))
        return self.number

    @property
    def pair(self) -> Pair:
        """The rules of the pair: those of the attempt while there is one, else as last read."""
        if self.attempt is not None:
            return self.attempt.pair
        if self.captured is None:
            raise RuntimeError("the order was not read yet")
        return self.ruled.applied_to(self.captured.pair)

    def written(self, order: Order) -> dict[str, Decimal]:
        """Return the articles and pieces of an order as the ERP gets them: of a bundle, its parts."""
        parts = [(part.sku, part.quantity) for part in self.parts]
        opened = {part.of for part in self.parts}
        parts += [(line.sku, line.quantity) for line in order.lines if line.id not in opened]
        found: dict[str, Decimal] = {}
        for sku, quantity in parts:
            found[sku] = found.get(sku, Decimal(0)) + quantity
        return found

    @property
    def waiting_since(self) -> datetime:
        """Since when an order that is not posted waits to be."""
        return self.unposted_since or self.begun_at

    @property
    def mapping_version(self) -> int:
        """The version of the mapping that the order keeps; 0 is none."""
        return self.captured.mapping_version if self.captured else 0

    @property
    def current(self) -> Order:
        """The order with all corrections."""
        if self.order is None:
            raise RuntimeError("the order was not read yet")
        return self.order

    @property
    def may_exist(self) -> bool:
        """Whether a document of the order is in the ERP, or may be."""
        return self.attempt is not None or self.document is not None

    @property
    def ended(self) -> Stage | None:
        """The end of a life that is over; a cancelled order that is held has ended all the same."""
        stage = self.hold.came_from if self.hold else self.stage
        return stage if self.stage in FINAL or stage is Stage.CANCELLED else None

    @property
    def cancelled_in_store(self) -> bool:
        """Whether the store cancelled the order, and nobody decided to keep it all the same."""
        cancelled = self.order is not None and self.order.state is StoreState.CANCELLED
        return cancelled and not self.keeps_cancelled and self.current.mark != self.kept

    @property
    def is_another_order(self) -> bool:
        """Whether the attempt is not to be sent again: something was asked, or the order is another."""
        asked = bool(self.cancel_asked or self.stop_asked or self.store_changed or self.cancelled_in_store)
        attempt = self.attempt
        return asked or (attempt is not None and attempt.order.revision != self.current.revision)

    @property
    def may_be_corrected(self) -> bool:
        """Whether the order's data may still change: nothing of it is in the ERP, or may be."""
        waits = self.stage in {Stage.HELD, Stage.AWAITING_APPROVAL}
        return waits and self.order is not None and not self.may_exist

    @property
    def overruled(self) -> frozenset[str]:
        """The causes that a person overruled for the order as it is now."""
        revision = self.current.revision
        return frozenset(code for code, accepted in self.accepted.items() if accepted == revision)

    def open_promises(self) -> list[tuple[datetime, str]]:
        """Return what the pair promises and has not come to pass yet, with when it is due."""
        if self.captured is None or self.ended is not None:
            return []
        promises, request = self.pair.promises, self.approval
        found: list[tuple[datetime, str]] = []
        if promises.posted and self.document is None:
            found.append((self.waiting_since + promises.posted, "posted"))
        if promises.approved and request and request.standing is Standing.OPEN:
            found.append((request.asked_at + promises.approved, "approved"))
        if promises.shipped and self.posted_at and self.delivery is not Delivery.SHIPPED:
            found.append((self.posted_at + promises.shipped, "shipped"))
        return found

    @staticmethod
    def paper_name(paper: Paper) -> str:
        """Return what people call a paper: `invoice 901`."""
        return f"{paper.kind.value.replace('_', ' ')} {paper.number}"

    @property
    def delivery(self) -> Delivery:
        """How far the goods are; what a person released as closed by hand counts as shipped."""
        found = delivery_of(self.progress) if self.progress else Delivery.OPEN
        closed = found is Delivery.CLOSED_BY_HAND and "closed_by_hand" in self.overruled
        return Delivery.SHIPPED if closed else found

    def move(self, stage: Stage, now: datetime, because: str = "") -> None:
        """Go to another stage by the one table of moves."""
        if stage is not self.stage:
            self.stage, self.since = move(self.stage, stage), now
            if stage in STAGE_TRIGGERS:
                self.ruled.note(STAGE_TRIGGERS[stage], str(self.posting_revision))
        if stage is Stage.IN_DOUBT:
            self.doubt_since = self.doubt_since or now
        elif stage is not Stage.HELD:
            self.doubt_since = None
        self.because = because

    def take(self, captured: Captured) -> bool:
        """Take in the order as just read; return whether anything that matters changed."""
        before = self.order
        if self.captured is not None and not self.mapping_anew:
            captured = captured.model_copy(update={"mapping_version": self.captured.mapping_version})
        self.mapping_anew = False
        if captured.rules is not None:
            self.ruled.rules = captured.rules
        # Kept once: a read that follows brings none.
        self.captured = captured.model_copy(update={"rules": None})
        self.order = carried_over(captured.order, self.replaced)
        if before is not None and self.order.payment.paid and not before.payment.paid:
            self.ruled.note(Trigger.PAYMENT_RECEIVED, "payment")
        self.keeps_cancelled = self.keeps_cancelled and self.order.state is StoreState.CANCELLED
        return (
            before is None
            or before.revision != self.order.revision
            or before.payment.paid != self.order.payment.paid
            or before.state is not self.order.state
        )

    def forget_attempt(self) -> None:
        """Give the attempt up: it is certain that the ERP has no document of it, nor a draft that waits."""
        self.attempt = self.document = self.posted_order = None

    @property
    def has_arrived(self) -> bool:
        """Whether the store shows a shipped order as delivered, or a person said so, and it is news."""
        told = self.delivered_at is not None or self.current.state is StoreState.DELIVERED
        return self.stage is Stage.SHIPPED and told

    def arrive(self, now: datetime) -> None:
        """Take note that the buyer has all of it."""
        self.delivered_at = self.delivered_at or now
        self.move(Stage.DELIVERED, now)

    def take_back_shipment(self, now: datetime) -> None:
        """Take note that nothing is shipped any more: only then the order may be cancelled or posted anew."""
        self.forget_shipment()
        if self.stage in {Stage.SHIPPED, Stage.DELIVERED}:
            self.move(Stage.PICKING, now, "nothing is shipped any more")

    def post_anew(self, now: datetime) -> None:
        """Let the order be posted under a new key: its document was cancelled in the ERP."""
        self.posting_revision, self.unposted_since = self.posting_revision + 1, now
        self.attempt = self.document = self.posted_order = self.progress = self.posted_at = None
        self.told_store = False
        self.store_changed = True

    def correct(self, corrected_order: Order, correction: Correction) -> None:
        """Take in a correction that was found to fit."""
        self.replaced = (*self.replaced, *replaced(self.current, correction))
        self.authors |= {correction.by}
        self.named_customer = chosen_customer(correction) or self.named_customer
        self.order = corrected_order

    def judge(self, customer: CustomerMatch, report: CheckReport, facts: Facts | None = None) -> None:
        """Keep who the customer is, what only warned, what is to be bought, and what rules ask for."""
        self.customer, self.ruled.facts = customer, facts
        self.ruled.findings = tuple(row.code for row in report.results if row.code)
        self.warnings = tuple(row.sentence for row in report.results if row.verdict is Verdict.WARN)
        self.missing = {
            row.facts["sku"]: Decimal(row.facts["missing"])
            for row in report.results
            if row.code == "below_minimum"
        }

    def open_hold(
        self,
        code: str,
        now: datetime,
        *,
        sentence: str = "",
        by: str = "",
        report: CheckReport | None = None,
        problem: Problem | None = None,
        differences: tuple[Difference, ...] = (),
    ) -> None:
        """Put the order on hold."""
        reason = REASONS[code]
        findings = report.holding if report else ()
        said = sentence or (findings[0].sentence if findings else "") or (problem.sentence if problem else "")
        self.hold = Hold(
            number=self.next_number(now),
            code=code,
            sentence=said or reason.title,
            remedy=(problem.remedy if problem and code == problem.code else "") or reason.remedy,
            since=now,
            came_from=self.stage,
            by=by,
            quote=problem.quote if problem else "",
            field=findings[0].field if findings else (problem.field if problem else ""),
            findings=findings,
            differences=differences,
        )
        self.continued = self.released = False
        self.ruled.note(Trigger.HELD, str(self.hold.number), code)
        self.move(Stage.HELD, now, said or reason.title)

    def end_hold(self, now: datetime) -> None:
        """Go back to where the hold came from; a release accepts its causes for the order as it is."""
        hold = self.hold
        if hold is None:
            return
        if self.released and self.order is not None:
            self.accepted |= dict.fromkeys(hold.codes, self.order.revision)
        if self.continued and hold.code in RULE_HOLDS and not self.may_exist:
            self.ruled.begin_anew()
        self.hold = None
        self.continued = self.released = False
        self.move(hold.came_from, now)

    def void_open_request(self) -> None:
        """Take back an open approval request."""
        if self.approval and self.approval.standing is Standing.OPEN:
            self.approval = self.approval.model_copy(update={"standing": Standing.VOID})

    def note(self, by: str, what: str, detail: str, now: datetime) -> Deed:
        """Keep a deed for the audit."""
        deed = Deed(number=self.next_number(now), at=now, by=by, what=what, detail=detail)
        self.deeds.append(deed)
        return deed

    def stop_beside(self, code: str, by: str, sentence: str, now: datetime) -> None:
        """Have the order held at its next step; where it is held already, or over, that is a warning."""
        if self.hold is None and self.stage not in FINAL:
            deed = self.note(by, "held", sentence, now)
            self.stop_asked = StopAsked.beside(deed, self.stop_asked, code)
        else:
            self.warnings = tuple(dict.fromkeys((*self.warnings, sentence)))

    def recorded(self, view: OrderView) -> None:
        """Forget the deeds that a recorded view carried."""
        numbers = {deed.number for deed in view.deeds}
        self.deeds = [deed for deed in self.deeds if deed.number not in numbers]
        kept = {decision.number for decision in view.decisions}
        self.ruled.decisions = [each for each in self.ruled.decisions if each.number not in kept]

    def outcome(self) -> OrderOutcome:
        """Return how the life ended."""
        return OrderOutcome(stage=self.stage, document=self.document, because=self.because)
