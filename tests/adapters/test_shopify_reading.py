"""Shopify's orders as the domain reads them: currencies, taxes, edits, refunds, companies, states."""

from collections.abc import AsyncIterator
from datetime import UTC, timedelta
from decimal import Decimal

import pytest

from adapters.stores.shopify.mapping import charged_rate
from adapters.stores.shopify.models import TaxLine
from domain.errors import BadConfiguration, FixData
from domain.order import Basis, StoreState
from domain.policy import Goods
from domain.refunds import return_of
from domain.returning import ReturnRefused
from domain.totals import adds_up_to
from sandbox.catalogue import ARTICLES
from sandbox.shopify import Settings
from tests.adapters.test_shopify_store import ShopifyStand, opened


@pytest.fixture
async def stand() -> AsyncIterator[ShopifyStand]:
    async with opened() as ready:
        yield ready


@pytest.fixture
async def net_stand() -> AsyncIterator[ShopifyStand]:
    async with opened(Settings(taxes_included=False, bucket=100_000, restore_rate=2000)) as ready:
        yield ready


async def test_amounts_are_the_shops_whatever_currency_the_buyer_saw(stand: ShopifyStand) -> None:
    number = stand.place(presentment="USD")

    order = await stand.store.read_order(number)

    assert (order.currency, order.gross) == ("EUR", Decimal("35.84"))
    assert order.price_basis is Basis.GROSS


@pytest.mark.parametrize("currency", ["GBP", ""])
async def test_amounts_are_the_buyers_where_that_is_wanted(stand: ShopifyStand, currency: str) -> None:
    number = stand.place(lines=[{"sku": "WINE-RED-75", "quantity": 4}], presentment=currency)
    port = stand.port(amounts="buyer")

    order = await port.read_order(number)
    await port.set_status(number, "FULFILLED")
    stand.shop.refund(number, {"lines": [{"sku": "WINE-RED-75", "quantity": 1}], "shipping": True})
    (refund,) = await port.refunds(number)

    shown = (order.currency, order.gross, order.rate, refund.lines[0].gross, refund.shipping)
    assert shown == (
        ("GBP", Decimal("56.02"), order.rate, Decimal("12.75"), Decimal("5.02"))
        if currency
        else ("EUR", Decimal("65.90"), None, Decimal(15), Decimal("5.90"))
    )
    assert (order.rate is None) or abs(order.gross / order.rate - Decimal("65.90")) < Decimal("0.01")
    assert adds_up_to(order) == order.gross


@pytest.mark.parametrize("percent_off", [0, 3, 7, 11])
async def test_total_converted_by_itself_counts_and_the_parts_are_near(
    stand: ShopifyStand, percent_off: int
) -> None:
    bought = [{"sku": "GLASS-SET-4", "quantity": 3}, {"sku": "OLIVE-OIL-50"}, {"sku": "WINE-RED-75"}]
    number = stand.place(lines=bought, presentment="GBP", percent_off=percent_off)

    order = await stand.store.read_order(number)

    shown = stand.shop.views.order(stand.shop.sale(number))["currentTotalPriceSet"]["shopMoney"]
    assert order.gross == Decimal(shown["amount"])
    assert abs(adds_up_to(order) - order.gross) <= Decimal("0.04")


def test_rate_of_an_exempt_buyer_is_what_was_charged() -> None:
    tax = {"rate": Decimal("0.2"), "priceSet": {"amount": "0.0", "currencyCode": "EUR"}}

    for price, rate in ((Decimal(10), 0), (Decimal("0.01"), 20), (Decimal(0), 20)):
        assert charged_rate([TaxLine.model_validate(tax)], price, price, 2) == rate


async def test_prices_without_tax_add_up_too(net_stand: ShopifyStand) -> None:
    sold = await net_stand.sell(large=True)

    order = await net_stand.store.read_order(sold.order_id)

    assert order.price_basis is Basis.NET
    assert (order.net, order.gross) == (sold.net, sold.gross)
    assert adds_up_to(order) == order.gross


