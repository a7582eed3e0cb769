"""The steps an order's workflow takes through activities, and what it does when one cannot be done.

A connection in trouble parks the order: it is shown as waiting, one incident is reported, and the step is
taken again when the connection is back. What only this order can mend comes back as `Stopped`, a write of
unknown outcome as `Doubt`.
"""

import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable
from decimal import Decimal
from enum import Enum, auto
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.approvals import Approvals, AskOne, Question
    from activities.capture import Capture, DeniedOrder
    from activities.checking import Checked, Checking, CheckRequest, CustomerRequest, RestockRequest
    from activities.connections import Connections, Trouble
    from activities.documents import PaperRequest, Papers
    from activities.experts import ExpertQuestion, Experts
    from activities.failures import problem_of
    from activities.fulfilment import Fulfilment, ProgressRequest
    from activities.posting import DocumentRequest, Posted, Posting, PostRequest
    from activities.progress import Recording
    from activities.refunds import RefundsRequest, StoreRefunds
    from activities.search import CAUSE, ERP_NUMBER, NEEDS_PERSON, STAGE
    from activities.stock import StockRequest, Stocks
    from activities.store_writes import ErpNumberNote, StoreStatus, StoreTracking, StoreWrites
    from domain.approvals.requests import AskingPlan, PlanWanted
    from domain.documents import KeptDocument
    from domain.errors import Disposition, Problem
    from domain.fulfilment import Progress
    from domain.life import Captured, OrderStart, OrderView
    from domain.posting import Cancellation, ErpDocument
    from domain.refunds import StoreRefund
    from domain.returning import Replaced
    from domain.rules.case import Case
    from domain.rules.experts import ExpertDefinition
    from domain.stages import Stage
    from domain.stock import PublishedStock
    from workflows.life import OrderLife
    from workflows.policies import MOST_PARKINGS, OUTSIDE, OWN_RECORDS, PARKED_AT_MOST
    from workflows.views import view_of
    from workflows.words import current_details

Result = TypeVar("Result")


class Side(Enum):
    """Which system a step speaks with."""

    STORE = auto()
    ERP = auto()


class Stopped(Exception):
    """A step cannot be done until somebody mends this order, or us."""

    def __init__(self, problem: Problem, side: Side) -> None:
        super().__init__(problem.sentence)
        self.problem, self.side = problem, side


class Doubt(Exception):
    """A write was sent and nobody knows what became of it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.sentence)
        self.problem = problem


class LifeEnds(Exception):
    """The order's life ends before its time: rejected or cancelled."""

    def __init__(self, stage: Stage, because: str) -> None:
        super().__init__(because)
        self.stage, self.because = stage, because


