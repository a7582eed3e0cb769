"""Waiting for people's decisions: which approvals one after the other, whom each asks, what ends the wait."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.approvals.asking import Round, first_round, shortage, worth_of
    from domain.approvals.demands import Demand, joined
    from domain.approvals.judging import spent_on
    from domain.approvals.policies import ApprovalPolicy, Expiry, Level
    from domain.approvals.requests import ApprovalRequest, AskingPlan, Reminder, Standing
    from domain.approvals.voiding import seen_of
    from domain.stages import Stage
    from workflows.asking import Asking
    from workflows.grants import Grants
    from workflows.holding import Holding
    from workflows.life import OrderLife
    from workflows.steps import LifeEnds, Steps


class Step(NamedTuple):
    """One level of one policy that is to be obtained, and why."""

    policy_name: str
    policy: ApprovalPolicy
    number: int
    level: Level
    because: str


class Approving:
    """The approvals of one order."""

    def __init__(self, life: OrderLife, steps: Steps, holding: Holding) -> None:
        self._life, self._steps, self._holding = life, steps, holding
        self._grants, self._asking = Grants(life), Asking(life, steps)
        self._waits_with = ""

    async def obtain(self, demands: Iterable[Demand]) -> bool:
        """Obtain each demanded approval once, one after the other.

        Returns True when the order may go on as it is, False when it must be checked again first. Raises
        `LifeEnds` when it is rejected or cancelled.
        """
        life, wanted = self._life, joined(demands)
        request = life.approval
        if request and request.standing is Standing.REJECTED:
            raise _rejected(request)
        if request and request.policy not in wanted:
            life.void_open_request()
        for name, because in wanted.items():
            if not await self._obtain_one(name, because):
                return False
        return True

    async def _obtain_one(self, name: str, because: str) -> bool:
        policy = self._life.pair.policy(name)
        if policy is None:
            await self._holding.hold("no_policy", sentence=f"{because}; there is no approval policy {name}")
            return False
        for number, level in enumerate(policy.steps, 1):
            step = Step(name, policy, number, level, because)
            if not self._grants.has(name, number) and not await self._obtain_level(step):
                return False
        return True

    async def _obtain_level(self, step: Step) -> bool:
        life, request = self._life, self._life.approval
        level = (step.policy_name, step.number)
        self._waits_with = life.current.revision
        same = request and (request.policy, request.level) == level and request.role == step.level.who
        if request and same and request.standing is Standing.OPEN:
            life.move(Stage.AWAITING_APPROVAL, workflow.now(), step.because)
            await self._steps.record()
        elif not await self._open(step):
            return False
        await self._until_decided(step)
        return await self._conclude(step)

    async def _open(self, step: Step) -> bool:
        """Ask the level's people; hold the order and return False when there are too few."""
        life, now = self._life, workflow.now()
        worth = worth_of(life.current, life.pair)
        plan = await self._asking.plan(step.policy, step.level, now)
        asked = first_round(step.level, worth, life.pair, plan.away, self._spent(step))
        lacks = self._shortage(step, asked, plan)
        if not asked.people or lacks:
            said = f"{step.because}; {lacks}" if lacks else step.because
            await self._holding.hold("no_approver" if worth.in_base else "rate_unknown", sentence=said)
            return False
        self._grants.open(
            ApprovalRequest(
                number=life.next_number(now),
                revision=life.current.revision,
                total=worth.in_base or worth.total,
                role=step.level.who,
                because=step.because,
                asked=asked.people,
                asked_at=now,
                policy=step.policy_name,
                level=step.number,
                levels=len(step.policy.steps),
                quorum=step.level.quorum,
                stands_in=dict(asked.stands_in),
                timetable=plan.timetable,
                on_expiry=step.policy.on_expiry,
                seen=seen_of(life.current),
            )
        )
        life.move(Stage.AWAITING_APPROVAL, now, step.because)
        await self._asking.ask(asked.people)
        return True

    def _spent(self, step: Step) -> frozenset[str]:
        return spent_on(step.policy_name, self._life.pair, self._grants.standing)

    def _shortage(self, step: Step, asked: Round, plan: AskingPlan) -> str:
        life = self._life
        if not self._asking.knows_absences:
            return ""
        own = life.authors if step.policy.four_eyes else frozenset[str]()
        worth = worth_of(life.current, life.pair)
        return shortage(asked, step.level, worth, life.pair, plan.away, own | self._spent(step))

    @property
    def _request(self) -> ApprovalRequest:
        if self._life.approval is None:
            raise RuntimeError("no approval was asked for")
        return self._life.approval

    def _over(self) -> bool:
        life = self._life
        decided = self._request.standing is not Standing.OPEN
        changed = life.current.revision != self._waits_with
        return decided or changed or bool(life.cancel_asked) or bool(life.stop_asked)

    async def _until_decided(self, step: Step) -> None:
        while not self._over():
            due, *rest = self._request.timetable
            await self._until(due.at, due.what, step)
            if self._over():
                return
            self._life.approval = self._request.model_copy(update={"timetable": tuple(rest) or (due,)})
            next_due = rest[0].at if rest else due.at
            # After a long standstill several are due at once: nobody is reminded a moment before the deputy.
            if due.what is Reminder.EXPIRE:
                self._life.approval = self._request.model_copy(update={"standing": Standing.EXPIRED})
            elif due.what is not Reminder.REMIND or workflow.now() < next_due:
                await self._asking.remind(due.what, step.policy, step.level, self._spent(step))

    async def _until(self, instant: datetime, what: Reminder, step: Step) -> None:
        life = self._life
        while not self._over() and (left := instant - workflow.now()) > timedelta(0):
            try:
                await workflow.wait_condition(
                    lambda: self._over() or life.store_changed or life.approvers_changed,
                    timeout=left,
                    timeout_summary=f"{what.value} the approvers",
                )
            except TimeoutError:
                return
            if life.approvers_changed and not self._over():
                life.approvers_changed = False
                await self._asking.ask_who_is_missing(step.policy, step.level, self._spent(step))
            if life.store_changed and not self._over():
                await self._holding.read_or_hold()

    async def _conclude(self, step: Step) -> bool:
        life, request = self._life, self._request
        if request.standing is Standing.REJECTED:
            raise _rejected(request)
        if request.standing is Standing.EXPIRED:
            if step.policy.on_expiry is Expiry.REJECT:
                raise LifeEnds(Stage.REJECTED, "rejected: nobody decided in time")
            await self._holding.hold("approval_expired")
            return False
        if life.cancel_asked or life.stop_asked:
            life.void_open_request()
        changed = await self._holding.obey()
        return self._grants.has(step.policy_name, step.number) and not changed


def _rejected(request: ApprovalRequest) -> LifeEnds:
    return LifeEnds(Stage.REJECTED, f"rejected by {request.decided_by}: {request.reason}")