async def test_discounts_are_in_the_lines(stand: ShopifyStand) -> None:
    number = stand.place(lines=[{"sku": "WINE-RED-75", "quantity": 7}], percent_off=10)

    order = await stand.store.read_order(number)

    (line,) = order.lines
    assert (line.gross, order.discounts) == (Decimal("94.50"), ())
    assert line.tax_rate == 20


async def test_order_of_many_lines_is_read_page_by_page(stand: ShopifyStand) -> None:
    wanted = [{"sku": ARTICLES[place % len(ARTICLES)].sku} for place in range(65)]
    stand.shop.variant("DECANTER-RARE").stock[7001] = 500
    number = stand.place(lines=wanted)

    order = await stand.store.read_order(number)
    cut = await stand.port(most_lines=40).read_order(number)

    assert [line.sku for line in order.lines] == [each["sku"] for each in wanted]
    assert adds_up_to(order) == order.gross
    assert (len(cut.lines), cut.lines_left_out, cut.gross) == (40, 25, order.gross)


async def test_pieces_taken_off_are_no_part_of_the_order(stand: ShopifyStand) -> None:
    number = stand.place(lines=[{"sku": "WINE-RED-75", "quantity": 7}, {"sku": "GLASS-SET-4"}], percent_off=7)

    stand.shop.take_off(number, "WINE-RED-75", 3)
    stand.shop.take_off(number, "GLASS-SET-4", 1)
    order = await stand.store.read_order(number)

    (line,) = order.lines
    assert (line.sku, line.quantity) == ("WINE-RED-75", Decimal(4))
    assert adds_up_to(order) == order.gross


async def test_pieces_refunded_before_they_left_are_off_the_order_and_no_refund(stand: ShopifyStand) -> None:
    number = stand.place(lines=[{"sku": "WINE-RED-75", "quantity": 7}])

    stand.shop.refund(number, {"lines": [{"sku": "WINE-RED-75", "quantity": 2, "restock": "CANCEL"}]})
    order = await stand.store.read_order(number)

    assert order.lines[0].quantity == 5
    assert adds_up_to(order) == order.gross
    assert await stand.store.refunds(number) == ()


async def test_pieces_that_came_back_stay_in_the_order_and_are_a_refund(stand: ShopifyStand) -> None:
    number = stand.place(
        lines=[{"sku": "WINE-RED-75", "quantity": 7}, {"sku": "OLIVE-OIL-50"}], percent_off=7
    )
    before = await stand.store.read_order(number)

    stand.shop.refund(
        number,
        {"lines": [{"sku": "WINE-RED-75", "quantity": 2, "restock": "RETURN"}], "shipping": True},
    )
    after = await stand.store.read_order(number)
    (refund,) = await stand.store.refunds(number)

    assert after.revision == before.revision
    assert after.gross == before.gross
    asked = return_of(refund, after, Goods.BACK, "store")
    assert [(line.sku, line.quantity) for line in asked.lines] == [("WINE-RED-75", Decimal(2))]
    assert asked.shipping == Decimal("5.90")


async def test_refund_without_tax_in_its_prices_is_gross(net_stand: ShopifyStand) -> None:
    number = net_stand.place(lines=[{"sku": "WINE-RED-75", "quantity": 4}])

    net_stand.shop.refund(number, {"lines": [{"sku": "WINE-RED-75", "quantity": 1}], "shipping": True})
    (refund,) = await net_stand.store.refunds(number)

    assert refund.lines[0].gross == Decimal(15)
    assert refund.shipping == Decimal("7.08")
    assert refund.amount == 0


async def test_money_beside_the_pieces_is_an_amount(stand: ShopifyStand) -> None:
    number = stand.place(lines=[{"sku": "WINE-RED-75", "quantity": 4}])

    stand.shop.refund(number, {"lines": [{"sku": "WINE-RED-75", "quantity": 1}], "money": Decimal(10)})
    stand.shop.refund(number, {"money": Decimal("2.50")})
    kept, alone = await stand.store.refunds(number)

    assert (kept.amount, kept.for_products) == (Decimal(-5), Decimal(10))
    assert (alone.lines, alone.amount) == ((), Decimal("2.5"))


