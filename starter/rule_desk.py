"""What people ask of rules before they publish them: what would they have done to orders that were?"""

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path as FilePath
from typing import Any

from pydantic import ValidationError

from activities.experts import ExpertQuestion, Experts
from activities.published_rules import RULES, rules_of
from domain.errors import BadConfiguration, FixData, NotFound
from domain.order import Order
from domain.rules.case import Case
from domain.rules.decisions import RuleDecision
from domain.rules.dry_run import KNOWN, DryRun, Path, Trial, compared
from domain.rules.experts import ExpertDefinition
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
        """Return the version in force and its rules; 0 and none before the first.

        Raises `BadConfiguration` when this release cannot read them.
        """
        current = await self._waybill.published.current(RULES)
        return (current.number, rules_of(current)) if current else (0, RuleSet())

    async def decisions_on(
        self, connection: str, order_id: str
    ) -> list[tuple[RuleDecision, tuple[ExpertDefinition, ...]]]:
        """Return what rules decided on an order, each with the expert rules of its version."""
        found = await self._waybill.decisions.of(connection, order_id)
        experts: dict[int, tuple[ExpertDefinition, ...]] = {}
        for version in {decision.version for decision in found}:
            # What was decided stays readable, by whatever version: only the experts' own words are lost.
            with contextlib.suppress(BadConfiguration):
                experts[version] = rules_of(await self._waybill.published.version(RULES, version)).experts
        return [(decision, experts.get(decision.version, ())) for decision in found]

    async def dry_run(self, draft: RuleSet, last: int) -> DryRun:
        """Try a draft on the orders that were checked last."""
        _, current = await self.in_force()
        now, then = self._trial(current), self._trial(draft)
        turns = asyncio.Semaphore(_AT_A_TIME)

        async def tried(case: Case) -> tuple[Case, Path, Path]:
            async with turns:
                # What rules say after the checks of an order that came to none would be a guess.
                last = KNOWN[-1] if case.facts else KNOWN[0]
                return case, await now.path(case, last), await then.path(case, last)

        return compared(draft, await asyncio.gather(*map(tried, await self._waybill.cases.latest(last))))

    async def test(self, rules: RuleSet, case: Case) -> Path:
        """Return the path that one order would take."""
        return await self._trial(rules).path(case)

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
        own = self._waybill.systems.pairs
        pair = own.get(order.connection) or next(iter(own.values()))
        return Case(order=order, pair=pair.name, base_currency=pair.base_currency, now=datetime.now(UTC))

    def _trial(self, rules: RuleSet) -> Trial:
        pairs = self._waybill.configuration.pairs
        return Trial(rules, self._ask, {name: pair.base_currency for name, pair in pairs.items()})

    async def _ask(self, experts: tuple[ExpertDefinition, ...], case: Case) -> Mapping[str, str]:
        question = ExpertQuestion(definitions=experts, case=case)
        return (await Experts(self._waybill.experts).judge(question)).values


def differences(before: RuleSet, after: RuleSet) -> tuple[tuple[str, Rule | None, Rule | None], ...]:
    """Return the rules that differ, by id: as they are, and as they would be; None where there is none."""
    old, new = ({rule.id: rule for rule in each.rules} for each in (before, after))
    names = dict.fromkeys((*old, *new))
    pairs = ((name, old.get(name), new.get(name)) for name in names)
    return tuple((name, was, will) for name, was, will in pairs if was != will)
