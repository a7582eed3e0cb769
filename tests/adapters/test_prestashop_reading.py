"""Orders read from a served shop: what is asked of it, and the odd orders of real shops."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from starlette.middleware.base import RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from domain.errors import BadConfiguration, NotPermitted, UnexpectedAnswer
from domain.order import StoreState
from domain.totals import adds_up_to
from sandbox.prestashop import DEFAULT_KEY, ApiKey, Settings
from sandbox.prestashop.settings import ADAPTER_RIGHTS
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


async def test_guest_is_a_guest(stand: PrestaShopStand) -> None:
    guest = {"email": "guest@example.com", "first_name": "Ann", "last_name": "Guest"}
    address = {
        "street": "1 Ocean Drive",
        "postcode": "33133",
        "city": "Miami",
        "country": "US",
        "state": "FL",
    }

    order = await stand.store.read_order(stand.place(customer="", guest=guest, address=address))

    assert order.customer.is_guest
    assert (order.customer.email, order.customer.last_name) == ("guest@example.com", "Guest")
    assert (order.delivery.country, order.delivery.state) == ("US", "FL")
    assert {line.tax_rate for line in order.lines} == {Decimal(0)}


async def test_two_addresses_come_in_one_call(stand: PrestaShopStand) -> None:
    place = {"street": "Hafenstrasse 3", "postcode": "20457", "city": "Hamburg", "country": "DE"}
    order_id = stand.place(address=place, invoice_address={**place, "city": "Berlin", "vat_id": "DE 1 "})

    order = await stand.store.read_order(order_id)

    assert (order.delivery.city, order.billing.city) == ("Hamburg", "Berlin")
    assert order.customer.vat_id == "DE 1 "
    assert stand.seen().count("addresses") == 1


async def test_deleted_address_still_belongs_to_its_order(stand: PrestaShopStand) -> None:
    place = {"street": "Rue de la Loi 16", "postcode": "1000", "city": "Bruxelles", "country": "BE"}

    order = await stand.store.read_order(stand.place(address=place, delete_addresses=True))

    assert order.delivery.city == "Bruxelles"


async def test_foreign_currency_brings_its_rate(stand: PrestaShopStand) -> None:
    order = await stand.store.read_order(stand.place(currency="USD"))

    assert (order.currency, order.rate) == ("USD", Decimal("1.1"))
    assert adds_up_to(order) == order.gross


@pytest.mark.parametrize("round_type", [1, 2, 3])
async def test_order_adds_up_however_the_shop_rounds(round_type: int) -> None:
    lines = [{"sku": "PUMP-SEAL-17", "quantity": 37}, {"sku": "CORKSCREW-STEEL", "quantity": 7}]

    async with opened(Settings(round_type=round_type)) as stand:
        order = await stand.store.read_order(stand.place(lines=lines, vouchers=[{"percent": 3}]))

    assert abs(adds_up_to(order) - order.gross) <= Decimal("0.05")


async def test_native_numbers_are_the_same_order() -> None:
    async with opened() as stand:
        texts = await stand.store.read_order(stand.place())
    async with opened(Settings(native_numbers=True)) as stand:
        numbers = await stand.store.read_order(stand.place())

    assert numbers.revision == texts.model_copy(update={"placed_at": numbers.placed_at}).revision


async def test_gift_products_and_free_shipping_add_up(stand: PrestaShopStand) -> None:
    vouchers = [{"name": "GIFT", "gift_sku": "CORKSCREW-STEEL"}, {"name": "FREE", "free_shipping": True}]

    order = await stand.store.read_order(stand.place(vouchers=vouchers))

    assert adds_up_to(order) == order.gross
    assert {discount.level.value for discount in order.discounts} == {"order", "shipping"}


async def test_order_in_checkout_is_not_settled_yet(stand: PrestaShopStand) -> None:
    order_id = stand.place()
    stand.shop.state.tables["orders"].rows[int(order_id)].update(current_state=0, valid=0)

    order = await stand.store.read_order(order_id)

    assert order.state is StoreState.PLACING


async def test_payment_that_was_only_recorded_makes_an_order_paid(stand: PrestaShopStand) -> None:
    order_id = stand.place(paid=False)
    stand.shop.pay(int(order_id), {"record_only": True, "transaction_id": "T-17"})

    order = await stand.store.read_order(order_id)

    assert order.state is StoreState.AWAITING_PAYMENT
    assert order.payment.paid
    assert order.payment.transaction == "T-17"


async def test_payment_of_one_split_order_does_not_pay_its_sister(stand: PrestaShopStand) -> None:
    lines = [{"sku": "GLASS-SET-4"}, {"sku": "DECANTER-RARE", "package": 1}]
    cart = {"customer": "anna.moreau@example.com", "lines": lines, "paid": False}
    cheap, dear = stand.shop.place_order(cart)
    stand.shop.pay(dear.id_order, {"record_only": True})

    orders = [await stand.store.read_order(str(each.id_order)) for each in (cheap, dear)]
    stand.shop.pay(cheap.id_order, {"record_only": True})
    after = await stand.store.read_order(str(cheap.id_order))

    assert cheap.reference == dear.reference
    assert [order.payment.paid for order in orders] == [False, False]
    assert after.payment.paid


async def test_message_of_a_split_order_is_everybodys(stand: PrestaShopStand) -> None:
    lines = [{"sku": "GLASS-SET-4"}, {"sku": "DECANTER-RARE", "package": 1}]
    first, second = stand.shop.place_order(
        {"customer": "anna.moreau@example.com", "lines": lines, "comment": "Both, please"}
    )

    comments = [(await stand.store.read_order(str(each.id_order))).comment for each in (first, second)]

    assert comments == ["Both, please", "Both, please"]


async def test_order_without_a_cart_gets_nobody_elses_messages(stand: PrestaShopStand) -> None:
    stand.shop.state.insert("messages", id_cart=0, id_order=77, message="Not yours")
    order_id = stand.place(raw={"id_cart": 0})

    assert (await stand.store.read_order(order_id)).comment == ""


@pytest.mark.parametrize("reference", ["", "A]|[B", "100%", "114"])
async def test_any_reference_is_survived(stand: PrestaShopStand, reference: str) -> None:
    order_id = stand.place(raw={"reference": reference})

    order = await stand.store.read_order(order_id)

    assert order.number == (reference or order_id)


async def test_lines_of_no_other_order_are_taken(stand: PrestaShopStand) -> None:
    stand.place(lines=[{"sku": "CORKSCREW-STEEL"}])

    order = await stand.store.read_order(stand.place())

    assert [line.sku for line in order.lines] == ["GLASS-SET-4"]


async def test_missing_right_names_resource_and_verb() -> None:
    rights = {name: verbs for name, verbs in ADAPTER_RIGHTS.items() if name != "customers"}

    async with opened(Settings(keys=(ApiKey(key=DEFAULT_KEY, rights=rights),))) as stand:
        with pytest.raises(NotPermitted) as caught:
            await stand.store.read_order(stand.place())

    assert "tick GET for customers" in caught.value.problem.remedy


async def test_shop_without_order_cart_rules_discounts_by_its_totals() -> None:
    """So it is from 1.7.0 to 1.7.7."""

    async def old(request: Request, shop: RequestResponseEndpoint) -> Response:
        if "order_cart_rules" in request.url.path:
            return JSONResponse({"errors": [{"code": 27, "message": "Did you mean orders?"}]}, 400)
        return await shop(request)

    async with opened(front=old) as stand:
        order = await stand.store.read_order(stand.place(vouchers=[{"name": "TEN", "percent": 10}]))

    assert [discount.name for discount in order.discounts] == [""]
    assert adds_up_to(order) == order.gross


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


async def test_unknown_time_zone_is_a_matter_of_set_up(stand: PrestaShopStand) -> None:
    order_id = stand.place()

    for name in ("Mars/Olympus", "../../etc/passwd", "/etc/passwd"):
        with pytest.raises(BadConfiguration) as caught:
            await stand.port(time_zone=name).read_order(order_id)
        assert caught.value.problem.field == "time_zone"


async def test_setting_replaces_the_shops_time_zone(stand: PrestaShopStand) -> None:
    order_id = stand.place(raw={"date_add": "2026-07-01 12:00:00"})

    order = await stand.port(time_zone="America/New_York").read_order(order_id)

    assert order.placed_at.hour == 16


async def test_unreadable_record_names_the_place_and_not_the_value(stand: PrestaShopStand) -> None:
    order_id = stand.place()
    row = stand.shop.state.tables["orders"].rows[int(order_id)]
    row["date_add"] = "secret of the buyer"

    with pytest.raises(UnexpectedAnswer) as caught:
        await stand.store.read_order(order_id)

    assert caught.value.problem.field == "date_add"
    assert "secret" not in caught.value.problem.model_dump_json()


async def test_shop_in_a_folder_is_reached() -> None:
    async with opened(Settings(base_path="/boutique")) as stand:
        store = stand.port(base_url=f"{stand.base_url}/boutique/")

        order = await store.read_order(stand.place())

    assert order.lines
