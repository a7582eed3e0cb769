"""Telling people what happened to an order, beside its life: no channel that is down holds or delays it.

Each event's notices are a workflow of their own, which goes on when the order's ends or is carried into a new
run: a webhook may be tried for days, and an order that was cancelled is not kept open for it.
"""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ActivityError, ChildWorkflowError, FailureError, WorkflowAlreadyStartedError
from temporalio.workflow import ChildWorkflowHandle, ParentClosePolicy

with workflow.unsafe.imports_passed_through():
    from activities.failures import problem_of
    from activities.notices import TELL_NOTICES, NoticeDesk, NoticePlan
    from domain.notices import NoticeEvent, NoticeFacts, NoticeRequest, PlannedNotice
    from domain.rules.actions import Notify, notice_rule
    from domain.rules.model import Rule
    from domain.texts import one_line
    from workflows.life import OrderLife
    from workflows.policies import NOTICE, OWN_RECORDS
    from workflows.steps import Steps

NOTICE_WARNINGS = "notice_warnings"


@workflow.defn(name=TELL_NOTICES)
class TellNotices:
    """Sends the notices of one event, each on its own, for as long as its channel takes."""

    @workflow.run
    async def run(self, plan: NoticePlan) -> list[str]:
        """Return a warning for each notice that could not be sent."""
        found = await asyncio.gather(*(self._send(notice) for notice in plan.notices))
        warnings = [warning for warning in found if warning]
        if warnings:
            await self._warn_order(warnings)
        return warnings

    async def _warn_order(self, warnings: list[str]) -> None:
        """Warn the order as it is now: the run that handed this over may have been carried into another."""
        parent = workflow.info().parent
        if parent:
            handle = workflow.get_external_workflow_handle(parent.workflow_id)
            # An order whose life is over no longer listens.
            with contextlib.suppress(FailureError):
                await handle.signal(NOTICE_WARNINGS, warnings)

    async def _send(self, notice: PlannedNotice) -> str:
        what = f"{notice.channel.value} to {notice.audience.value}"
        try:
            outcome = await workflow.execute_activity_method(
                NoticeDesk.send, notice, summary=f"Send the {what}", **NOTICE
            )
        except ActivityError as error:
            return f"{what} was not sent: {problem_of(error).sentence}"
        return outcome.warning


class Noticing:
    """Tells what happens to one order. What cannot be told becomes a warning on the order."""

    def __init__(self, life: OrderLife, steps: Steps) -> None:
        self._life, self._steps = life, steps
        self._handing_over: set[asyncio.Task[None]] = set()
        self._awaiting: set[asyncio.Task[None]] = set()

    def tell(self, event: NoticeEvent, facts: NoticeFacts | None = None) -> None:
        """Tell an event to whom the rules say; returns at once.

        What the facts leave empty of the order is filled in: its number, the ERP's, the first name, the
        language. The same event `about` the same thing in the same `version` is told once, however often
        it is asked for.
        """
        captured = self._life.captured
        if captured is None or event not in captured.notices:
            return
        self._beside(self._hand_over(self._request(event, facts or NoticeFacts())), self._handing_over)

    def tell_by_rule(self, rule: Rule, place: int, action: Notify, about: str) -> None:
        """Tell whom a rule says, once for each thing that the rule is about; returns at once."""
        event = action.template or NoticeEvent.RULE
        # A rule may tell several people of the same.
        which = f"{rule.id}:{place}" if place else rule.id
        facts = NoticeFacts(about=f"{which}:{about}", reason=action.text or rule.title)
        request = self._request(event, facts).model_copy(update={"by_rule": (notice_rule(action),)})
        self._beside(self._hand_over(request), self._handing_over)

    async def handed_over(self) -> None:
        """Wait until all that was told goes on without us. To be awaited before the workflow's run ends."""
        await workflow.wait_condition(lambda: not self._handing_over)

    def _request(self, event: NoticeEvent, facts: NoticeFacts) -> NoticeRequest:
        life = self._life
        order, person = life.current, life.current.customer
        known = {
            "order_number": facts.order_number or order.number,
            "erp_number": facts.erp_number or (life.document.number if life.document else ""),
            "first_name": facts.first_name or person.first_name,
            "language": facts.language or person.language,
        }
        return NoticeRequest(
            connection=order.connection,
            store_order_id=order.store_id,
            pair=life.pair.name,
            event=event,
            at=workflow.now(),
            facts=facts.model_copy(update=known),
            email=person.email,
            phone=person.phone or order.delivery.phone or order.billing.phone,
            country=order.delivery.country or order.billing.country,
        )

    async def _hand_over(self, request: NoticeRequest) -> None:
        plan = await workflow.execute_local_activity_method(NoticeDesk.plan, request, **OWN_RECORDS)
        if not plan.notices:
            return
        event = request.event.value.replace("_", " ")
        try:
            telling = await workflow.start_child_workflow(
                TellNotices.run,
                plan,
                id=notices_id(request),
                parent_close_policy=ParentClosePolicy.ABANDON,
                static_summary=f"Tell that order {request.facts.order_number} is {event}",
            )
        except WorkflowAlreadyStartedError:
            # An earlier run of the order handed the very same over.
            return
        self._beside(self._warn(telling), self._awaiting)

    async def take_warnings(self, warnings: Any) -> None:
        """Show what could not be told; each warning once, whoever brings it first."""
        life = self._life
        told = [one_line(text)[:500] for text in warnings] if isinstance(warnings, list) else []
        if set(told) - set(life.warnings):
            life.warnings = tuple(dict.fromkeys((*life.warnings, *told)))
            await self._steps.record()

    async def _warn(self, telling: ChildWorkflowHandle[Any, list[str]]) -> None:
        try:
            warnings = await telling
        except ChildWorkflowError:
            warnings = ["some notices were ended before they were sent"]
        if warnings:
            life = self._life
            life.warnings = tuple(dict.fromkeys((*life.warnings, *warnings)))
            await self._steps.record()

    def _beside(self, work: Coroutine[Any, Any, None], tasks: set[asyncio.Task[None]]) -> None:
        task = asyncio.create_task(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)


def notices_id(request: NoticeRequest) -> str:
    """Return the id of the workflow that tells an event: `notices:shop:1042:shipped:delivery:4711:1`."""
    facts = request.facts
    parts = (request.connection, request.store_order_id, request.event.value, facts.about, str(facts.version))
    return ":".join(("notices", *parts))
