"""A dry run says what happens: drawn rules judge an order in its life as they judge its recorded case."""

import random
from typing import Any

import pytest

from domain.rules.dry_run import Path
from domain.rules.triggers import Trigger
from domain.stages import Stage
from starter.rule_desk import RuleDesk
from tests.house import House, eventually
from tests.workflows.placing import BODEGA, WEINHAUS, place
from tests.workflows.publishing import publish, rule

CONDITIONS: tuple[dict[str, Any], ...] = (
    {"fact": "total", "is": "more_than", "value": "100 EUR"},
    {"fact": "total", "is": "at_most", "value": "100 USD"},
    {"fact": "country", "is": "one_of", "value": ["FR", "CH"]},
    {"fact": "guest", "is": "is_false"},
    {"fact": "age", "is": "less_than", "value": "1h"},
    {"fact": "customer_is_new", "is": "is_false"},
    {"fact": "credit_left", "is": "more_than", "value": "1 EUR"},
    {"fact": "in_stock", "is": "is_true"},
    {"fact": "findings", "is": "has_any", "value": ["below_minimum"]},
    {"any_line": {"fact": "below_minimum", "is": "is_true"}},
    {"all_lines": {"fact": "quantity", "is": "at_least", "value": "6"}},
    {"fact": "tags", "is": "has_any", "value": ["a", "b"]},
    {"fact": "deliver_by", "is": "is_known"},
)
OF_STORE = frozenset({"total", "country", "guest", "age", "tags", "deliver_by"})
CARTS: tuple[tuple[str, int], ...] = ((BODEGA, 1), (WEINHAUS, 12), (BODEGA, 40))


def drawn(source: random.Random, number: int) -> dict[str, Any]:
    """Return one rule of a kind that a dry run can try."""
    when = source.choice(("captured", "validated", "posted"))
    fitting = [each for each in CONDITIONS if when != "captured" or each.get("fact") in OF_STORE]
    parts = source.sample(fitting, 2)
    kind = source.choice(("all", "any", "none"))
    acts: list[dict[str, Any]] = [{"do": "tag", "tags": [source.choice("abc")]}]
    if when != "posted" and source.random() < 0.1:
        acts.append({"do": "hold", "reason": f"look {number}"})
    unknown = source.choice(("match", "skip"))
    priority = str(source.randint(1, 3))
    return rule(
        f"r{number}", when, *acts, **{"if": {kind: parts}, "when_unknown": unknown, "priority": priority}
    )


def as_told(path: Path) -> list[tuple[Trigger, list[tuple[str, bool | None, bool]], tuple[str, ...]]]:
    """Return what a dry run says, where there was a rule to judge."""
    return [
        (step.trigger, [(each.rule, each.answer, each.followed) for each in step.outcomes], step.did)
        for step in path.steps
        if step.outcomes
    ]


@pytest.mark.parametrize("seed", range(4))
async def test_the_same_case_takes_the_same_path(running: House, seed: int) -> None:
    source = random.Random(seed)  # noqa: S311 - a test that can be run again
    rules = [drawn(source, number) for number in range(12)]
    await publish(running, *rules)
    desk = RuleDesk(running.waybill)

    for customer, quantity in CARTS:
        order_id = place(running, {"sku": "WINE-RED-75", "quantity": quantity}, customer=customer)
        await running.until(order_id, Stage.POSTED, Stage.HELD)
        await lives_as_told(running, desk, order_id)


async def lives_as_told(running: House, desk: RuleDesk, order_id: int) -> None:
    """Wait until the order's decisions are those that a dry run of its recorded case shows."""
    _, rules = await desk.in_force()
    shown: list[Any] = []

    async def look() -> bool | None:
        told = as_told(await desk.test(rules, await desk.case(f"{running.store}:{order_id}")))
        found = await running.waybill.decisions.of(running.store, str(order_id))
        lived = [
            (each.trigger, [(one.rule, one.answer, one.followed) for one in each.outcomes], each.did)
            for each in found
        ]
        shown[:] = [told, lived]
        return True if told == lived else None

    try:
        await eventually(look, 10)
    except TimeoutError:
        pytest.fail(f"a dry run says {shown[0]}, but it was {shown[1]}")