class Steps:
    """An order's steps; each is one activity."""

    def __init__(self, life: OrderLife) -> None:
        self._life = life
        self._parked: Counter[str] = Counter()
        self._back: set[str] = set()
        self._shown: tuple[object, ...] = ()

    def connection_is_back(self, connection: str) -> None:
        """Let steps that wait for the connection be taken again."""
        self._back.add(connection)

    async def record(self) -> OrderView:
        """Write the view into our records and into Temporal's own pages."""
        life = self._life
        if life.start.late:
            await workflow.wait_condition(lambda: life.is_settled)
        if life.nothing_kept:
            return view_of(life)
        life.next_number(workflow.now())
        view = view_of(life)
        workflow.set_current_details(current_details(view))
        self._show(view)
        await workflow.execute_local_activity_method(
            Recording.record_progress, args=[view, life.remembered()], **OWN_RECORDS
        )
        life.recorded(view)
        # The answer to a person stays in the history: traces of many rules are in our records alone.
        return view.model_copy(update={"decisions": ()})

    async def recall(self) -> dict[str, Any] | None:
        """Return what was kept of an order whose life was over."""
        return await workflow.execute_local_activity_method(
            Recording.recall_life, self._life.start, **OWN_RECORDS
        )

    def _show(self, view: OrderView) -> None:
        cause = view.hold.code if view.hold else next(iter(self._life.troubles), "")
        number = view.document.number if view.document else ""
        shown = (view.stage.value, cause, number, view.needs_person)
        passing = {Stage.RECEIVED, Stage.CHECKING, Stage.POSTING}
        if shown == self._shown or (view.stage in passing and not self._shown):
            return
        self._shown = shown
        workflow.upsert_search_attributes(
            [
                STAGE.value_set(view.stage.value),
                CAUSE.value_set(cause),
                ERP_NUMBER.value_set(number),
                NEEDS_PERSON.value_set(view.needs_person),
            ]
        )

    async def capture(self) -> Captured:
        """Read the order from the store."""
        return await self._take(
            lambda: workflow.execute_activity_method(
                Capture.capture_order,
                self._what_to_read(),
                summary="Read the order from the store",
                **OUTSIDE,
            ),
            Side.STORE,
        )

    def _what_to_read(self) -> OrderStart:
        life = self._life
        version = life.ruled.rules.version if life.ruled.rules else None
        return life.start.model_copy(update={"pair": life.ruled.routed_to, "rules_version": version})

    async def deny_intake(self, reason: str) -> None:
        """Mark what came in about an order that its store denies."""
        denied = DeniedOrder(start=self._life.start, reason=reason)
        await workflow.execute_local_activity_method(Capture.deny_intake, denied, **OWN_RECORDS)

    async def check_order(self) -> Checked:
        """Ask the ERP for customer, credit and stock, and judge the order."""
        life = self._life
        request = CheckRequest(
            order=life.current,
            pair=life.pair,
            named_customer=life.named_customer,
            accepted=life.overruled,
            mapping_version=life.mapping_version,
            keep_facts=life.ruled.rules is not None and life.ruled.rules.ask_erp,
            begun_at=life.begun_at,
        )
        return await self._take(
            lambda: workflow.execute_activity_method(
                Checking.check_order, request, summary="Check customer, credit, stock and totals", **OUTSIDE
            )
        )

    async def ask_experts(self, experts: tuple[ExpertDefinition, ...], case: Case) -> dict[str, str]:
        """Have expert rules judge the order; return what they answered, by their names."""
        question = ExpertQuestion(definitions=experts, case=case)
        answers = await self._take(
            lambda: workflow.execute_activity_method(
                Experts.judge, question, summary="Ask the expert rules", **OUTSIDE
            )
        )
        return answers.values

    async def create_customer(self) -> str:
        """Create the buyer in the ERP."""
        life = self._life
        chosen = life.ruled.document_choices.price_list
        request = CustomerRequest(order=life.current, erp=life.pair.erp, price_list=chosen)
        return await self._take(
            lambda: workflow.execute_activity_method(
                Checking.create_customer, request, summary="Create the customer in the ERP", **OUTSIDE
            )
        )

    async def request_restock(self, request: RestockRequest) -> str:
        """Ask the ERP to buy what fell below its minimum."""
        return await self._take(
            lambda: workflow.execute_activity_method(
                Checking.request_restock, request, summary="Request a restock", **OUTSIDE
            )
        )

    async def post(self) -> Posted:
        """Post the attempt in the ERP, or find it there; only look once the order is another one."""
        life = self._life

        async def post() -> Posted:
            if life.attempt is None:
                raise RuntimeError("there is no attempt to post")
            # Asked each time anew: what came in while the order was parked counts.
            request = PostRequest(attempt=life.attempt, only_look=life.is_another_order)
            return await workflow.execute_activity_method(
                Posting.post_sales_order, request, summary="Post the sales order, once", **OUTSIDE
            )

        return await self._take(post)

    async def cancel_document(self, document: ErpDocument) -> Cancellation:
        """Cancel or close the ERP's document."""
        erp = self._life.pair.erp
        request = DocumentRequest(erp=erp, kind=document.kind, entry=document.entry)
        return await self._take(
            lambda: workflow.execute_activity_method(
                Posting.cancel_document, request, summary="Cancel the document in the ERP", **OUTSIDE
            )
        )

    async def show_erp_number(self, text: str) -> None:
        """Show the ERP's number with the order in the store."""
        start = self._life.start
        note = ErpNumberNote(store=start.connection, store_order_id=start.store_order_id, text=text)
        await self._take(
            lambda: workflow.execute_activity_method(
                StoreWrites.show_erp_number, note, summary="Show the ERP number in the store", **OUTSIDE
            ),
            Side.STORE,
        )

    async def read_progress(self, document: ErpDocument | Replaced) -> Progress:
        """Read what the ERP did with the order, or with what was sent instead of some of it."""
        erp = self._life.pair.erp
        request = ProgressRequest(erp=erp, kind=document.kind, entry=document.entry)
        return await self._take(
            lambda: workflow.execute_activity_method(
                Fulfilment.read_progress, request, summary="Read what the ERP did with the order", **OUTSIDE
            )
        )

    async def keep_paper(self, request: PaperRequest) -> KeptDocument:
        """Fetch a paper of the ERP into the document store."""
        return await self._take(
            lambda: workflow.execute_activity_method(
                Papers.keep_paper, request, summary=f"Fetch {request.kind.value} {request.number}", **OUTSIDE
            )
        )

    async def set_tracking(self, numbers: tuple[str, ...], sent: dict[str, Decimal] | None) -> None:
        """Show the parcels' numbers with the order in the store; `sent` is what is in them, unless all is."""
        start = self._life.start
        wanted = StoreTracking(
            store=start.connection, store_order_id=start.store_order_id, numbers=numbers, sent=sent
        )
        await self._take(
            lambda: workflow.execute_activity_method(
                StoreWrites.set_tracking, wanted, summary="Show the tracking numbers in the store", **OUTSIDE
            ),
            Side.STORE,
        )

    async def set_store_status(self, status: str, only_from: tuple[str, ...] = ()) -> None:
        """Set the order's status in the store, if it still has one of those; with none in any case."""
        start = self._life.start
        wanted = StoreStatus(
            store=start.connection,
            store_order_id=start.store_order_id,
            status=status,
            only_from=only_from,
        )
        await self._take(
            lambda: workflow.execute_activity_method(
                StoreWrites.set_store_status, wanted, summary="Set the status in the store", **OUTSIDE
            ),
            Side.STORE,
        )

    async def read_refunds(self) -> tuple[StoreRefund, ...]:
        """Read what the store gave back of the order."""
        start = self._life.start
        request = RefundsRequest(store=start.connection, store_order_id=start.store_order_id)
        return await self._take(
            lambda: workflow.execute_activity_method(
                StoreRefunds.read_refunds, request, summary="Read the store's refunds", **OUTSIDE
            ),
            Side.STORE,
        )

    async def publish_stock(self, request: StockRequest) -> PublishedStock:
        """Show the store what is left to sell."""
        return await self._take(
            lambda: workflow.execute_activity_method(
                Stocks.publish_stock, request, summary="Publish the stock in the store", **OUTSIDE
            ),
            Side.STORE,
        )

    async def approver_codes(self, question: Question) -> dict[str, str]:
        """Return the hashes of the asked persons' codes."""
        return await workflow.execute_local_activity_method(Approvals.approver_codes, question, **OWN_RECORDS)

    async def plan_asking(self, wanted: PlanWanted) -> AskingPlan:
        """Settle who is away, and when time does what to a question."""
        return await workflow.execute_local_activity_method(Approvals.plan_asking, wanted, **OWN_RECORDS)

    async def ask_approver(self, asked: AskOne) -> None:
        """Mail the question to one person; a mail server that is down is tried for as long as it takes."""
        await self._take(
            lambda: workflow.execute_activity_method(
                Approvals.ask_approver, asked, summary=f"Ask {asked.approver.id}", **OUTSIDE
            )
        )

    async def _take(self, step: Callable[[], Awaitable[Result]], side: Side = Side.ERP) -> Result:
        told_to_go_on = 0
        while True:
            try:
                return await step()
            except ActivityError as error:
                if is_cancelled_exception(error):
                    raise
                problem = problem_of(error)
            if problem.disposition is Disposition.IN_DOUBT:
                raise Doubt(problem)
            waits = problem.disposition in {Disposition.WAIT, Disposition.FIX_SETUP}
            if not waits or not problem.connection or told_to_go_on >= MOST_PARKINGS:
                raise Stopped(problem, side)
            told_to_go_on += await self._park(problem)

    async def _park(self, problem: Problem) -> bool:
        """Wait for a connection; return whether it was said to work again."""
        life, connection, nudges = self._life, problem.connection, self._life.nudges
        self._back.discard(connection)
        self._parked[connection] += 1
        life.troubles[connection] = problem
        # Shown as waiting before the incident is reported: whoever ends the incident must find this order.
        await self.record()
        await workflow.execute_activity_method(
            Connections.report_trouble,
            Trouble(connection=connection, problem=problem),
            summary=f"Report trouble with {connection}",
            **OUTSIDE,
        )
        with contextlib.suppress(TimeoutError):
            await workflow.wait_condition(
                lambda: connection in self._back or self._may_end or life.nudges > nudges,
                timeout=PARKED_AT_MOST,
                timeout_summary=f"waiting for {connection}",
            )
        self._parked[connection] -= 1
        if not self._parked[connection]:
            life.troubles.pop(connection, None)
        if self._may_end and life.cancel_asked:
            raise LifeEnds(Stage.CANCELLED, life.cancel_asked.detail)
        return connection in self._back

    @property
    def _may_end(self) -> bool:
        # Once a document may exist, only the ERP's answer can end the order.
        life = self._life
        return life.cancel_asked is not None and not (life.may_exist or life.over)
