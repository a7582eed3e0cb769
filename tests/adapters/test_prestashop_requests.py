"""What is asked of the shop for an order: how often, how fast, how many at once."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import pytest
from starlette.middleware.base import RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response

from sandbox.prestashop import Settings
from tests.adapters.test_prestashop_store import PrestaShopStand, opened

PER_ORDER = ["orders", "customers", "addresses", "order_details", "order_payments", "messages"]


@pytest.fixture
async def stand() -> AsyncIterator[PrestaShopStand]:
    async with opened() as ready:
        yield ready


async def test_six_requests_read_an_order(stand: PrestaShopStand) -> None:
    order_id = stand.place()
    await stand.store.read_order(order_id)
    seen = stand.requests()

    await stand.store.read_order(order_id)

    assert sorted(stand.seen(seen)) == sorted(PER_ORDER)


async def test_one_more_for_vouchers(stand: PrestaShopStand) -> None:
    order_id = stand.place(vouchers=[{"percent": 10}])
    await stand.store.read_order(order_id)
    seen = stand.requests()

    await stand.store.read_order(order_id)

    assert sorted(stand.seen(seen)) == sorted([*PER_ORDER, "order_cart_rules"])


async def test_one_less_for_a_paid_order_when_transactions_are_not_wanted(stand: PrestaShopStand) -> None:
    store = stand.port(read_transactions=False)
    paid, unpaid = stand.place(transaction_id="T-1"), stand.place(paid=False)

    orders = [await store.read_order(order_id) for order_id in (paid, unpaid)]

    assert [order.payment.paid for order in orders] == [True, False]
    assert stand.seen().count("order_payments") == 1


async def test_tables_are_read_once_however_many_orders_come_at_once(stand: PrestaShopStand) -> None:
    orders = [stand.place() for _ in range(6)]

    await asyncio.gather(*(stand.store.read_order(order_id) for order_id in orders))

    asked = stand.seen()
    tables = set(asked) - set(PER_ORDER)
    assert tables >= {"countries", "currencies", "languages", "carriers", "order_states", "taxes", "groups"}
    assert all(asked.count(table) == 1 for table in tables)


async def test_tables_are_read_again_when_old(stand: PrestaShopStand) -> None:
    store, order_id = stand.port(table_lifetime="0s"), stand.place()
    await store.read_order(order_id)

    await store.read_order(order_id)

    assert stand.seen().count("currencies") == 2


async def test_carrier_edited_since_is_found_by_reading_the_table_again(stand: PrestaShopStand) -> None:
    before = await stand.store.read_order(stand.place())
    stand.shop.edit_carrier("Parcel")

    after = await stand.store.read_order(stand.place())

    assert after.shipping.code == before.shipping.code == "2"
    assert stand.seen().count("carriers") == 2


async def test_number_that_no_table_has_is_looked_for_once(stand: PrestaShopStand) -> None:
    orders = [stand.place(raw={"id_carrier": 999}) for _ in range(3)]

    for order_id in orders:
        assert (await stand.store.read_order(order_id)).shipping.code == ""

    assert stand.seen().count("carriers") == 1


@pytest.mark.parametrize("most", [1, 2])
async def test_requests_at_once_stay_few(most: int) -> None:
    under_way = seen = 0

    async def count(request: Request, shop: RequestResponseEndpoint) -> Response:
        nonlocal under_way, seen
        under_way += 1
        seen = max(seen, under_way)
        try:
            return await shop(request)
        finally:
            under_way -= 1

    async with opened(Settings(latency_seconds=0.002), count) as stand:
        store, order_id = stand.port(most_in_flight=most), stand.place()
        await asyncio.gather(*(store.read_order(order_id) for _ in range(3)))

    assert seen == most


async def test_pace_lets_a_second_go_at_once_and_then_slows_down(stand: PrestaShopStand) -> None:
    store, order_id = stand.port(requests_per_second=20, most_in_flight=10), stand.place()
    clock = asyncio.get_running_loop().time
    began = clock()

    for _ in range(4):
        await store.read_order(order_id)

    assert clock() - began >= (stand.requests() - 20) / 20 > 0.4


async def test_filter_that_the_host_drops_mixes_no_orders() -> None:
    async def unfiltered(request: Request, shop: RequestResponseEndpoint) -> Response:
        kept = [(name, value) for name, value in request.query_params.multi_items() if "filter" not in name]
        request.scope["query_string"] = urlencode(kept).encode()
        return await shop(request)

    async with opened(front=unfiltered) as stand:
        stand.place(
            lines=[{"sku": "CORKSCREW-STEEL"}], comment="Not this", customer="buyer@harbour-inn.example"
        )
        order = await stand.store.read_order(stand.place())

    assert [line.sku for line in order.lines] == ["GLASS-SET-4"]
    assert (order.customer.email, order.comment) == ("anna.moreau@example.com", "")
