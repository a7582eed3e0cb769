"""Temporal goes away in the middle of everything and comes back: nothing is lost, nothing is doubled."""

from contextlib import AsyncExitStack
from pathlib import Path

import httpx

from domain.stages import Stage
from starter.stack.house import SERVER_SEARCH_ATTRIBUTES
from starter.temporal_server import dev_server
from starter.temporal_server.ports import free_ports
from tests.house import eventually, house
from tests.workflows.placing import place


async def test_orders_taken_while_temporal_is_gone_go_on_when_it_is_back(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    state = tmp_path / "temporal.db"
    attributes = SERVER_SEARCH_ATTRIBUTES
    async with AsyncExitStack() as first, AsyncExitStack() as second:
        server = await first.enter_async_context(
            dev_server(port=port, state_file=state, search_attributes=attributes)
        )
        running = await second.enter_async_context(house(server, tmp_path))
        before = place(running)
        await running.until(before, Stage.POSTED, where=lambda view: view.told_store)

        await first.aclose()
        during = [place(running) for _ in range(5)]
        await running.shop.webhooks.drained()
        waiting = await running.waybill.inbox.waiting()
        async with httpx.AsyncClient() as http:
            health = (await http.get(f"{running.gateway_url}/health/ready")).json()

        await second.enter_async_context(
            dev_server(port=port, state_file=state, search_attributes=attributes)
        )
        for order_id in during:
            await running.until(order_id, Stage.POSTED, where=lambda view: view.told_store)

        async def nothing_waits() -> bool | None:
            return not await running.waybill.inbox.waiting() or None

        await eventually(nothing_waits)
        assert health["ready"] is True
        assert {row.order_id for row in waiting} == {str(order_id) for order_id in during}
        assert [len(running.orders_in_erp(order_id)) for order_id in (before, *during)] == [1] * 6
