"""Rules on living orders: what they hold, reject, ask for, choose and tell; an order keeps its version."""

from pathlib import Path
from typing import Any

from domain.life import Asked, OrderView
from domain.rules.triggers import Trigger
from domain.stages import Stage
from starter.temporal_server import TemporalServer
from tests.house import House, eventually, house
from tests.workflows.placing import CABINET, place
from tests.workflows.publishing import publish, rule

PARIS = {"street": "1 rue Neuve", "postcode": "75001", "city": "Paris", "country": "FR"}
BIG = {"fact": "total", "is": "more_than", "value": "100 EUR"}


async def test_an_order_that_no_rule_concerns_is_posted_as_ever(running: House) -> None:
    await publish(
        running,
        rule(
            "far",
            "validated",
            {"do": "reject", "reason": "far"},
            **{"if": {"fact": "country", "is": "equals", "value": "JP"}},
        ),
    )

    order_id = place(running)
    view = await running.until(order_id, Stage.POSTED)

    assert view.rules_version == 1
    (decision,) = await running.waybill.decisions.of(running.store, str(order_id))
    (outcome,) = decision.outcomes
    assert (outcome.rule, outcome.answer, outcome.followed) == ("far", False, False)
    assert [(seen.fact, seen.seen, seen.answer) for seen in outcome.seen] == [("country", "FR", False)]


async def test_a_rule_holds_an_order_until_it_is_released(running: House) -> None:
    await publish(
        running, rule("look", "captured", {"do": "hold", "reason": "look at big ones"}, **{"if": BIG})
    )

    order_id = place(running, {"sku": "WINE-RED-75", "quantity": 60})
    view = await running.until(order_id, Stage.HELD)
    assert view.hold is not None
    assert (view.hold.code, view.hold.sentence) == ("rule_hold", "look at big ones (rule look)")

    await running.update(order_id, "release", Asked(by="olga"))
    await running.until(order_id, Stage.POSTED)
    assert len(running.orders_in_erp(order_id)) == 1


async def test_releasing_one_hold_lets_no_other_pass(running: House) -> None:
    await publish(
        running,
        rule("first", "captured", {"do": "hold", "reason": "look at it"}),
        rule("second", "validated", {"do": "hold", "reason": "look at its credit"}),
    )
    order_id = place(running)
    first = await running.until(order_id, Stage.HELD)
    assert first.hold is not None
    assert first.hold.sentence == "look at it (rule first)"
    await running.update(order_id, "release", Asked(by="olga"))

    def is_next(view: OrderView) -> bool:
        return view.hold is not None and view.hold.number != first.hold.number  # type: ignore[union-attr]

    second = await running.until(order_id, Stage.HELD, where=is_next)
    assert second.hold is not None
    assert second.hold.sentence == "look at its credit (rule second)"
    await running.update(order_id, "release", Asked(by="olga"))
    await running.until(order_id, Stage.POSTED)


async def test_continuing_a_hold_of_a_rule_judges_by_the_rules_of_today(running: House) -> None:
    await publish(running, rule("all", "validated", {"do": "hold", "reason": "all of them"}))
    order_id = place(running)
    await running.until(order_id, Stage.HELD)
    await publish(running, rule("none", "validated", {"do": "hold", "reason": "none"}, enabled="false"))

    await running.update(order_id, "continue_order", Asked(by="olga"))
    view = await running.until(order_id, Stage.POSTED)

    assert view.rules_version == 2


async def test_an_order_in_flight_keeps_its_rules(running: House) -> None:
    await publish(running, rule("ask", "validated", {"do": "require_approval"}, **{"if": BIG}))
    order_id = place(running, {"sku": "WINE-RED-75", "quantity": 60})
    view = await running.until(
        order_id, Stage.AWAITING_APPROVAL, where=lambda view: view.approval is not None
    )
    await publish(running, rule("no", "validated", {"do": "reject", "reason": "no"}))

    await running.update(order_id, "decide", running.decision(view))
    posted = await running.until(order_id, Stage.POSTED)

    assert posted.rules_version == 1
    assert "ask" in view.because


async def test_a_rule_rejects_an_order(running: House) -> None:
    await publish(
        running,
        rule(
            "no",
            "validated",
            {"do": "reject", "reason": "we do not sell cabinets"},
            **{"if": {"any_line": {"fact": "sku", "is": "equals", "value": "CELLAR-CABINET"}}},
        ),
    )

    order_id = place(running, CABINET)
    view = await running.until(order_id, Stage.REJECTED)

    assert view.because == "we do not sell cabinets"
    assert running.orders_in_erp(order_id) == []


async def test_rules_that_contradict_each_other_hold_the_order(running: House) -> None:
    await publish(
        running,
        rule("first", "validated", {"do": "reject", "reason": "big"}, **{"if": BIG}),
        rule(
            "second",
            "validated",
            {"do": "reject", "reason": "wine"},
            **{"if": {"any_line": {"fact": "sku", "is": "starts_with", "value": "WINE"}}},
        ),
    )

    order_id = place(running, {"sku": "WINE-RED-75", "quantity": 60})
    view = await running.until(order_id, Stage.HELD)

    assert view.hold is not None
    assert view.hold.code == "rules_conflict"
    assert "first and second both match" in view.hold.sentence


