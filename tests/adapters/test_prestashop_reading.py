"""Orders read from a served shop: the odd orders of real shops."""

from collections.abc import AsyncIterator
from decimal import Decimal

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


async def test_order_without_a_cart_gets_its_own_messages_only(stand: PrestaShopStand) -> None:
    stand.shop.state.insert("messages", id_cart=0, id_order=77, message="Not yours")
    order_id = stand.place(raw={"id_cart": 0})
    before = (await stand.store.read_order(order_id)).comment
    stand.shop.state.insert("messages", id_order=int(order_id), message="Ring twice")

    assert before == ""
    assert (await stand.store.read_order(order_id)).comment == "Ring twice"


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
