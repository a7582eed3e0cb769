"""An order's way into the ERP: read, checked, approved, posted once."""

from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.posting import FOUND, Posted
    from domain.approvals.demands import demands_of
    from domain.errors import Disposition
    from domain.facts import MatchOutcome
    from domain.order import StoreState
    from domain.policy import DocumentKind
    from domain.posting import Attempt, ErpDocument, ErpState
    from domain.rules.triggers import Trigger
    from domain.stages import Stage
    from workflows.acting import Acting
    from workflows.approving import Approving
    from workflows.deciding import Deciding
    from workflows.holding import Holding
    from workflows.hooking import Hooking
    from workflows.life import OrderLife
    from workflows.policies import (
        DENIED_PAUSES,
        DOUBT_PAUSES,
        LONGEST_PLACING_PAUSE,
        MOST_DOUBTS,
        MOST_PLACING_LOOKS,
    )
    from workflows.ruling import Ruling
    from workflows.steps import Doubt, LifeEnds, Side, Steps, Stopped


class Journey:
    """The stages of one order from capture to posted."""

    def __init__(
        self, life: OrderLife, steps: Steps, holding: Holding, ruling: Ruling, acting: Acting
    ) -> None:
        self._life, self._steps, self._holding = life, steps, holding
        self._deciding = Deciding(life, holding, ruling, acting, self._customer_code)
        self._approving = Approving(life, steps, holding)
        self._hooking = Hooking(life)

    async def capture(self) -> None:
        """Read the order; wait while the store is still placing it."""
        life = self._life
        await self._first_read()
        if life.current.state is StoreState.PLACING:
            await self._until_placed()
        if life.cancelled_in_store:
            life.ended_by_store = True
            raise LifeEnds(Stage.CANCELLED, "cancelled in the store before it was posted")

    async def _first_read(self) -> None:
        life, pauses = self._life, iter(DENIED_PAUSES)
        while True:
            if life.cancel_asked:
                raise LifeEnds(Stage.CANCELLED, life.cancel_asked.detail)
            life.store_changed = False
            try:
                life.take(await self._steps.capture())
                return
            except Stopped as stop:
                if stop.problem.code != "not_found":
                    await self._holding.hold_for(stop)
                    continue
                sentence = stop.problem.sentence
            pause = next(pauses, None)
            if pause is None:
                await self._deny(sentence)
            else:
                await workflow.sleep(pause, summary="the store does not show the order yet")

    async def _deny(self, sentence: str) -> None:
        life = self._life
        await self._steps.deny_intake(sentence)
        if life.number:
            # It was shown before, waiting for its store: now it is over.
            life.move(Stage.REJECTED, workflow.now(), sentence)
            await self._steps.record()
        raise ApplicationError(sentence, type="OrderDenied", non_retryable=True)

    async def _until_placed(self) -> None:
        life = self._life
        pause = max(life.pair.placing_wait, timedelta(seconds=1))
        await self._steps.record()
        looks = 0
        while life.current.state is StoreState.PLACING:
            if looks == MOST_PLACING_LOOKS:
                await self._holding.hold("still_placing")
            try:
                await workflow.wait_condition(
                    lambda: life.store_changed or bool(life.cancel_asked),
                    timeout=pause,
                    timeout_summary="the store is still placing the order",
                )
            except TimeoutError:
                life.store_changed = True
            await self._holding.obey()
            looks, pause = looks + 1, min(pause * 2, LONGEST_PLACING_PAUSE)

    async def bring_to_erp(self) -> None:
        """Check, obtain an approval where one is asked for, post: until the ERP has the document."""
        while True:
            await self._pass_checks()
            if await self._obtain_approvals() and await self._post_once():
                return

    async def _obtain_approvals(self) -> bool:
        """Obtain what the pair's limit and the rules ask for; False when the order is to be checked again."""
        life = self._life
        own = demands_of(life.current, life.pair)
        return await self._approving.obtain((*own, *life.ruled.all_demands))

    async def _pass_checks(self) -> None:
        life = self._life
        life.move(Stage.CHECKING, workflow.now())
        await self._steps.record()
        while True:
            await self._holding.obey()
            if not await self._deciding.pass_rules(Trigger.CAPTURED):
                continue
            try:
                checked = await self._steps.check_order()
            except Stopped as stop:
                await self._holding.hold_for(stop)
                continue
            life.judge(checked.customer, checked.report, checked.facts)
            life.unknown_skus, life.parts = checked.unknown_skus, checked.parts
            if not checked.report.passed:
                await self._holding.hold(checked.report.holding[0].code, report=checked.report)
            elif not life.store_changed and await self._deciding.pass_rules(Trigger.VALIDATED):
                return

    async def _post_once(self) -> bool:
        """Post, and return True when the ERP has the document; False to check the order again."""
        life = self._life
        if await self._holding.obey():
            return False
        life.move(Stage.POSTING, workflow.now())
        while True:
            try:
                if life.attempt is None:
                    await self._hooking.before_posting()
                    life.attempt = await self._new_attempt()
                document = await self._post()
            except Stopped as stop:
                await self._after_stop(stop)
            else:
                if document and await self._accept(document):
                    break
            if life.attempt is None:
                return False
        life.posted_at = workflow.now()
        life.move(Stage.POSTED, workflow.now())
        await self._steps.record()
        return True

    async def _new_attempt(self) -> Attempt:
        life = self._life
        return Attempt(
            order=life.current,
            pair=life.pair,
            customer_code=await self._customer_code(),
            revision=life.posting_revision,
            mapping_version=life.mapping_version,
            unknown_skus=life.unknown_skus,
            choices=life.ruled.document_choices,
        )

    async def _after_stop(self, stop: Stopped) -> None:
        life = self._life
        if stop.problem.disposition is Disposition.FIX_DATA:
            # The activity says so only when nothing was written and nothing is under way.
            life.forget_attempt()
            life.move(Stage.POSTING, workflow.now())
        await self._holding.hold_for(stop)

    async def _customer_code(self) -> str:
        life = self._life
        match = life.customer
        if match is None:
            raise RuntimeError("the order was not checked")
        if match.outcome is not MatchOutcome.NEW:
            return match.code
        code = await self._steps.create_customer()
        life.customer = match.model_copy(update={"outcome": MatchOutcome.FOUND, "code": code})
        life.note("waybill", "created the customer", code, workflow.now())
        return code

    async def _post(self) -> ErpDocument | None:
        """Post, or look whether an attempt that is not to go on landed; None when it certainly did not."""
        life = self._life
        for number in range(MOST_DOUBTS):
            try:
                posted = await self._steps.post()
            except Doubt as doubt:
                last = doubt.problem
            else:
                return self._taken(posted)
            life.move(Stage.IN_DOUBT, workflow.now(), last.sentence)
            await self._steps.record()
            pause = DOUBT_PAUSES[min(number, len(DOUBT_PAUSES) - 1)]
            await workflow.sleep(pause, summary="search the ERP again")
        raise Stopped(last, Side.ERP)

    def _taken(self, posted: Posted) -> ErpDocument | None:
        life = self._life
        if posted.document is None:
            life.forget_attempt()
            life.move(Stage.POSTING, workflow.now())
            return None
        life.pricing, life.document, life.differences = posted.method, posted.document, posted.differences
        life.parts = posted.parts
        life.posted_order = life.attempt.order if life.attempt else None
        if posted.method == FOUND and workflow.patched("look-at-what-was-found"):
            # It may have been shipped meanwhile, with nobody here to be told.
            life.erp_changed = True
        return posted.document

    async def _accept(self, document: ErpDocument) -> bool:
        """Take the document as the order's; False when a hold over it ended otherwise."""
        life = self._life
        if life.cancel_asked or life.cancelled_in_store:
            return True
        if document.state is ErpState.CANCELLED:
            return await self._replace_cancelled()
        if document.state is ErpState.DRAFT_PENDING and life.pair.document is not DocumentKind.DRAFT:
            await self._holding.hold("erp_keeps_draft", sentence=f"draft {document.entry} waits in the ERP")
            return bool(life.cancel_asked) or life.cancelled_in_store
        if not life.differences:
            return True
        text = ", ".join(row.what for row in life.differences)
        released = await self._holding.hold(
            "document_differs",
            sentence=f"the ERP's document differs from the order: {text}",
            differences=life.differences,
        )
        return released or bool(life.cancel_asked) or life.cancelled_in_store

    async def _replace_cancelled(self) -> bool:
        life = self._life
        await self._holding.hold("cancelled_in_erp")
        if life.cancel_asked or life.cancelled_in_store:
            return True
        life.post_anew(workflow.now())
        return False