async def test_goods_taken_back_without_money_are_left_to_a_person(stand: ShopifyStand) -> None:
    number = stand.place(lines=[{"sku": "WINE-RED-75", "quantity": 4}])

    stand.shop.refund(number, {"lines": [{"sku": "WINE-RED-75", "quantity": 1}], "money": Decimal(0)})
    (refund,) = await stand.store.refunds(number)

    order = await stand.store.read_order(number)
    with pytest.raises(ReturnRefused, match="has given no money back"):
        return_of(refund, order, Goods.BACK, "store")


async def test_duties_and_import_fees_are_lines_that_ask_for_an_article(stand: ShopifyStand) -> None:
    number = stand.place(duties=Decimal("12.00"), fees=Decimal("3.50"))

    order = await stand.store.read_order(number)
    named = await stand.port(duties_sku="DUTY").read_order(number)

    shown = [(line.id, line.name, line.sku, line.gross, line.net) for line in order.lines[1:]]
    assert shown == [
        ("duties", "Duties", "", 12, 12),
        ("fees", "Import fees", "", Decimal("3.5"), Decimal("3.5")),
    ]
    assert {line.sku for line in named.lines[1:]} == {"DUTY"}
    assert adds_up_to(order) == order.gross == Decimal("51.34")


async def test_company_is_the_buyer_with_its_vat_id(stand: ShopifyStand) -> None:
    number = stand.place(customer="einkauf@weinhaus-nord.example", company=True, po_number="PO 77")

    order = await stand.store.read_order(number)

    buyer = order.customer
    assert (buyer.company, buyer.vat_id) == ("Weinhaus Nord GmbH", "DE123456788")
    assert buyer.store_id.startswith("company-")
    assert not buyer.is_guest
    assert order.comment == "Purchase order PO 77"


async def test_consumers_vat_id_is_an_additional_detail(stand: ShopifyStand) -> None:
    number = stand.place(attributes={"VAT_ID": " FR40303265045 ", "gift": "yes"})

    order = await stand.store.read_order(number)

    assert order.customer.vat_id == "FR40303265045"


async def test_same_customer_is_the_same_buyer_next_time(stand: ShopifyStand) -> None:
    first = await stand.store.read_order(stand.place())
    second = await stand.store.read_order(stand.place())

    assert first.customer.store_id == second.customer.store_id


@pytest.mark.parametrize(
    ("settings", "state"),
    [({}, StoreState.CONFIRMED), ({"authorized_is_confirmed": False}, StoreState.AWAITING_PAYMENT)],
)
async def test_reserved_money_counts_as_paid_unless_that_is_switched_off(
    stand: ShopifyStand, settings: dict[str, object], state: StoreState
) -> None:
    number = stand.place(paid=False, authorized=True)

    order = await stand.port(**settings).read_order(number)

    assert (order.state, order.payment.paid) == (state, state is StoreState.CONFIRMED)


async def test_order_on_terms_names_them_as_its_way_of_paying(stand: ShopifyStand) -> None:
    number = stand.place(paid=False, terms="Net 30")

    before = await stand.store.read_order(number)
    stand.shop.pay(number)
    after = await stand.store.read_order(number)

    assert (before.state, before.payment.paid) == (StoreState.CONFIRMED, False)
    assert (before.payment.method, before.payment.terms) == ("payment_terms", "Net 30")
    assert (after.payment.method, after.payment.paid) == ("payment_terms", True)


