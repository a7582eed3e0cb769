"""The status that a cancelled order leaves in the shop is not written over what somebody else just set."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.life import OrderView
from domain.stages import Stage
from starter.temporal_server import TemporalServer
from tests.house import House, house
from tests.workflows.driving import live
from tests.workflows.test_cancelling import BY_OLGA, CANCELED
from tests.workflows.test_following import posted, shop_shows

PREPARING, DELIVERED = 3, 5


@pytest.fixture
async def telling(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[House]:
    def choose(raw: dict[str, object]) -> None:
        raw["pairs"]["main"].update(status_when_cancelled=CANCELED)  # type: ignore[index]

    async with house(temporal_server, tmp_path, change=choose) as running:
        yield running


async def cancelled_while_the_shop_sets(running: House, state: int) -> tuple[int, OrderView]:
    """Cancel an order whose shop set a status that nobody told us of, and return how it ended."""
    order_id, _ = await posted(running)
    await running.shop.webhooks.drained()
    before = running.shop.order(order_id)["current_state"]
    await live(running, order_id, lambda view: view.store_mark.endswith(f"/{before}"))
    running.shop.settings.webhook_url = ""
    running.shop.set_state(order_id, state)

    await running.update(order_id, "cancel", BY_OLGA)
    await running.handle(order_id).result()
    return order_id, await live(running, order_id, lambda view: view.stage is Stage.CANCELLED)


async def test_what_the_shop_called_delivered_a_moment_ago_stays_and_a_person_is_told(telling: House) -> None:
    order_id, view = await cancelled_while_the_shop_sets(telling, DELIVERED)

    assert shop_shows(telling, order_id)[0] == str(DELIVERED)
    assert any("could not be told of the cancellation" in text for text in view.warnings)


async def test_any_other_status_is_read_before_the_cancellation_is_shown(telling: House) -> None:
    order_id, view = await cancelled_while_the_shop_sets(telling, PREPARING)

    assert shop_shows(telling, order_id)[0] == CANCELED
    assert view.store_mark.endswith(f"/{PREPARING}")
    assert view.warnings == ()
