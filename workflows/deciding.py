"""Following the rules before an order is posted: holds, rejections, other pairs, approvals, choices."""

from collections.abc import Awaitable, Callable

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.policy import Pair
    from domain.rules.actions import CreateCustomer, Notify
    from domain.rules.consequences import Consequences
    from domain.rules.routes import MOST_ROUTES, ROUTED_TO_AND_FRO
    from domain.rules.triggers import Trigger
    from domain.stages import Stage
    from workflows.acting import Acting
    from workflows.holding import Holding
    from workflows.life import OrderLife
    from workflows.ruling import Ruling, case_of
    from workflows.steps import Doubt, LifeEnds, Side, Stopped


class Deciding:
    """What rules say to an order that is not in the ERP yet; judged again whenever it is checked again."""

    def __init__(
        self,
        life: OrderLife,
        holding: Holding,
        ruling: Ruling,
        acting: Acting,
        create_customer: Callable[[], Awaitable[str]],
    ) -> None:
        self._life, self._holding = life, holding
        self._ruling, self._acting, self._create_customer = ruling, acting, create_customer
        self._changes = 0

    async def pass_rules(self, trigger: Trigger) -> bool:
        """Judge and obey; return True when the order may go on, False when it is to be checked again.

        Raises `LifeEnds` when a rule rejects it.
        """
        if not self._ruling.of(trigger):
            self._life.ruled.take_back(trigger)
            return True
        try:
            return await self._obey(trigger)
        except Doubt as doubt:
            stop = Stopped(doubt.problem, Side.ERP)
        except Stopped as stopped:
            stop = stopped
        await self._holding.hold_for(stop)
        return False

    async def _obey(self, trigger: Trigger) -> bool:
        life, before = self._life, self._life.pair
        about = life.current.revision
        life.ruled.take_back_tags(trigger)
        case = case_of(life, with_erp=trigger is not Trigger.CAPTURED)
        found = self._ruling.judge(trigger, about, await self._acting.with_experts(trigger, case))
        life.ruled.add_tags(trigger, found.tags)
        await self._tell(found, f"{trigger.value}:{about}")
        if await self._held("rules_conflict", found.conflicts, about):
            return False
        if await self._held("rule_hold", [stop.sentence for stop in found.stop], about):
            return False
        if found.reject:
            raise LifeEnds(Stage.REJECTED, found.reject)
        if found.route and found.route != before.name:
            await self._route(found.route)
            return False
        ruled = life.ruled
        ruled.chosen[trigger], ruled.demands[trigger] = found.chosen, tuple(found.approvals)
        for rule, place, action in found.beside:
            if isinstance(action, CreateCustomer):
                await self._create_customer()
            else:
                await self._acting.act(rule, place, action, f"{trigger.value}:{about}")
        return trigger is Trigger.CAPTURED or await self._is_settled(before)

    async def _tell(self, found: Consequences, about: str) -> None:
        """Tell at once what is told: an order that is held, rejected or sent elsewhere comes no further."""
        for rule, place, action in found.beside:
            if isinstance(action, Notify):
                await self._acting.act(rule, place, action, about)

    async def _is_settled(self, before: Pair) -> bool:
        """Return False when the rules chose other settings: another warehouse has another stock."""
        life = self._life
        if life.pair == before:
            self._changes = 0
            return True
        await self._count_change("the rules choose something else each time the order is checked so")
        return False

    async def _count_change(self, sentence: str) -> None:
        """Hold an order that its rules send around in a circle."""
        self._changes += 1
        if self._changes > MOST_ROUTES:
            self._changes = 0
            await self._holding.hold("rules_conflict", sentence=sentence)

    async def _held(self, code: str, sentences: list[str], revision: str) -> bool:
        """Hold the order for what a person did not let pass already; return whether it was held."""
        ruled = self._life.ruled
        names = {text: f"{revision}:{text}" for text in sentences}
        new = [text for text, name in names.items() if name not in ruled.released]
        if not new:
            return False
        if await self._holding.hold(code, sentence="; ".join(new)):
            ruled.released = (*ruled.released, *(names[text] for text in new))
        return True

    async def _route(self, pair: str) -> None:
        life = self._life
        life.note("waybill", "routed", f"to the pair {pair}, by a rule", workflow.now())
        life.ruled.routed_to, life.store_changed = pair, True
        life.ruled.tags = life.ruled.all_tags
        life.ruled.begin_anew()
        await self._count_change(ROUTED_TO_AND_FRO)
