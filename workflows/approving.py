"""Waiting for a person's decision: who is asked, when again, and what ends the wait."""

import asyncio
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.approvals import AskOne, Question
    from domain.approvals.asking import approval_needed, approvers_for, deputies_of, timetable
    from domain.approvals.requests import ApprovalRequest, Reminder, Standing
    from domain.stages import Stage
    from workflows.holding import Holding
    from workflows.life import OrderLife
    from workflows.steps import Doubt, LifeEnds, Steps, Stopped


class Approving:
    """The approval of one order."""

    def __init__(self, life: OrderLife, steps: Steps, holding: Holding) -> None:
        self._life, self._steps, self._holding = life, steps, holding
        self._mails: set[asyncio.Task[None]] = set()

    async def obtain(self) -> bool:
        """Return True when the order may go on as it is, False when it must be checked again first.

        Raises `LifeEnds` when it is rejected or cancelled.
        """
        life = self._life
        because = approval_needed(life.current, life.pair)
        if not because or life.approved:
            return True
        total = life.current.in_base(life.pair.base_currency)
        asked = approvers_for(total, life.pair, life.pair.approval.role) if total else ()
        if not asked:
            await self._holding.hold("no_approver" if total else "rate_unknown", sentence=because)
            return False
        life.ask(because, asked, workflow.now())
        life.move(Stage.AWAITING_APPROVAL, workflow.now(), because)
        await self._ask(asked)
        await self._until_decided()
        return await self._conclude()

    async def _ask(
        self, names: tuple[str, ...], reminder: Reminder | None = None, stands_in: str = ""
    ) -> None:
        life = self._life
        request = self._request
        question = self._question(request)
        hashes = request.code_hashes | await self._steps.approver_codes(question)
        if life.approval is not None:
            # Somebody may have decided while the codes were made.
            life.approval = life.approval.model_copy(update={"code_hashes": hashes})
        await self._steps.record()
        people = life.pair.people
        # An approver may have been taken out of the configuration since they were asked.
        for person in (people[name] for name in names if name in people):
            asked = AskOne(question=question, approver=person, reminder=reminder, stands_in_for=stands_in)
            mail = asyncio.create_task(self._mail(asked))
            self._mails.add(mail)
            mail.add_done_callback(self._mails.discard)

    async def _mail(self, asked: AskOne) -> None:
        life = self._life
        try:
            await self._steps.ask_approver(asked)
        except (Stopped, Doubt) as stop:
            life.warnings = (*life.warnings, f"the mail to {asked.approver.id} was not sent: {stop}")
            await self._steps.record()

    def _question(self, request: ApprovalRequest) -> Question:
        order = self._life.current
        return Question(
            connection=order.connection,
            store_order_id=order.store_id,
            number=order.number,
            customer=order.customer.name,
            country=order.delivery.country,
            lines=len(order.lines),
            total=order.total,
            payment=order.payment.method,
            request=request,
        )

    @property
    def _request(self) -> ApprovalRequest:
        if self._life.approval is None:
            raise RuntimeError("no approval was asked for")
        return self._life.approval

    def _over(self) -> bool:
        life = self._life
        decided = self._request.standing is not Standing.OPEN
        changed = life.current.revision != self._request.revision
        return decided or changed or bool(life.cancel_asked) or bool(life.stop_asked)

    async def _until_decided(self) -> None:
        asked_at = self._request.asked_at
        steps = [(step, asked_at + timedelta(seconds=after)) for step, after in timetable(self._life.pair)]
        for (step, due), (_, next_due) in zip(steps, [*steps[1:], steps[-1]], strict=True):
            while not self._over() and (left := due - workflow.now()) > timedelta(0):
                try:
                    await workflow.wait_condition(
                        lambda: self._over() or self._life.store_changed,
                        timeout=left,
                        timeout_summary=f"{step.value} the approvers",
                    )
                except TimeoutError:
                    break
                if self._life.store_changed and not self._over():
                    await self._holding.read_again()
            if self._over():
                return
            # After a long standstill several are due at once: nobody is reminded a moment before the deputy.
            if step is not Reminder.REMIND or workflow.now() < next_due:
                await self._remind(step)

    async def _remind(self, step: Reminder) -> None:
        life, request = self._life, self._request
        if step is Reminder.EXPIRE:
            life.approval = request.model_copy(update={"standing": Standing.EXPIRED})
        elif step is Reminder.REMIND:
            await self._ask(request.asked, step)
        else:
            more, stands_in = self._further_people(step)
            if more:
                life.approval = request.model_copy(update={"asked": (*request.asked, *more)})
                await self._ask(more, step, stands_in)

    def _further_people(self, step: Reminder) -> tuple[tuple[str, ...], str]:
        life, request = self._life, self._request
        if step is Reminder.DEPUTY:
            people = life.pair.people
            names = ", ".join(people[name].name for name in request.asked if name in people)
            return deputies_of(request.asked, life.pair), names
        found = approvers_for(request.total, life.pair, life.pair.approval.escalate_to)
        return tuple(name for name in found if name not in request.asked), ""

    async def _conclude(self) -> bool:
        life, request = self._life, self._request
        if request.standing is Standing.REJECTED:
            raise LifeEnds(Stage.REJECTED, f"rejected by {request.decided_by}: {request.reason}")
        if request.standing is Standing.EXPIRED:
            await self._holding.hold("approval_expired")
            return False
        if request.standing is Standing.OPEN:
            life.void_open_request()
        changed = await self._holding.obey()
        return life.approved and not changed