async def test_a_rule_chooses_document_and_tags(running: House) -> None:
    await publish(
        running,
        rule("tag", "captured", {"do": "tag", "tags": ["quote"]}, **{"if": BIG}),
        rule(
            "draft",
            "validated",
            {"do": "choose", "document": "quotation"},
            **{"if": {"fact": "tags", "is": "has_any", "value": ["quote"]}},
        ),
    )

    order_id = place(running, {"sku": "WINE-RED-75", "quantity": 60})
    view = await running.until(order_id, Stage.POSTED)

    assert view.tags == ("quote",)
    assert view.document is not None
    assert view.document.kind.value == "quotation"


async def test_rules_that_choose_in_a_circle_hold_the_order(
    temporal_server: TemporalServer, tmp_path: Path
) -> None:
    def ignoring_stock(raw: dict[str, Any]) -> None:
        raw["pairs"]["main"]["stock"] = "ignore"

    there, here = {"fact": "in_stock", "is": "is_true"}, {"fact": "in_stock", "is": "is_false"}
    async with house(temporal_server, tmp_path, change=ignoring_stock) as running:
        await publish(
            running,
            rule("there", "validated", {"do": "choose", "warehouse": "02"}, **{"if": there}),
            rule("here", "validated", {"do": "choose", "warehouse": "01"}, **{"if": here}),
        )
        order_id = place(running)

        view = await running.until(order_id, Stage.HELD)

        assert view.hold is not None
        assert view.hold.code == "rules_conflict"
        assert "each time" in view.hold.sentence


async def test_a_new_customer_is_created_before_the_approval(running: House) -> None:
    await publish(
        running,
        rule(
            "first",
            "validated",
            {"do": "create_customer"},
            **{"if": {"fact": "customer_is_new", "is": "is_true"}},
        ),
    )

    guest = {"email": "nora.nouvelle@example.com", "first_name": "Nora", "last_name": "Nouvelle"}
    order_id = place(running, CABINET, customer="", guest=guest, address=PARIS)
    view = await running.until(
        order_id, Stage.AWAITING_APPROVAL, where=lambda view: view.approval is not None
    )

    assert view.approval is not None
    audit = await running.waybill.orders.audit(running.store, str(order_id))
    assert "created the customer" in [row.what for row in audit]


async def test_the_warehouse_is_told_once_when_an_order_is_posted(running: House) -> None:
    await publish(
        running,
        rule(
            "tell",
            "posted",
            {"do": "notify", "audience": "warehouse", "to": "wh@waybill.example", "text": "pack it well"},
        ),
    )

    order_id = place(running)
    await running.until(order_id, Stage.POSTED)

    async def told() -> bool | None:
        return any("wh@waybill.example" in mail.to[0] for mail in running.mailbox.mails) or None

    await eventually(told)
    (mail,) = [mail for mail in running.mailbox.mails if "wh@waybill.example" in mail.to[0]]
    assert "pack it well" in mail.subject + mail.text


async def test_rules_tell_that_a_connection_is_down(running: House) -> None:
    told = {"do": "notify", "audience": "sales", "to": "sales@waybill.example", "text": "no posting now"}
    await publish(running, rule("down", "connection_down", told))
    running.company.faults.arm("bad_gateway_html", times=None)
    place(running)

    async def mails() -> list[str] | None:
        found = [mail.text for mail in running.mailbox.mails if "sales@waybill.example" in mail.to[0]]
        return found or None

    (text,) = await eventually(mails)
    running.company.faults.clear()
    assert "no posting now" in text
    assert running.erp in text


async def test_those_who_run_waybill_are_told_however_broken_the_rules_are(running: House) -> None:
    running.company.faults.arm("bad_gateway_html", times=None)
    order_id = place(running)
    await running.until(order_id, Stage.CHECKING)
    await publish(running, {"id": "from-another-version", "when": "never_heard_of"})

    async def alerts() -> list[str] | None:
        return [mail.text for mail in running.mailbox.mails if "it@waybill.example" in mail.to[0]] or None

    (text, *_) = await eventually(alerts)
    running.company.faults.clear()
    assert running.erp in text


async def test_what_is_held_too_long_is_released_by_a_rule(running: House) -> None:
    await publish(
        running,
        rule("stop", "validated", {"do": "hold", "reason": "wait a moment"}),
        rule(
            "go",
            "on_hold_for",
            {"do": "release"},
            after="1s",
            **{"if": {"fact": "hold_reason", "is": "equals", "value": "rule_hold"}},
        ),
    )

    order_id = place(running)
    view = await running.until(order_id, Stage.POSTED)

    assert view.hold is None
    triggers = [
        decision.trigger for decision in await running.waybill.decisions.of(running.store, str(order_id))
    ]
    assert Trigger.ON_HOLD_FOR in triggers
