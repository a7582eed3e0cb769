"""The status that a cancelled order leaves in the shop is not written over what somebody else just set."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.life import OrderView
from domain.stages import Stage
from starter.temporal_server import TemporalServer
from tests.house import House, house
from tests.workflows.driving import hurry, live, park_at_once
from tests.workflows.placing import place
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


async def test_temporals_cancel_button_does_not_keep_an_order_that_is_over_from_ending(
    telling: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    park_at_once(monkeypatch)
    order_id = place(telling, {"sku": "WINE-RED-75", "raw": {"product_reference": "NO-SUCH"}})
    await telling.until(order_id, Stage.HELD)
    telling.shop.faults.arm("html_503", times=None)
    await telling.update(order_id, "cancel", BY_OLGA)
    await telling.until(order_id, Stage.CANCELLED, where=lambda view: telling.store in view.waits_for)

    await telling.handle(order_id).cancel()
    await live(telling, order_id, lambda view: any(deed.by == "temporal" for deed in view.deeds))
    telling.shop.faults.clear()
    await hurry(telling, telling.store)
    await telling.handle(order_id).result()

    assert shop_shows(telling, order_id)[0] == CANCELED
