"""The watch over a connection in trouble: whatever else is wrong, every order that waits is told."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from activities.alerts import Alerts
from activities.connections import Connections
from activities.published_rules import PublishedRules
from adapters.ports import Finding
from domain.errors import BadConfiguration, ConnectionDown, FixSetup, WaybillError
from domain.life import Asked, OrderView
from domain.stages import Stage
from starter.temporal_server import TemporalServer
from tests.house import PATIENCE_SECONDS, House, eventually, house
from tests.workflows.driving import erp_of, hurry, park_at_once
from tests.workflows.placing import place


async def parked(running: House, order_id: int, connection: str) -> OrderView:
    """Wait until an order is shown as waiting for a connection."""

    async def look() -> OrderView | None:
        view = await running.view(order_id)
        return view if view and connection in view.waits_for else None

    return await eventually(look)


async def hurried(running: House, order_id: int, *stages: Stage) -> OrderView:
    """Wait for a stage, with the ERP tried again and again meanwhile."""

    async def look() -> OrderView | None:
        await hurry(running, running.erp)
        view = await running.view(order_id)
        return view if view and view.stage in stages else None

    return await eventually(look)


def down(running: House) -> None:
    """Take the ERP away until the faults are cleared."""
    running.company.faults.arm("bad_gateway_html", times=None)


def connections_of(running: House) -> Connections:
    """Return the activities of a house's connections."""
    waybill = running.waybill
    alerts = Alerts(waybill.notices, waybill.mail, "")
    rules = PublishedRules(waybill.published)
    return Connections(waybill.systems, waybill.incidents, waybill.orders, alerts, rules)


@pytest.mark.parametrize("fault", ["greylist", "refuse_recipient", "drop_before_reply"])
async def test_orders_go_on_although_the_alert_cannot_be_mailed(
    running: House, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    park_at_once(monkeypatch)
    running.mailbox.faults.arm(fault, times=None)
    down(running)
    order_id = place(running)
    await parked(running, order_id, running.erp)

    running.company.faults.clear()
    await hurried(running, order_id, Stage.POSTED)

    assert await running.waybill.incidents.open_ones() == ()


async def test_a_setting_that_no_order_needs_keeps_no_order_waiting(
    temporal_server: TemporalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unset(raw: dict[str, Any]) -> None:
        for connection in raw["connections"].values():
            connection.pop("rounding_item", None)

    park_at_once(monkeypatch)
    async with house(temporal_server, tmp_path, change=unset) as running:
        findings = await erp_of(running).test()
        down(running)
        order_id = place(running)
        await parked(running, order_id, running.erp)
        running.company.faults.clear()

        await hurried(running, order_id, Stage.POSTED)

        assert not all(finding.ok for finding in findings)


@pytest.mark.parametrize(
    "wrong", [ConnectionDown("gone"), FixSetup("no right"), BadConfiguration("no company")]
)
async def test_a_connection_works_exactly_when_it_answers(
    running: House, monkeypatch: pytest.MonkeyPatch, wrong: WaybillError
) -> None:
    async def unwell() -> tuple[Finding, ...]:
        return (Finding(what="a code is missing", ok=False),)

    async def refuses() -> None:
        raise wrong

    probe = connections_of(running).probe
    monkeypatch.setattr(erp_of(running), "test", unwell)
    answering = await probe(running.erp)
    monkeypatch.setattr(erp_of(running), "answers", refuses)
    silent = await probe(running.erp)

    assert (answering.works, answering.problem) == (True, None)
    assert (silent.works, silent.problem) == (False, wrong.problem)


async def test_a_connection_that_is_no_longer_configured_is_not_watched_for_ever(running: House) -> None:
    assert (await connections_of(running).probe("gone-since-yesterday")).works


@pytest.mark.parametrize(
    ("trouble", "code"),
    [(ConnectionDown, "keeps_failing"), (FixSetup, "wrong_setup")],
    ids=["down", "set-up"],
)
async def test_an_order_that_fails_while_its_connection_works_asks_a_person(
    running: House, monkeypatch: pytest.MonkeyPatch, trouble: type[WaybillError], code: str
) -> None:
    tries = 0
    items = erp_of(running).items

    async def fails(skus: tuple[str, ...], warehouse: str) -> Any:
        nonlocal tries
        tries += 1
        raise trouble("it fails on this article", quote="oops", connection=running.erp)

    monkeypatch.setattr(erp_of(running), "items", fails)
    order_id = place(running)
    held = await hurried(running, order_id, Stage.HELD)
    monkeypatch.setattr(erp_of(running), "items", items)
    await running.update(order_id, "continue_order", Asked(by="olga"))
    await running.until(order_id, Stage.POSTED)

    assert held.hold is not None
    assert (held.hold.code, held.hold.quote) == (code, "oops")
    assert held.trouble is None
    assert tries == 4


async def test_an_order_that_waits_for_two_connections_goes_on_when_the_one_it_needs_is_back(
    running: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    park_at_once(monkeypatch)
    running.shop.faults.arm("html_503", times=None, method="PATCH")
    order_id = place(running)
    await parked(running, order_id, running.store)
    running.shop.faults.arm("html_503", times=None)
    down(running)
    await running.update(order_id, "cancel", Asked(by="olga", reason="the buyer called"))
    both = await parked(running, order_id, running.erp)

    running.company.faults.clear()
    await hurried(running, order_id, Stage.CANCELLED)

    assert set(both.waits_for) == {running.store, running.erp}
    assert len(running.company.ledger.of("cancel")) == 1


async def test_an_order_that_comes_while_the_others_are_told_is_told_too(
    running: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    park_at_once(monkeypatch)
    orders, looks = running.waybill.orders, 0
    telling, go_on = asyncio.Event(), asyncio.Event()
    waiting_for = orders.waiting_for

    async def slowly(connection: str, limit: int = 1000) -> tuple[tuple[str, str], ...]:
        nonlocal looks
        looks += 1
        found = await waiting_for(connection, limit)
        if looks == 2:  # the last look, which finds nobody new
            telling.set()
            await go_on.wait()
        return found

    down(running)
    first = place(running)
    await parked(running, first, running.erp)
    monkeypatch.setattr(orders, "waiting_for", slowly)
    running.company.faults.clear()
    await hurry(running, running.erp)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await telling.wait()
    down(running)
    late = place(running)
    await parked(running, late, running.erp)
    running.company.faults.clear()
    go_on.set()

    await hurried(running, first, Stage.POSTED)
    await hurried(running, late, Stage.POSTED)


async def test_continue_has_a_parked_order_try_its_step_now(
    running: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_right(skus: tuple[str, ...], warehouse: str) -> Any:
        raise FixSetup("the user may not read articles", connection=running.erp)

    with monkeypatch.context() as unlicensed:
        unlicensed.setattr(erp_of(running), "items", no_right)
        order_id = place(running)
        await parked(running, order_id, running.erp)

    await running.update(order_id, "continue_order", Asked(by="olga"))
    await running.until(order_id, Stage.POSTED)
