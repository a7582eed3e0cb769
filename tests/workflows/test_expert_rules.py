"""Expert rules in the life of an order: asked before rules are judged, and kept in its history."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from domain.life import Asked
from domain.stages import Stage
from starter.published_sets import published_of
from starter.publishing import Faulty
from tests.domain.graphs import graph
from tests.house import House
from tests.workflows.placing import place
from tests.workflows.publishing import publish, rule

SHARE = {
    "name": "wine_share",
    "returns": "number",
    "body": "sum(map(filter(lines, startsWith(#.sku, 'WINE-')), #.line_net.amount)) / net_total.amount",
}
MUCH_WINE = {"fact": "expert.wine_share", "is": "more_than", "value": "0.5"}
CLASS = {
    "name": "service_class",
    "kind": "table",
    "returns": "text",
    "body": graph({"c": "'FR'", "t": ">= 100", "a": "'personal'"}, {"a": "'standard'"}),
}
NUMBER_OF_POSTCODE = {"name": "zone", "returns": "number", "body": "number(postcode)"}


async def answers_of(running: House, order_id: int) -> list[dict[str, Any]]:
    """Return what expert rules answered, as the order's history has it."""
    history = await running.handle(order_id).fetch_history()
    scheduled = {
        event.event_id: event.activity_task_scheduled_event_attributes.activity_type.name
        for event in history.events
    }
    done = [
        event.activity_task_completed_event_attributes
        for event in history.events
        if event.HasField("activity_task_completed_event_attributes")
    ]
    found = [each.result.payloads[0].data for each in done if scheduled[each.scheduled_event_id] == "judge"]
    return [answer for data in found for answer in json.loads(data)["answers"]]


async def test_a_rule_asks_an_expression_and_the_answer_stays_in_the_history(running: House) -> None:
    hold = rule("much-wine", "validated", {"do": "hold", "reason": "mostly wine"}, **{"if": MUCH_WINE})
    await publish(running, hold, experts=[SHARE])

    order_id = place(running)
    view = await running.until(order_id, Stage.HELD)

    assert view.hold is not None
    assert view.hold.sentence == "mostly wine (rule much-wine)"
    (answer,) = await answers_of(running, order_id)
    assert (answer["name"], answer["because"][0]) == ("wine_share", "lines: 1 lines")
    assert 0 < Decimal(answer["value"]) <= 1
    (decision,) = await running.waybill.decisions.of(running.store, str(order_id))
    assert [(seen.fact, seen.seen) for seen in decision.outcomes[0].seen] == [
        ("expert.wine_share", answer["value"])
    ]


async def test_a_decision_table_answers_and_names_its_row(running: House) -> None:
    personal = {"fact": "expert.service_class", "is": "equals", "value": "personal"}
    await publish(
        running,
        rule(
            "personal",
            "captured",
            {"do": "set_field", "target": "reference", "value": "PERSONAL"},
            **{"if": personal},
        ),
        experts=[CLASS],
    )

    small, big = place(running), place(running, {"sku": "WINE-RED-75", "quantity": 60})
    for order_id in (small, big):
        await running.until(order_id, Stage.POSTED)

    references = [running.orders_in_erp(order_id)[0]["NumAtCard"] for order_id in (small, big)]
    assert references[0] != "PERSONAL"
    assert references[1] == "PERSONAL"
    (answer,) = await answers_of(running, big)
    assert (answer["value"], answer["because"][0]) == ("personal", "row 1")


async def test_nothing_is_asked_that_no_rule_of_the_moment_refers_to(running: House) -> None:
    later = rule("much-wine", "posted", {"do": "tag", "tags": ["wine"]}, **{"if": MUCH_WINE})
    await publish(running, later, experts=[SHARE, CLASS])

    order_id = place(running)
    await running.until(order_id, Stage.POSTED, where=lambda view: view.document is not None)

    assert "service_class" not in {answer["name"] for answer in await answers_of(running, order_id)}


async def test_one_that_fails_for_an_order_holds_it_until_a_mended_one_is_published(running: House) -> None:
    far = {"fact": "expert.zone", "is": "more_than", "value": "99999"}
    reject = rule("far", "validated", {"do": "reject", "reason": "far"}, **{"if": far})
    await publish(running, reject, experts=[NUMBER_OF_POSTCODE])
    address = {"street": "1 High Street", "postcode": "SW1A 1AA", "city": "London", "country": "FR"}

    order_id = place(running, address=address)
    view = await running.until(order_id, Stage.HELD)
    assert view.hold is not None
    assert (view.hold.code, view.hold.quote) == (
        "expert_failed",
        "Opcode CallFunction: Function `number` failed: Invalid number",
    )
    assert view.hold.sentence == "the expert rule zone: it cannot be evaluated"
    assert "SW1A" not in view.hold.model_dump_json()

    body = "isNumeric(postcode) ? number(postcode) : 0"
    await publish(running, reject, experts=[{**NUMBER_OF_POSTCODE, "body": body}])
    await running.update(order_id, "continue_order", Asked(by="olga"))
    await running.until(order_id, Stage.POSTED)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("number(postcode) +", "Unexpected end"),
        ("country * 2", "Unsupported type"),
        ("len(map([1..100000000], #))", "counted out for minutes"),
        ("carrier", "it gives text, and number was announced"),
    ],
)
async def test_a_definition_that_cannot_work_is_refused_at_publish(
    running: House, body: str, said: str
) -> None:
    now = datetime.now(UTC)
    hold = rule("far", "validated", {"do": "hold", "reason": "far"})
    publishing = published_of(running.waybill)["rules"]
    await publishing.save({"rules": [hold], "experts": [{**NUMBER_OF_POSTCODE, "body": body}]}, "iris", now)

    with pytest.raises(Faulty) as refused:
        await publishing.publish("iris", "for a test", now)

    assert [fault.place for fault in refused.value.faults] == ["experts[zone].body"]
    assert said in refused.value.faults[0].sentence
