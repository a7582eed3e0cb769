"""One order, from the store's confirmation to the last return: one workflow."""

import asyncio
from typing import Any

from pydantic import ValidationError
from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.approvals import APPROVERS_CHANGED
    from activities.connections import CONNECTION_IS_BACK
    from activities.feed import ERP_EVENT
    from activities.intake import ORDER_WORKFLOW, STORE_EVENT
    from domain.approvals.judging import judge, place_of
    from domain.approvals.requests import Channel, Decision, DecisionRefused, Verdict, Vote
    from domain.corrections import Correction, CorrectionRefused, corrected
    from domain.life import Asked, OrderOutcome, OrderStart, OrderView, StoreEvent
    from domain.returning import GivenUp, ReturnAsked, ReturnRefused, ReturnView
    from domain.stages import FINAL, Stage
    from workflows.acting import Acting
    from workflows.aftercare import Aftercare
    from workflows.announcing import Announcing
    from workflows.came_in import StopAsked
    from workflows.grants import Grants
    from workflows.holding import Holding
    from workflows.hooking import Hooking
    from workflows.journey import Journey
    from workflows.life import OrderLife
    from workflows.noticing import NOTICE_WARNINGS, Noticing
    from workflows.promises import Promising
    from workflows.reacting import Reacting
    from workflows.reopening import Reopening
    from workflows.returning import RETURN_NEWS
    from workflows.ruling import Ruling
    from workflows.steps import LifeEnds, Steps
    from workflows.views import view_of


