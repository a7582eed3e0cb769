"""What comes for a pair that the configuration lost is shown with the fix, and goes on once it is back."""

import contextlib
from pathlib import Path
from typing import Any

import httpx
import pytest
from temporalio.service import RPCError

from domain.policy import Pair
from domain.returning import ENDED, ReturnStage
from domain.stages import Stage
from sandbox import prestashop
from starter.attention import attention
from starter.temporal_server import TemporalServer
from tests.house import House, eventually, house
from tests.starter.test_gateway import signed
from tests.workflows.driving import hurry, park_at_once
from tests.workflows.test_connection_watch import connections_of, parked
from tests.workflows.test_late_events import over
from tests.workflows.test_returns import RED


async def until_tried(running: House) -> None:
    """Have the store tried until its watch did."""
    handle = running.client.get_workflow_handle(f"connection:{running.store}")

    async def tried() -> bool | None:
        await hurry(running, running.store)
        with contextlib.suppress(RPCError):
            history = await handle.fetch_history()
            return "probe" in str(history.events) or None
        return None

    await eventually(tried)


async def test_a_late_refund_waits_for_its_pair_to_be_back(
    temporal_server: TemporalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def choose(raw: dict[str, Any]) -> None:
        raw["pairs"]["main"].update(return_window="1s", documents=["invoice"])
        raw["notices"] = [{"event": ["shipped", "invoiced"], "audience": "customer"}]

    park_at_once(monkeypatch)
    async with house(temporal_server, tmp_path, change=choose, printing=True) as running:
        await running.watch_erp()
        order = await over(running)
        pairs: dict[str, Pair] = running.waybill.systems.pairs  # type: ignore[assignment]
        pair = pairs.pop(running.store)

        slip = running.shop.refund(order.order_id, {"lines": [{"sku": RED, "quantity": 1}]})
        waiting = await parked(running, order.order_id, running.store)
        await until_tried(running)
        probe = await connections_of(running).probe(running.store)
        (incident,) = (await attention(running.waybill)).incidents
        path = f"/orders/{running.store}/{order.order_id}"
        headers = signed(f"GET {path}".encode(), secret=prestashop.DEFAULT_SIGNING_KEY)
        async with httpx.AsyncClient(base_url=running.gateway_url) as http:
            asked = await http.get(path, headers=headers)
        pairs[running.store] = pair
        await hurry(running, running.store)
        done = await order.returned(f"slip-{slip}", *ENDED)
        await running.until(order.order_id, Stage.COMPLETED)

    said = f"no pair in waybill.toml names the store {running.store}; put it back"
    assert waiting.trouble is not None
    assert waiting.trouble.sentence.startswith(said)
    assert not probe.works
    assert (incident.connection, incident.orders) == (running.store, 1)
    assert incident.sentence.startswith(said)
    assert asked.status_code == 200
    assert done.stage is ReturnStage.COMPLETED


async def test_what_nobody_waits_for_is_no_trouble(running: House) -> None:
    probe = await connections_of(running).probe("gone")

    assert probe.works
