"""What the store is told of an order stays true when the ERP or the store goes on meanwhile."""

import asyncio
import contextlib
from collections.abc import Awaitable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from domain.returning import ENDED
from domain.stages import Stage
from starter.temporal_server import TemporalServer
from tests.house import House, eventually, house
from tests.workflows.driving import live, store_of
from tests.workflows.placing import note_of, place
from tests.workflows.test_cancelling import BY_OLGA, CANCELED, held, is_coming_back
from tests.workflows.test_following import has_papers, posted, shop_shows, until_shop_shows

PREPARING, SHIPPED, PARTLY = "3", "4", "9"


async def test_the_number_of_a_document_that_was_replaced_is_not_the_last_word(
    running: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store is slow; the document is cancelled and posted anew before it took the first number."""
    store, first_is_asked, goes_on = store_of(running), asyncio.Event(), asyncio.Event()
    show = store.show_erp_number

    async def slow(order_id: str, text: str) -> None:
        first_is_asked.set()
        await goes_on.wait()
        await show(order_id, text)

    monkeypatch.setattr(store, "show_erp_number", slow)
    order_id = place(running)
    await first_is_asked.wait()
    first = await running.until(order_id, Stage.POSTED)
    assert first.document is not None
    entry = first.document.entry
    running.company.staff.cancel_order(int(entry))
    await running.handle(order_id).signal("erp_event")
    await held(running, order_id, "cancelled_in_erp")
    await running.update(order_id, "continue_order", BY_OLGA)
    anew = await running.until(
        order_id, Stage.POSTED, where=lambda view: bool(view.document and view.document.entry != entry)
    )
    goes_on.set()

    async def is_shown() -> bool | None:
        assert anew.document is not None
        return anew.document.number in note_of(running, order_id) or None

    await eventually(is_shown)


async def test_what_the_store_cancelled_is_not_called_shipped_there(
    temporal_server: TemporalServer, tmp_path: Path
) -> None:
    def choose(raw: dict[str, Any]) -> None:
        raw["pairs"]["main"].update(status_when_partly_shipped=PARTLY, status_when_shipped=SHIPPED)

    async with house(temporal_server, tmp_path, change=choose) as running:
        await running.watch_erp()
        order_id, entry = await posted(running)
        running.company.staff.deliver(entry, {0: Decimal(2)}, tracking="1Z001")
        await running.until(order_id, Stage.PICKING, where=has_papers(1))
        await until_shop_shows(running, order_id, PARTLY, "1Z001")

        running.shop.cancel(order_id)
        await running.until(order_id, Stage.SHIPPED, where=is_coming_back)
        # Many steps later than the status would have been told.
        await running.desk.tell_return(running.store, str(order_id), "cancel", "goods_arrived", BY_OLGA)
        await running.until(order_id, Stage.SHIPPED, where=lambda view: view.returns[0].stage in ENDED)

        assert shop_shows(running, order_id) == (CANCELED, "1Z001")


async def test_a_cancellation_in_the_shop_that_nobody_told_us_yet_is_not_overwritten(
    temporal_server: TemporalServer, tmp_path: Path
) -> None:
    def choose(raw: dict[str, Any]) -> None:
        raw["pairs"]["main"].update(status_when_partly_shipped=PARTLY, status_when_shipped=SHIPPED)

    async with house(temporal_server, tmp_path, change=choose) as running:
        await running.watch_erp()
        order_id, entry = await posted(running)
        running.company.staff.deliver(entry, {0: Decimal(2)}, tracking="1Z001")
        await until_shop_shows(running, order_id, PARTLY, "1Z001")

        # What our own write set off is read by now: from here on nothing is told.
        await running.shop.webhooks.drained()
        await live(running, order_id, lambda view: view.store_mark.endswith(f"/{PARTLY}"))
        running.shop.settings.webhook_url = ""
        running.shop.cancel(order_id)
        running.company.staff.deliver(entry, tracking="1Z002")
        await running.until(order_id, Stage.SHIPPED, where=is_coming_back)

        assert shop_shows(running, order_id)[0] == CANCELED


async def test_a_status_that_is_under_way_when_the_order_is_cancelled_is_not_the_last_word(
    temporal_server: TemporalServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The shop has the request already and takes its time; nobody can call it back."""

    def choose(raw: dict[str, Any]) -> None:
        raw["pairs"]["main"].update(status_when_posted=PREPARING, status_when_cancelled=CANCELED)

    async with house(temporal_server, tmp_path, change=choose) as running:
        client = store_of(running)._client  # type: ignore[attr-defined]  # what the shop gets
        write, is_asked, goes_on = client.write, asyncio.Event(), asyncio.Event()
        under_way: list[asyncio.Task[None]] = []

        async def late(verb: str, path: str, *rest: Any) -> None:
            if path == "order_histories" and not under_way:
                under_way.append(asyncio.create_task(_after(goes_on, write(verb, path, *rest))))
                is_asked.set()
                await asyncio.shield(under_way[0])
                return
            await write(verb, path, *rest)

        monkeypatch.setattr(client, "write", late)
        order_id = place(running)
        await is_asked.wait()
        await running.update(order_id, "cancel", BY_OLGA)
        await running.until(order_id, Stage.CANCELLED)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1):
                await until_shop_shows(running, order_id, CANCELED, "")
        goes_on.set()
        await running.handle(order_id).result()
        await asyncio.gather(*under_way)

        assert shop_shows(running, order_id)[0] == CANCELED


async def _after(goes_on: asyncio.Event, write: Awaitable[None]) -> None:
    await goes_on.wait()
    await write