@pytest.mark.parametrize(
    ("cart", "method"),
    [
        ({"gift_card": Decimal(10)}, "shopify_payments"),
        ({"gift_card": Decimal(30)}, "gift_card"),
        ({"gateway": "Cash on Delivery (COD)", "paid": False}, "Cash on Delivery (COD)"),
        ({"gateway": ""}, ""),
        ({"gateway": "", "percent_off": 100}, "free"),
    ],
)
async def test_way_of_paying_is_that_of_most_of_the_money(cart: dict[str, object], method: str) -> None:
    shipping = Decimal(0) if cart.get("percent_off") else Decimal("5.90")
    async with opened(Settings(shipping=shipping, bucket=100_000, restore_rate=2000)) as stand:
        number = stand.place(**cart)

        order = await stand.store.read_order(number)

        assert (order.payment.method, order.payment.paid) == (method, cart.get("paid", True))


async def test_buyer_without_e_mail_has_the_orders_phone(stand: ShopifyStand) -> None:
    number = stand.place(customer="", phone="+33612345678")

    order = await stand.store.read_order(number)

    assert (order.customer.email, order.customer.phone) == ("", "+33612345678")


async def test_sale_at_the_counter_is_read_without_buyer_and_address(stand: ShopifyStand) -> None:
    order = await stand.store.read_order(stand.place(at_counter=True))

    assert (order.state, order.customer.is_guest, order.customer.email) == (StoreState.SHIPPED, True, "")
    assert (order.delivery.country, order.gross) == ("", Decimal("35.84"))


async def test_parcel_that_was_picked_up_has_arrived(stand: ShopifyStand) -> None:
    number = stand.place()
    await stand.store.set_status(number, "FULFILLED")
    stand.shop.sale(number).parcels[0].display = "PICKED_UP"

    assert (await stand.store.read_order(number)).state is StoreState.DELIVERED


async def test_sent_order_is_shipped_and_then_delivered(stand: ShopifyStand) -> None:
    number = stand.place()

    await stand.store.set_status(number, "FULFILLED")
    sent = await stand.store.read_order(number)
    stand.shop.deliver(number)
    there = await stand.store.read_order(number)

    assert (sent.state, there.state) == (StoreState.SHIPPED, StoreState.DELIVERED)


async def test_test_order_is_not_taken_unless_asked_for(stand: ShopifyStand) -> None:
    await stand.store.changed_orders({})
    number = stand.place(test=True)

    with pytest.raises(FixData, match="is a test"):
        await stand.store.read_order(number)
    left = await stand.store.changed_orders({"begun": "", "mark": ""})
    taken = await stand.port(take_test_orders=True).changed_orders({"begun": "", "mark": ""})

    assert not left.hints
    assert [hint.order_id for hint in taken.hints] == [number]


async def test_order_of_before_waybill_is_not_in_the_list(stand: ShopifyStand) -> None:
    start = {"begun": "", "mark": ""}
    number = stand.place()
    placed = stand.shop.sale(number).created.astimezone(UTC).date()

    taken = await stand.port(orders_from=placed).changed_orders(start)
    later = stand.port(orders_from=placed + timedelta(days=1))
    left = await later.changed_orders(start)

    with pytest.raises(FixData, match="is of before Waybill"):
        await later.read_order(number)
    assert [hint.order_id for hint in taken.hints] == [number]
    assert not left.hints


async def test_list_tells_of_refunds(stand: ShopifyStand) -> None:
    cursor = (await stand.store.changed_orders({})).cursor
    number = stand.place(lines=[{"sku": "WINE-RED-75", "quantity": 4}])
    before = await stand.store.changed_orders(cursor)
    stand.shop.refund(number, {"lines": [{"sku": "WINE-RED-75", "quantity": 1}]})

    after = await stand.store.changed_orders(before.cursor)

    assert [hint.kind for hint in before.hints] == ["order.listed"]
    assert [hint.kind for hint in after.hints] == ["order.refunded"]


@pytest.mark.parametrize(
    "cursor", [{"begun": "yesterday"}, {"mark": "2026-05-04"}, {"begun_id": "x"}, {"since": "' OR 1"}]
)
async def test_garbled_position_is_a_matter_of_set_up(stand: ShopifyStand, cursor: dict[str, str]) -> None:
    with pytest.raises(BadConfiguration):
        await stand.store.changed_orders(cursor)
