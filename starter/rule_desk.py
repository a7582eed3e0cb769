"""What people ask of rules before they publish them: what would they have done to orders that were?"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from activities.published_rules import RULES
from domain.errors import FixData, NotFound
from domain.order import Order
from domain.rules.case import Case
from domain.rules.decisions import RuleDecision
from domain.rules.dry_run import Answers, DryRun, Path, Trial, dry_run
from domain.rules.experts import ExpertDefinition, facts_for
from domain.rules.model import Rule, RuleSet
from starter.composition import Waybill
from starter.files import read_file
from starter.published_sets import published_of
from starter.publishing import Faulty

_AT_A_TIME = 50


class RuleDesk:
    """Rules as drafts and as published."""

    def __init__(self, waybill: Waybill) -> None:
        self._waybill = waybill

    async def checked(self, body: Mapping[str, Any]) -> RuleSet:
        """Return a draft as rules. Raises `Faulty` with every place that is wrong."""
        found = await published_of(self._waybill)[RULES].lint(body)
        if found.faults:
            raise Faulty(RULES, found.faults)
        return RuleSet.model_validate(body)

    async def in_force(self) -> tuple[int, RuleSet]:
        """Return the version in force and its rules; 0 and none before the first."""
        current = await self._waybill.published.current(RULES)
        return (current.number, RuleSet.model_validate(current.body)) if current else (0, RuleSet())

    async def decisions_on(
        self, connection: str, order_id: str
    ) -> list[tuple[RuleDecision, tuple[ExpertDefinition, ...]]]:
        """Return what rules decided on an order, each with the expert rules of its version."""
        found = await self._waybill.decisions.of(connection, order_id)
        experts: dict[int, tuple[ExpertDefinition, ...]] = {}
        for version in {decision.version for decision in found}:
            body = (await self._waybill.published.version(RULES, version)).body
            experts[version] = RuleSet.model_validate(body).experts
        return [(decision, experts[decision.version]) for decision in found]

    async def dry_run(self, draft: RuleSet, last: int) -> DryRun:
        """Try a draft on the orders that were checked last."""
        _, current = await self.in_force()
        cases = await self._waybill.cases.latest(last)
        now, then = await self._answers(current, cases), await self._answers(draft, cases)
        return dry_run(current, draft, zip(cases, now, then, strict=True))

    async def test(self, rules: RuleSet, case: Case) -> Path:
        """Return the path that one order would take."""
        (answers,) = await self._answers(rules, (case,))
        return Trial(rules).path(case, answers)

    async def case(self, wanted: str) -> Case:
        """Return the case of an order that was checked: `shop:1042`, or its number. Raises `NotFound`."""
        found = await self._waybill.cases.find(wanted)
        if found is None:
            raise NotFound(
                f"no order {wanted} was checked yet", remedy="Name an order as shop:1042, or a file of one."
            )
        return found

    def case_in(self, path: FilePath) -> Case:
        """Return the case in a file: as `rules test --json` prints it, or an order. Raises `FixData`."""
        content = read_file(path).content
        try:
            if isinstance(content, dict) and "order" in content:
                return Case.model_validate(content)
            order = Order.model_validate(content)
        except ValidationError as error:
            fault = error.errors()[0]
            place = ".".join(str(part) for part in fault["loc"])
            raise FixData(f"{path.name}, {place}: {fault['msg']}", field=place) from None
        pairs = tuple(self._waybill.configuration.pairs.values())
        pair = next((each for each in pairs if each.store == order.connection), pairs[0])
        return Case(order=order, pair=pair.name, base_currency=pair.base_currency, now=datetime.now(UTC))

    async def _answers(self, rules: RuleSet, cases: tuple[Case, ...]) -> list[Answers]:
        if not rules.experts:
            return [{} for _ in cases]
        turns = asyncio.Semaphore(_AT_A_TIME)

        async def ask(case: Case) -> Answers:
            zoned = case.model_copy(update={"time_zone": rules.time_zone})
            async with turns:
                answers = [
                    await self._waybill.experts.evaluate(expert, facts_for(expert, zoned))
                    for expert in rules.experts
                ]
            return {answer.name: answer.value for answer in answers if answer.value is not None}

        return list(await asyncio.gather(*(ask(case) for case in cases)))


def differences(before: RuleSet, after: RuleSet) -> tuple[tuple[str, Rule | None, Rule | None], ...]:
    """Return the rules that differ, by id: as they are, and as they would be; None where there is none."""
    old, new = ({rule.id: rule for rule in each.rules} for each in (before, after))
    names = dict.fromkeys((*old, *new))
    pairs = ((name, old.get(name), new.get(name)) for name in names)
    return tuple((name, was, will) for name, was, will in pairs if was != will)
