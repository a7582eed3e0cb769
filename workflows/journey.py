"""An order's way into the ERP: read, checked, approved, posted once."""

import asyncio
from datetime import timedelta
from decimal import Decimal

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.checking import RestockRequest
    from activities.posting import Posted
    from domain.checks import CheckReport, examine
    from domain.facts import Facts, MatchOutcome
    from domain.order import StoreState
    from domain.policy import DocumentKind
    from domain.posting import ErpState
    from domain.stages import Stage
    from workflows.approving import Approving
    from workflows.holding import Holding
    from workflows.life import OrderLife
    from workflows.policies import DENIED_PAUSES, DOUBT_PAUSES, MOST_DOUBTS
    from workflows.steps import Doubt, LifeEnds, Steps, Stopped


class Journey:
    """The stages of one order from capture to posted."""

    def __init__(self, life: OrderLife, steps: Steps, holding: Holding) -> None:
        self._life, self._steps, self._holding = life, steps, holding
        self._approving = Approving(life, steps, holding)
        self._restocking: asyncio.Task[None] | None = None

    async def capture(self) -> None:
        """Read the order; wait while the store is still placing it."""
        life = self._life
        await self._first_read()
        while life.current.state is StoreState.PLACING:
            await self._until_placed(life.pair.placing_wait)
        if life.current.state is StoreState.CANCELLED:
            raise LifeEnds(Stage.CANCELLED, "cancelled in the store before it was posted")

    async def _first_read(self) -> None:
        life = self._life
        life.store_changed = False
        for pause in (*DENIED_PAUSES, None):
            try:
                life.take(await self._steps.capture())
                return
            except Stopped as stop:
                if stop.problem.code != "not_found":
                    await self._holding.hold_for(stop.problem)
                    continue
                sentence = stop.problem.sentence
            if pause is None:
                await self._steps.refuse_intake(sentence)
                raise ApplicationError(sentence, type="OrderDenied", non_retryable=True)
            await workflow.sleep(pause, summary="the store does not show the order yet")

    async def _until_placed(self, pause: timedelta) -> None:
        life = self._life
        try:
            await workflow.wait_condition(
                lambda: life.store_changed or bool(life.cancel_asked),
                timeout=pause,
                timeout_summary="the store is still placing the order",
            )
        except TimeoutError:
            life.store_changed = True
        await self._holding.obey()

    async def bring_to_erp(self) -> None:
        """Check, obtain an approval where one is asked for, post: until the ERP has the document."""
        while True:
            await self._pass_checks()
            if await self._approving.obtain() and await self._post_once():
                return

    async def _pass_checks(self) -> None:
        life = self._life
        life.move(Stage.CHECKING, workflow.now())
        await self._steps.record()
        while True:
            await self._holding.obey()
            try:
                facts = await self._steps.gather_facts()
            except Stopped as stop:
                await self._holding.hold_for(stop.problem)
                continue
            report = examine(life.current, facts, life.pair, life.accepted)
            life.judge(facts, report)
            if report.passed and not life.store_changed:
                self._restock(report)
                return
            if not report.passed:
                await self._holding.hold(report.holding[0].code, report=report)

    def _restock(self, report: CheckReport) -> None:
        life = self._life
        missing = {
            result.facts["sku"]: Decimal(result.facts["missing"])
            for result in report.results
            if result.code == "below_minimum"
        }
        if not missing or not life.pair.restock or self._restocking:
            return
        reference = f"{life.start.connection}:{life.start.store_order_id}"
        request = RestockRequest(
            erp=life.pair.erp, reference=reference, warehouse=life.pair.warehouse, missing=missing
        )
        self._restocking = asyncio.create_task(self._request_restock(request))

    async def _request_restock(self, request: RestockRequest) -> None:
        life = self._life
        try:
            number = await self._steps.request_restock(request)
        except (Stopped, Doubt, ActivityError) as stop:
            life.warnings = (*life.warnings, f"the restock could not be requested: {stop}")
            return
        pieces = ", ".join(f"{count:f} × {sku}" for sku, count in request.missing.items())
        life.note("waybill", "requested a restock", f"{number}: {pieces}", workflow.now())

    async def _post_once(self) -> bool:
        """Post, and return True when the ERP has the document; False to check the order again."""
        life = self._life
        if await self._holding.obey():
            return False
        life.move(Stage.POSTING, workflow.now())
        before = life.current.revision
        while True:
            try:
                if await self._settle_with(await self._post(await self._customer_code())):
                    break
            except Stopped as stop:
                life.in_doubt = stop.problem.code == "still_in_doubt"
                if not life.in_doubt:
                    life.move(Stage.POSTING, workflow.now())
                if life.cancel_asked is None:
                    await self._holding.hold_for(stop.problem)
            if life.document is None and not life.in_doubt and self._is_another_order(before):
                return False
        life.posted_order = life.current
        life.move(Stage.POSTED, workflow.now())
        await self._steps.record()
        return True

    def _is_another_order(self, before: str) -> bool:
        life = self._life
        asked = bool(life.cancel_asked or life.stop_asked or life.store_changed)
        return asked or life.cancelled_in_store or life.current.revision != before

    async def _customer_code(self) -> str:
        life = self._life
        match = (life.facts or Facts.model_validate({})).customer
        if match.outcome is not MatchOutcome.NEW:
            return match.code
        code = await self._steps.create_customer()
        found = match.model_copy(update={"outcome": MatchOutcome.FOUND, "code": code})
        life.facts = Facts(customer=found, items=life.facts.items if life.facts else ())
        life.note("waybill", "created the customer", code, workflow.now())
        return code

    async def _post(self, customer_code: str) -> Posted:
        life = self._life
        for number in range(MOST_DOUBTS):
            try:
                posted = await self._steps.post(customer_code)
            except Doubt as doubt:
                last = doubt.problem
            else:
                life.in_doubt = False
                return posted
            life.in_doubt = True
            life.move(Stage.IN_DOUBT, workflow.now(), last.sentence)
            await self._steps.record()
            pause = DOUBT_PAUSES[min(number, len(DOUBT_PAUSES) - 1)]
            await workflow.sleep(pause, summary="search the ERP again")
        raise Stopped(last.model_copy(update={"code": "still_in_doubt"}))

    async def _settle_with(self, posted: Posted) -> bool:
        """Take the document; return False when a hold over it ended without accepting it."""
        life = self._life
        life.pricing, life.document = posted.method, posted.document
        if life.cancel_asked or life.cancelled_in_store:
            return True
        draft = posted.document.state is ErpState.DRAFT_PENDING
        if draft and life.pair.document is not DocumentKind.DRAFT:
            await self._holding.hold("erp_keeps_draft", sentence=f"draft {posted.document.entry}")
        elif posted.differences and "document_differs" not in life.accepted:
            text = ", ".join(row.what for row in posted.differences)
            sentence = f"the ERP's document differs from the order: {text}"
            await self._holding.hold("document_differs", sentence=sentence, differences=posted.differences)
        else:
            return True
        return bool(life.cancel_asked) or life.cancelled_in_store or "document_differs" in life.accepted
