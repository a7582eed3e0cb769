"""Putting a question to people: whom at once, whom in their place, whom again when time passes."""

import asyncio
from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.approvals import AskOne, Question
    from domain.approvals.asking import (
        Round,
        deputies_of,
        deputy_round,
        durations,
        escalation_round,
        first_round,
        plan_of,
        with_round,
        worth_of,
    )
    from domain.approvals.policies import ApprovalPolicy, Level
    from domain.approvals.requests import (
        ApprovalRequest,
        AskingPlan,
        PlanWanted,
        Reminder,
        Standing,
    )
    from domain.approvals.words import progress
    from workflows.grants import Grants
    from workflows.life import OrderLife
    from workflows.steps import Doubt, Steps, Stopped


class Asking:
    """The people who are asked about one order."""

    def __init__(self, life: OrderLife, steps: Steps) -> None:
        self._life, self._steps = life, steps
        self._grants = Grants(life)
        self._mails: set[asyncio.Task[None]] = set()

    @property
    def knows_absences(self) -> bool:
        """Whether absences and deputies' limits count: not for what was asked before they did."""
        return workflow.patched("approval-levels")

    async def plan(self, policy: ApprovalPolicy, level: Level, asked_at: datetime) -> AskingPlan:
        """Settle who is away now, and when time does what to a question that was asked then."""
        wanted = PlanWanted(
            steps=durations(level),
            calendar=policy.calendar or self._life.pair.calendar,
            asked_at=asked_at,
            now=workflow.now(),
        )
        if self.knows_absences:
            return await self._steps.plan_asking(wanted)
        return plan_of(wanted.model_copy(update={"calendar": None}), {})

    async def ask(self, names: tuple[str, ...], reminder: Reminder | None = None) -> None:
        """Put the open question to people."""
        life, request = self._life, self._request
        question = self._question(request)
        hashes = request.code_hashes | await self._steps.approver_codes(question)
        # Somebody may have decided while the codes were made.
        life.approval = self._request.model_copy(update={"code_hashes": hashes})
        await self._steps.record()
        people = life.pair.people
        # An approver may have been taken out of the configuration since they were asked.
        for person in (people[name] for name in names if name in people):
            places = request.stands_in.get(person.id, ())
            place = ", ".join(people[name].name for name in places if name in people)
            asked = AskOne(question=question, approver=person, reminder=reminder, stands_in_for=place)
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
        names = {person.id: person.name for person in self._life.pair.approvers}
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
            progress=progress(request, self._grants.standing, names),
        )

    @property
    def _request(self) -> ApprovalRequest:
        if self._life.approval is None:
            raise RuntimeError("no approval was asked for")
        return self._life.approval

    async def remind(
        self, what: Reminder, policy: ApprovalPolicy, level: Level, spent: frozenset[str]
    ) -> None:
        """Ask again, or ask further people, because nobody decided."""
        if not self.knows_absences:
            await self._remind_as_before(what, level)
            return
        away = (await self.plan(policy, level, self._request.asked_at)).away
        request = self._request
        if request.standing is not Standing.OPEN:
            return
        pair, worth = self._life.pair, worth_of(self._life.current, self._life.pair)
        decided = {vote.approver for vote in request.votes}
        if what is Reminder.REMIND:
            await self._ask_further(first_round(level, worth, pair, away, spent))
            again = [name for name in request.asked if name not in away and name not in decided]
            await self.ask(tuple(again), what)
        elif what is Reminder.DEPUTY:
            silent = (name for name in request.asked if name not in decided)
            await self._ask_further(deputy_round(silent, pair, away, worth).without(spent), what)
        else:
            self._life.approval = request.model_copy(update={"escalated": True})
            await self._ask_further(escalation_round(level, worth, pair, away, spent), what)

    async def _remind_as_before(self, what: Reminder, level: Level) -> None:
        request, pair = self._request, self._life.pair
        if what is Reminder.REMIND:
            await self.ask(request.asked, what)
        elif what is Reminder.DEPUTY:
            deputies = deputies_of(request.asked, pair)
            await self._ask_further(Round(deputies, dict.fromkeys(deputies, request.asked)), what)
        else:
            self._life.approval = request.model_copy(update={"escalated": True})
            worth = worth_of(self._life.current, pair)
            await self._ask_further(escalation_round(level, worth, pair, {}), what)

    async def ask_who_is_missing(self, policy: ApprovalPolicy, level: Level, spent: frozenset[str]) -> None:
        """Ask whom the level would ask now: somebody went away, or is back."""
        if not self.knows_absences:
            return
        away = (await self.plan(policy, level, self._request.asked_at)).away
        if self._request.standing is Standing.OPEN:
            worth = worth_of(self._life.current, self._life.pair)
            await self._ask_further(first_round(level, worth, self._life.pair, away, spent))

    async def _ask_further(self, more: Round, reminder: Reminder | None = None) -> None:
        self._life.approval, new = with_round(self._request, more)
        if new:
            await self.ask(new, reminder)
