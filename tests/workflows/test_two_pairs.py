"""Two stores with the same order numbers, two companies, two currencies: one Waybill, and nothing crosses."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from domain.life import Asked, OrderView
from domain.stages import Stage
from sandbox import prestashop, sap_business_one
from sandbox.prestashop import PrestaShop
from sandbox.sap_business_one import Company
from sandbox.serving import serving
from starter.temporal_server import TemporalServer
from tests.house import House, eventually, house, set_up
from tests.workflows.placing import cart, place


class Street:
    """Two shops and two companies around one Waybill."""

    def __init__(self, running: House, shop: PrestaShop, company: Company, names: tuple[str, str]) -> None:
        self.running, self.shop, self.company = running, shop, company
        self.store, self.erp = names

    async def until(self, connection: str, order_id: int, stage: Stage) -> OrderView:
        """Wait until an order of one of the shops is in a stage."""

        async def look() -> OrderView | None:
            view = await self.running.waybill.orders.one(connection, str(order_id))
            return view if view and view.stage is stage else None

        try:
            return await eventually(look)
        except TimeoutError:
            found = await self.running.waybill.orders.one(connection, str(order_id))
            raise AssertionError(f"order {order_id} of {connection} is {found}") from None


@pytest.fixture
async def street(temporal_server: TemporalServer, tmp_path: Path) -> AsyncIterator[Street]:
    shop, company = PrestaShop(prestashop.Settings()), Company(sap_business_one.Settings())
    name = uuid4().hex[:8]
    store, erp = f"second-{name}", f"second-erp-{name}"

    def two(raw: dict[str, Any]) -> None:
        main = raw["pairs"]["main"]
        raw["connections"][store] = raw["connections"][main["store"]] | {"base_url": shop_url}
        raw["connections"][erp] = raw["connections"][main["erp"]] | {"base_url": erp_url}
        raw["pairs"]["second"] = main | {"store": store, "erp": erp, "note": "Second {number}"}

    async with (
        serving(prestashop.create_app(shop)) as shop_url,
        serving(sap_business_one.create_app(company)) as erp_url,
        house(temporal_server, tmp_path, change=two) as running,
    ):
        await set_up(running.waybill, erp)
        shop.settings.webhook_url = f"{running.gateway_url}/webhooks/{store}"
        yield Street(running, shop, company, (store, erp))


async def test_orders_of_one_number_stay_with_their_own_store_and_company(street: Street) -> None:
    running = street.running
    here = place(running, {"sku": "WINE-RED-75", "quantity": 6})
    (placed,) = street.shop.place_order(cart({"sku": "OLIVE-OIL-50", "quantity": 3}, currency="USD"))
    assert placed.id_order == here

    ours = await street.until(running.store, here, Stage.POSTED)
    theirs = await street.until(street.store, here, Stage.POSTED)

    assert (ours.erp, theirs.erp) == (running.erp, street.erp)
    assert ours.total is not None
    assert theirs.total is not None
    assert (ours.total.currency, theirs.total.currency) == ("EUR", "USD")
    (here_posted,) = running.company.ledger.of("order")
    (there_posted,) = street.company.ledger.of("order")
    assert str(here_posted["U_WebOrderId"]).startswith(f"{running.store}:{here}:")
    assert str(there_posted["U_WebOrderId"]).startswith(f"{street.store}:{here}:")
    assert theirs.document is not None
    assert str(theirs.document.total).endswith("USD")

    async def both_noted() -> bool | None:
        notes = str(running.shop.order(here)["note"]), str(street.shop.order(here)["note"])
        return (notes[0].startswith("SAP") and notes[1].startswith("Second")) or None

    await eventually(both_noted)


async def test_what_is_done_to_one_is_not_done_to_the_other(street: Street) -> None:
    running = street.running
    here = place(running)
    (placed,) = street.shop.place_order(cart())
    await street.until(running.store, here, Stage.POSTED)
    await street.until(street.store, placed.id_order, Stage.POSTED)

    await running.desk.cancel(street.store, str(placed.id_order), Asked(by="olga", reason="wrong shop"))
    cancelled = await street.until(street.store, placed.id_order, Stage.CANCELLED)

    kept = await running.waybill.orders.one(running.store, str(here))
    assert kept is not None
    assert (cancelled.erp, kept.stage) == (street.erp, Stage.POSTED)
    assert running.company.ledger.of("cancel") == []
