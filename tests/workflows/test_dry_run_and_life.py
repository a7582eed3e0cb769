"""A dry run says what happens: drawn rules judge an order in its life as they judge its recorded case."""

import random
from pathlib import Path
from typing import Any

import pytest

from domain.rules import dry_run
from domain.rules.triggers import Trigger
from domain.stages import Stage
from starter.rule_desk import RuleDesk
from starter.temporal_server import TemporalServer
from tests.house import House, eventually, house
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


def as_told(path: dry_run.Path) -> list[tuple[Trigger, list[tuple[str, bool | None, bool]], tuple[str, ...]]]:
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


def with_depot(raw: dict[str, Any]) -> None:
    """Add a pair that takes orders by rule, out of another warehouse."""
    raw["pairs"]["depot"] = {**raw["pairs"]["main"], "by_rule": True, "warehouse": "02", "stock": "ignore"}


async def test_an_order_that_is_sent_to_another_pair_takes_the_path_that_a_dry_run_shows(
    temporal_server: TemporalServer, tmp_path: Path
) -> None:
    tag = {"do": "tag", "tags": ["sent"]}
    sent = {"fact": "tags", "is": "has_any", "value": ["sent"]}
    async with house(temporal_server, tmp_path, change=with_depot) as running:
        await publish(
            running,
            rule("away", "captured", {"do": "route", "pair": "depot"}, tag, pairs=["main"]),
            rule("here", "validated", {"do": "reject", "reason": "not here"}, pairs=["main"]),
            rule("early", "captured", {"do": "tag", "tags": ["early"]}, pairs=["depot"], **{"if": sent}),
            rule("there", "validated", {"do": "tag", "tags": ["there"]}, pairs=["depot"], **{"if": sent}),
        )
        order_id = place(running)
        view = await running.until(order_id, Stage.POSTED)

        assert view.tags == ("sent", "early", "there")
        await lives_as_told(running, RuleDesk(running.waybill), order_id)


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
