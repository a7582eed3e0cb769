"""The state of one order's workflow: what it knows, what people asked of it, and the view it shows."""

from collections.abc import Mapping
from datetime import datetime

from domain.approval import ApprovalRequest, Standing
from domain.checks import CheckReport, Verdict
from domain.corrections import Correction, carried_over, chosen_customer
from domain.errors import Problem
from domain.facts import Facts
from domain.life import Captured, Deed, Hold, OrderOutcome, OrderStart, OrderView
from domain.money import Money
from domain.order import Order, StoreState
from domain.policy import Pair
from domain.posting import Difference, ErpDocument
from domain.reasons import REASONS
from domain.stages import Stage, move


class OrderLife:
    """Everything one order's workflow remembers. Nothing here waits or calls."""

    def __init__(self, start: OrderStart, now: datetime) -> None:
        self.start = start
        self.stage = Stage.RECEIVED
        self.since = now
        self.captured: Captured | None = None
        self.order: Order | None = None
        self.corrections: tuple[Correction, ...] = ()
        self.accepted: frozenset[str] = frozenset()
        self.facts: Facts | None = None
        self.hold: Hold | None = None
        self.approval: ApprovalRequest | None = None
        self.document: ErpDocument | None = None
        self.posting_revision = 1
        self.pricing = ""
        self.warnings: tuple[str, ...] = ()
        self.told_store = False
        self.because = ""
        self.troubles: dict[str, Problem] = {}
        self.in_doubt = False
        self.kept = False
        self.posted_order: Order | None = None
        self.store_problem: Problem | None = None
        # What came in and was not obeyed yet.
        self.store_changed = False
        self.continued = False
        self.nudges = 0
        self.released = False
        self.stop_asked: Deed | None = None
        self.cancel_asked: Deed | None = None
        self._holds = 0
        self._requests = 0
        self._deeds: list[Deed] = []
        self._deed_count = 0
        self._version = 0

    @property
    def pair(self) -> Pair:
        """The rules of the pair, as they were when the order was captured."""
        return self.read.pair

    @property
    def read(self) -> Captured:
        """The order as last read from the store."""
        if self.captured is None:
            raise RuntimeError("the order was not read yet")
        return self.captured

    @property
    def current(self) -> Order:
        """The order with all corrections."""
        if self.order is None:
            raise RuntimeError("the order was not read yet")
        return self.order

    @property
    def cancelled_in_store(self) -> bool:
        """Whether the store cancelled the order, and nobody decided to keep it all the same."""
        return not self.kept and self.order is not None and self.order.state is StoreState.CANCELLED

    @property
    def may_be_corrected(self) -> bool:
        """Whether the order's data may still change: nothing of it is in the ERP, or may be."""
        waits = self.stage in {Stage.HELD, Stage.AWAITING_APPROVAL}
        return waits and self.order is not None and self.document is None and not self.in_doubt

    @property
    def authors(self) -> frozenset[str]:
        """Those who changed the order."""
        return frozenset(correction.by for correction in self.corrections)

    @property
    def named_customer(self) -> str:
        """The ERP customer that a person named last."""
        named = [chosen_customer(correction) for correction in self.corrections]
        return next((code for code in reversed(named) if code), "")

    @property
    def approved(self) -> bool:
        """Whether a person approved the order as it is now."""
        request = self.approval
        return (
            request is not None
            and request.standing is Standing.APPROVED
            and request.revision == self.current.revision
        )

    def move(self, stage: Stage, now: datetime, because: str = "") -> None:
        """Go to another stage by the one table of moves."""
        if stage is not self.stage:
            self.stage, self.since = move(self.stage, stage), now
        self.because = because

    def take(self, captured: Captured) -> bool:
        """Take in the order as just read; return whether anything that matters changed."""
        before = self.order
        self.captured = captured
        self.order = carried_over(captured.order, self.corrections)
        return (
            before is None
            or before.revision != self.order.revision
            or before.payment.paid != self.order.payment.paid
        )

    def correct(self, corrected_order: Order, correction: Correction) -> None:
        """Take in a correction that was found to fit."""
        self.order = corrected_order
        self.corrections = (*self.corrections, correction)

    def judge(self, facts: Facts, report: CheckReport) -> None:
        """Keep what was asked and what only warned."""
        self.facts = facts
        warned = [result.sentence for result in report.results if result.verdict is Verdict.WARN]
        self.warnings = tuple(warned)

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
        self._holds += 1
        self.hold = Hold(
            number=self._holds,
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
        self.move(Stage.HELD, now, said or reason.title)

    def end_hold(self, now: datetime) -> None:
        """Go back to where the hold came from; a release accepts its causes for good."""
        hold = self.hold
        if hold is None:
            return
        if self.released:
            self.accepted |= hold.codes
        self.hold = None
        self.continued = self.released = False
        self.move(hold.came_from, now)

    def ask(self, because: str, asked: tuple[str, ...], now: datetime) -> ApprovalRequest:
        """Open an approval request for the order as it is now."""
        order, pair = self.current, self.pair
        self._requests += 1
        self.approval = ApprovalRequest(
            number=self._requests,
            revision=order.revision,
            total=order.in_base(pair.base_currency) or order.total,
            role=pair.approval.role,
            because=because,
            asked=asked,
            asked_at=now,
        )
        return self.approval

    def note(self, by: str, what: str, detail: str, now: datetime) -> Deed:
        """Keep a deed for the audit."""
        self._deed_count += 1
        deed = Deed(number=self._deed_count, at=now, by=by, what=what, detail=detail)
        self._deeds.append(deed)
        return deed

    def keep_after_all(self) -> None:
        """Forget a cancellation that the ERP no longer allows: a person decided to keep the order."""
        self.cancel_asked = None
        self.kept = True

    def recorded(self, view: OrderView) -> None:
        """Forget the deeds that a recorded view carried."""
        numbers = {deed.number for deed in view.deeds}
        self._deeds = [deed for deed in self._deeds if deed.number not in numbers]

    def next_view(self) -> OrderView:
        """Return the view as it is now, under a new version."""
        self._version += 1
        return self.view()

    def view(self) -> OrderView:
        """Return the view as it is now."""
        order, trouble = self.order, next(iter(self.troubles.values()), None)
        return OrderView(
            version=self._version,
            connection=self.start.connection,
            store_order_id=self.start.store_order_id,
            stage=self.stage,
            since=self.since,
            because=self.because,
            hold=self.hold,
            approval=self.approval,
            document=self.document,
            told_store=self.told_store,
            trouble=trouble,
            pricing=self.pricing,
            warnings=self.warnings,
            deeds=tuple(self._deeds),
            **(_order_facts(order, self.pair) if order else {}),
        )

    def outcome(self) -> OrderOutcome:
        """Return how the life ended."""
        return OrderOutcome(stage=self.stage, document=self.document, because=self.because)


def _order_facts(order: Order, pair: Pair) -> Mapping[str, object]:
    return {
        "erp": pair.erp,
        "number": order.number,
        "customer": order.customer.name,
        "total": Money(order.gross, order.currency),
        "lines": len(order.lines) + order.lines_left_out,
        "revision": order.revision,
        "placed_at": order.placed_at,
        "store_mark": order.mark,
    }