@workflow.defn(
    name=ORDER_WORKFLOW,
    failure_exception_types=[ValidationError],
)
class OrderWorkflow:
    """The life of one order."""

    @workflow.init
    def __init__(self, start: OrderStart) -> None:
        self._life = OrderLife.begun(start, workflow.now())
        self._steps = Steps(self._life)
        holding = Holding(self._life, self._steps)
        self._aftercare = Aftercare(self._life, self._steps, holding)
        self._promising = Promising(self._life, self._steps)
        noticing = self._noticing = Noticing(self._life, self._steps)
        self._announcing = Announcing(self._life, noticing)
        ruling = Ruling(self._life)
        acting = Acting(self._life, self._steps, ruling, noticing, self._aftercare.restocking)
        self._reacting = Reacting(self._life, self._steps, ruling, acting)
        self._journey = Journey(self._life, self._steps, holding, ruling, acting)
        self._hooking = Hooking(self._life)
        self._reopening = Reopening(self._life, self._steps, holding, self._aftercare, self._announcing)

    @workflow.run
    async def run(self, _start: OrderStart) -> OrderOutcome:
        """Live the order's life and tell how it ended."""
        beside = [
            asyncio.create_task(each.watch()) for each in (self._promising, self._announcing, self._reacting)
        ]
        await self._unless_cancelled(asyncio.create_task(self._live()))
        if self._reacting.at_work:
            await self._unless_cancelled(asyncio.create_task(self._reacting.come_to_rest()))
        for each in beside:
            each.cancel()
        await self._reacting.catch_up()
        await self._announcing.finish()
        await workflow.wait_condition(workflow.all_handlers_finished)
        if self._life.stage not in FINAL:
            workflow.continue_as_new(self._life.carry())
        if self._reopening.something_came and workflow.patched("hear-what-comes-at-the-end"):
            workflow.continue_as_new(self._life.carry(late=True))
        return self._life.outcome()

    async def _live(self) -> None:
        try:
            if self._reopening.is_late and not await self._reopening.look_back():
                return
            while True:
                if self._life.document is None:
                    await self._journey.capture()
                    await self._journey.bring_to_erp()
                await self._aftercare.follow()
                if self._life.document is not None:
                    return
        except LifeEnds as end:
            await self._conclude(end)

    async def _unless_cancelled(self, life: asyncio.Task[None]) -> None:
        """See the life to its end; Temporal's own Cancel button asks for what ours asks for."""
        while not life.done():
            try:
                await asyncio.shield(life)
            except asyncio.CancelledError:
                if life.cancelled():
                    raise
                deed = self._life.note("temporal", "cancelled", "cancelled in Temporal", workflow.now())
                self._life.cancel_asked = self._life.cancel_asked or deed
        life.result()

    async def _conclude(self, end: LifeEnds) -> None:
        life = self._life
        self._aftercare.end()
        life.void_open_request()
        life.hold = life.cancel_asked = None
        life.troubles.clear()
        life.over = True
        life.move(end.stage, workflow.now(), end.because)
        await self._steps.record()
        await self._aftercare.finish()
        if end.stage is Stage.COMPLETED and await self._hooking.completed():
            await self._steps.record()

    @workflow.query(description="The order as it is now")
    def view(self) -> OrderView:
        """Return the view."""
        return view_of(self._life)

    @workflow.signal(name=STORE_EVENT, description="Something happened to the order in its store")
    def store_event(self, event: Any) -> None:
        """Read the order again at the next step. The event itself is only a hint: any content will do."""
        self._life.store_changed = True
        self._aftercare.refunds.hear(StoreEvent.heard(event))

    @workflow.signal(name=ERP_EVENT, description="Something happened to the order in the ERP")
    def erp_event(self, _event: Any = None) -> None:
        """Ask the ERP for the whole picture at the next step."""
        self._life.erp_changed = True

    @workflow.signal(name=CONNECTION_IS_BACK, description="A connection that was in trouble works again")
    def connection_is_back(self, connection: Any) -> None:
        """Let the steps that wait for the connection be taken again."""
        self._steps.connection_is_back(str(connection))

    @workflow.signal(name=APPROVERS_CHANGED, description="An approver went away, or is back")
    def approvers_changed(self, _news: Any = None) -> None:
        """Ask whom the open question would be put to now."""
        self._life.approvers_changed = True

    @workflow.signal(description='Approve: {"approver": "…", "code": "…"} as in the approval mail')
    async def approve(self, answer: Any) -> None:
        """Approve from Temporal's own pages, with the approver's code."""
        await self._decide_by_signal(Verdict.APPROVE, answer)

    @workflow.signal(description='Reject: {"approver": "…", "code": "…", "reason": "…"}')
    async def reject(self, answer: Any) -> None:
        """Reject from Temporal's own pages, with the approver's code."""
        await self._decide_by_signal(Verdict.REJECT, answer)

    async def _decide_by_signal(self, verdict: Verdict, answer: Any) -> None:
        life, given = self._life, answer if isinstance(answer, dict) else {}
        request = life.approval
        decision = Decision(
            verdict=verdict,
            approver=str(given.get("approver", ""))[:40],
            request=request.number if request else 0,
            revision=request.revision if request else "",
            reason=str(given.get("reason", ""))[:1000],
            channel=Channel.TEMPORAL,
            code=str(given.get("code", ""))[:200],
        )
        try:
            self._judge(decision)
        except DecisionRefused as refusal:
            # Nobody waits for a signal's answer: the order's audit is where it can be read.
            life.note(
                decision.approver or "unknown", f"tried to {verdict.value}", str(refusal), workflow.now()
            )
            await self._steps.record()
            return
        await self._take_decision(decision)

    @workflow.update(description="Decide on an approval")
    async def decide(self, decision: Decision) -> OrderView:
        """Take a decision; refused ones leave no trace in the history."""
        return await self._take_decision(decision)

    @decide.validator
    def _judge(self, decision: Decision) -> None:
        life = self._life
        pair, earlier = (life.pair, Grants(life).standing) if life.captured else (None, ())
        judge(decision, life.approval, life.order, pair, life.authors, earlier)

    async def _take_decision(self, decision: Decision) -> OrderView:
        life = self._life
        if life.approval is not None:
            place = place_of(decision, life.approval, life.current, life.pair)
            vote = Vote(
                approver=decision.approver,
                verdict=decision.verdict,
                at=workflow.now(),
                channel=decision.channel,
                stands_in_for=place,
                reason=decision.reason,
            )
            life.approval = life.approval.with_vote(vote)
            deed = "approved" if decision.verdict is Verdict.APPROVE else "rejected"
            by = f"{decision.channel.value}, for {place}" if place else decision.channel.value
            life.note(decision.approver, deed, f"{by}: {decision.reason}", workflow.now())
        return await self._steps.record()

    @workflow.update(description="Correct the order's data")
    async def correct(self, correction: Correction) -> OrderView:
        """Make a correction; the order goes on when it is continued."""
        life = self._life
        life.correct(corrected(life.current, correction), correction)
        what = ", ".join(f"{path}={value}" for path, value in correction.fields.items())
        life.note(correction.by, "corrected", what, workflow.now())
        Grants(life).weigh_change(workflow.now())
        return await self._steps.record()

    @correct.validator
    def _may_correct(self, correction: Correction) -> None:
        if not self._life.may_be_corrected:
            raise CorrectionRefused(f"an order that is {self._life.stage.label} cannot be corrected")
        corrected(self._life.current, correction)

    @workflow.update(description="Try again where the order stopped")
    async def continue_order(self, asked: Asked) -> OrderView:
        """Take the step again at which the order stopped."""
        life = self._life
        life.note(asked.by, "continued", asked.reason, workflow.now())
        life.continued = life.hold is not None
        life.nudges += 1
        return await self._steps.record()

    @continue_order.validator
    def _may_continue(self, asked: Asked) -> None:  # noqa: ARG002
        if self._life.hold is None and not self._life.troubles:
            raise ValueError(f"the order is {self._life.stage.label}; there is nothing to continue")

    @workflow.update(description="Hold the order at its next step")
    async def hold(self, asked: Asked) -> OrderView:
        """Stop the order at its next step, until a person releases it."""
        life = self._life
        deed = life.note(asked.by, "held", asked.reason or "held by a person", workflow.now())
        life.stop_asked = StopAsked.of(deed, life.stop_asked)
        return await self._steps.record()

    @hold.validator
    def _may_hold(self, asked: Asked) -> None:  # noqa: ARG002
        if self._life.stage in FINAL or self._life.stage is Stage.HELD or self._life.order is None:
            raise ValueError(f"an order that is {self._life.stage.label} cannot be held")

    @workflow.update(description="Let a held order go on as it is")
    async def release(self, asked: Asked) -> OrderView:
        """Let the order go on although nothing was mended."""
        life = self._life
        life.note(asked.by, "released", asked.reason, workflow.now())
        life.released = life.hold is not None
        return await self._steps.record()

    @release.validator
    def _may_release(self, asked: Asked) -> None:
        hold = self._life.hold
        if hold is None:
            raise ValueError(f"the order is {self._life.stage.label}, not on hold")
        if not hold.releasable:
            raise ValueError(f"this hold cannot be overruled: {hold.sentence}. {hold.remedy}")
        if not asked.by:
            raise ValueError("say who releases the order")

    @workflow.update(description="Say that all of it is with the buyer")
    async def delivered(self, asked: Asked) -> OrderView:
        """Take note that the order arrived: its return window runs from now on."""
        life = self._life
        life.note(asked.by, "delivered", asked.reason, workflow.now())
        life.arrive(workflow.now())
        return await self._steps.record()

    @delivered.validator
    def _may_be_delivered(self, asked: Asked) -> None:  # noqa: ARG002
        if self._life.stage is not Stage.SHIPPED:
            raise ValueError(f"only a shipped order can be delivered; this one is {self._life.stage.label}")

    @workflow.update(description="Register a return")
    async def ask_return(self, asked: ReturnAsked) -> OrderView:
        """Start a return of pieces or money; it lives beside the order."""
        if self._life.start.late:
            await self._reopening.until_recalled(asked)
        reference = await self._aftercare.returns.register(asked)
        return (await self._steps.record()).model_copy(update={"registered": reference})

    @ask_return.validator
    def _may_return(self, asked: ReturnAsked) -> None:
        self._reopening.check(asked)

    @workflow.signal(name=RETURN_NEWS, description="A return of the order moved on")
    async def return_news(self, news: Any) -> None:
        """Show how a return stands."""
        if self._life.start.late:
            await workflow.wait_condition(lambda: self._life.is_settled)
        self._life.erp_changed = True
        try:
            view = ReturnView.model_validate(news)
        except ValidationError:
            # From a worker of another version, or a person: no reason to end the order's life.
            return
        self._aftercare.returns.take_news(view)
        await self._steps.record()

    @workflow.signal(name=NOTICE_WARNINGS, description="Something of the order could not be told")
    async def notice_warnings(self, warnings: Any) -> None:
        """Show what could not be told."""
        if self._life.start.late:
            await workflow.wait_condition(lambda: self._life.is_settled)
        await self._noticing.take_warnings(warnings)

    @workflow.update(description="Give up a refund of the store that waits for its invoice")
    async def give_up_refund(self, given_up: GivenUp) -> OrderView:
        """End a refund that was taken up, before a return began of it."""
        self._aftercare.refunds.give_up(given_up)
        return await self._steps.record()

    @give_up_refund.validator
    def _may_give_up_refund(self, given_up: GivenUp) -> None:
        if given_up.reference not in self._life.waiting_refunds:
            raise ReturnRefused(f"the order has no open return {given_up.reference}")

    @workflow.update(description="Cancel the order, in the ERP too where it is there")
    async def cancel(self, asked: Asked) -> OrderView:
        """Cancel: at once before posting, by what the ERP still allows after it."""
        life = self._life
        life.cancel_asked = life.note(asked.by, "cancelled", asked.reason or "cancelled", workflow.now())
        return await self._steps.record()

    @cancel.validator
    def _may_cancel(self, asked: Asked) -> None:  # noqa: ARG002
        if self._life.ended is not None:
            raise ValueError(f"the order is {self._life.ended.label} already")
