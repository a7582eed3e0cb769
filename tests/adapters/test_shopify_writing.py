"""Fulfilments, parcels and stock of Shopify: locations, several articles, what others did meanwhile."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from domain.errors import BadConfiguration, InDoubt, Refused
from sandbox.shopify import Settings
from tests.adapters.test_shopify_store import ShopifyStand, opened

_TWO = Settings(locations=("Lyon", "Paris"), bucket=100_000, restore_rate=2000)
LYON, PARIS = 7001, 7002


@pytest.fixture
async def stand() -> AsyncIterator[ShopifyStand]:
    async with opened() as ready:
        yield ready


@pytest.fixture
async def two_places() -> AsyncIterator[ShopifyStand]:
    async with opened(_TWO.model_copy()) as ready:
        ready.shop.variant("OLIVE-OIL-50").stock[PARIS] = 50
        yield ready


async def test_each_location_sends_its_own_fulfilment(two_places: ShopifyStand) -> None:
    number = two_places.place(lines=[{"sku": "GLASS-SET-4"}, {"sku": "OLIVE-OIL-50", "location": PARIS}])

    await two_places.store.set_tracking(number, ("1Z1", "1Z2"))
    await two_places.store.set_tracking(number, ("1Z1", "1Z2"))

    sale = two_places.shop.sale(number)
    assert [made.numbers for made in sale.parcels] == [["1Z1", "1Z2"], ["1Z1", "1Z2"]]
    assert sale.fulfilment == "FULFILLED"


async def test_location_whose_fulfilment_failed_has_its_own_the_next_time(two_places: ShopifyStand) -> None:
    number = two_places.place(lines=[{"sku": "GLASS-SET-4"}, {"sku": "OLIVE-OIL-50", "location": PARIS}])
    two_places.shop.faults.arm("error_500_before", method="WRITE", skip=1)

    with pytest.raises(InDoubt):
        await two_places.store.set_tracking(number, ("1Z1",))
    half = len(two_places.shop.sale(number).parcels)
    await two_places.store.set_tracking(number, ("1Z1",))

    assert (half, len(two_places.shop.sale(number).parcels)) == (1, 2)
    assert two_places.shop.sale(number).fulfilment == "FULFILLED"


async def test_later_parcels_join_the_last_fulfilment(stand: ShopifyStand) -> None:
    number = stand.place()
    port = stand.port(carrier="DHL")

    await port.set_tracking(number, ("1Z1",))
    await port.set_tracking(number, ("1Z1", "1Z2"))

    (made,) = stand.shop.sale(number).parcels
    assert (made.numbers, made.company) == (["1Z1", "1Z2"], "DHL")


async def test_shop_that_fulfils_by_itself_only_gets_the_numbers(stand: ShopifyStand) -> None:
    number = stand.place()
    port = stand.port(fulfil=False)

    with pytest.raises(Refused, match="has fulfilled nothing yet"):
        await port.set_tracking(number, ("1Z1",))
    sale = stand.shop.sale(number)
    stand.shop.ship(sale, sale.packings, [], "")
    await port.set_tracking(number, ("1Z1",))

    assert [made.numbers for made in sale.parcels] == [["1Z1"]]


async def test_fulfilled_order_is_not_fulfilled_again(stand: ShopifyStand) -> None:
    number = stand.place()

    await stand.store.set_status(number, "FULFILLED")
    await stand.store.set_status(number, "FULFILLED")

    assert len(stand.shop.sale(number).parcels) == 1
    with pytest.raises(Refused, match="nothing that could be in progress"):
        await stand.store.set_status(number, "IN_PROGRESS")


async def test_order_on_hold_is_not_sent_and_the_hold_is_named(stand: ShopifyStand) -> None:
    number = stand.place()
    stand.shop.sale(number).packings[0].on_hold = True

    for status in ("IN_PROGRESS", "FULFILLED"):
        with pytest.raises(Refused, match=r"let the order be fulfilled: it is on hold \(Awaiting payment\)"):
            await stand.store.set_status(number, status)
    with pytest.raises(Refused, match="on hold"):
        await stand.store.set_tracking(number, ("1Z1",))

    assert stand.writes() == 0


async def test_part_that_is_on_hold_is_named_once_the_rest_is_sent(two_places: ShopifyStand) -> None:
    number = two_places.place(lines=[{"sku": "GLASS-SET-4"}, {"sku": "OLIVE-OIL-50", "location": PARIS}])
    sale = two_places.shop.sale(number)
    sale.packings[1].on_hold = True

    with pytest.raises(Refused, match="the rest of the order"):
        await two_places.store.set_tracking(number, ("1Z1",))
    with pytest.raises(Refused, match="the rest of the order"):
        await two_places.store.set_status(number, "FULFILLED")
    sent = [made.numbers for made in sale.parcels]
    sale.packings[1].on_hold = False
    await two_places.store.set_status(number, "FULFILLED")

    assert (sent, sale.fulfilment) == ([["1Z1"]], "FULFILLED")


async def test_part_of_another_fulfilment_service_is_left_to_it(two_places: ShopifyStand) -> None:
    number = two_places.place(lines=[{"sku": "GLASS-SET-4"}, {"sku": "OLIVE-OIL-50", "location": PARIS}])
    sale = two_places.shop.sale(number)
    sale.packings[1].service = True

    await two_places.store.set_tracking(number, ("1Z1",))
    with pytest.raises(Refused, match="another fulfilment service is to send it"):
        await two_places.store.set_status(number, "FULFILLED")

    assert [made.numbers for made in sale.parcels] == [["1Z1"]]


async def test_order_whose_fulfilment_the_shop_cancelled_is_sent_again(stand: ShopifyStand) -> None:
    number = stand.place()
    await stand.store.set_tracking(number, ("1Z1",))
    stand.shop.call_back(number)

    await stand.store.set_tracking(number, ("1Z2",))

    states = [(made.status, made.numbers) for made in stand.shop.sale(number).parcels]
    assert states == [("CANCELLED", ["1Z1"]), ("SUCCESS", ["1Z2"])]


@pytest.mark.parametrize("number", ["", "1Z 1", "1Z\n1", "x" * 256])
async def test_what_is_no_tracking_number_is_refused(stand: ShopifyStand, number: str) -> None:
    order = stand.place()

    with pytest.raises(Refused):
        await stand.store.set_tracking(order, ("1Z1", number))

    assert stand.writes() == 0


async def test_stock_of_several_locations_needs_to_be_told_which(two_places: ShopifyStand) -> None:
    with pytest.raises(BadConfiguration) as caught:
        await two_places.store.read_stock(("OLIVE-OIL-50",))
    paris = two_places.port(location=str(PARIS))
    published = await paris.publish_stock({"OLIVE-OIL-50": Decimal(7), "GLASS-SET-4": Decimal(7)})

    assert "7001 (Lyon), 7002 (Paris)" in caught.value.problem.remedy
    assert published.written == {"OLIVE-OIL-50": Decimal(7)}
    assert published.left_out == {"GLASS-SET-4": "it is not stocked at the location"}
    assert two_places.shop.variant("OLIVE-OIL-50").stock == {LYON: 500, PARIS: 7}


async def test_sku_that_only_begins_alike_is_another_article(stand: ShopifyStand) -> None:
    read = await stand.store.read_stock(("SHIRT-BLK", "shirt-blk-m ", "WINE'75\\"))

    assert list(read.levels) == ["shirt-blk-m "]
    assert set(read.left_out) == {"SHIRT-BLK", "WINE'75\\"}


async def test_article_that_is_there_twice_or_untracked_is_left_alone(stand: ShopifyStand) -> None:
    stand.shop.variant("SHIRT-BLK-S").sku = "SHIRT-BLK-M"
    stand.shop.variant("GLASS-SET-4").tracked = False

    published = await stand.store.publish_stock({"SHIRT-BLK-M": Decimal(3), "GLASS-SET-4": Decimal(3)})

    assert published.left_out == {
        "SHIRT-BLK-M": "2 articles of the shop have this SKU",
        "GLASS-SET-4": "the shop does not track its stock",
    }
    assert stand.writes() == 0


async def test_article_that_the_shop_refuses_stops_no_other(stand: ShopifyStand) -> None:
    levels = {"GLASS-SET-4": Decimal(-1), "SHIRT-BLK-M": Decimal(3), "SHIRT-BLK-S": Decimal(2_000_000_000)}

    published = await stand.store.publish_stock(levels)

    assert published.written == {"SHIRT-BLK-M": Decimal(3)}
    assert set(published.left_out) == {"GLASS-SET-4", "SHIRT-BLK-S"}
    assert "INVALID_QUANTITY_NEGATIVE" in published.left_out["GLASS-SET-4"]


async def test_stock_bought_from_between_reading_and_writing_is_left_alone(stand: ShopifyStand) -> None:
    stand.shop.faults.arm("sold_meanwhile")

    published = await stand.store.publish_stock({"GLASS-SET-4": Decimal(9), "SHIRT-BLK-M": Decimal(9)})

    assert published.moved == ("GLASS-SET-4",)
    assert published.written == {"SHIRT-BLK-M": Decimal(9)}
    assert stand.stock("GLASS-SET-4") == 499


async def test_part_that_has_left_is_fulfilled_and_the_rest_stays_open(stand: ShopifyStand) -> None:
    number = stand.place(lines=[{"sku": "GLASS-SET-4", "quantity": 3}, {"sku": "OLIVE-OIL-50"}])
    sale, port = stand.shop.sale(number), stand.port()

    for _ in range(2):
        await port.set_tracking_of_part(number, ("1Z1",), {"GLASS-SET-4": Decimal(2)})
    half = sale.fulfilment
    for _ in range(2):
        await port.set_tracking_of_part(number, ("1Z1", "1Z2"), {"glass-set-4": Decimal(3)})
    await port.set_tracking(number, ("1Z1", "1Z2", "1Z3"))

    sent = [
        ([(line.variant.sku, pieces) for line, pieces in made.lines], made.numbers) for made in sale.parcels
    ]
    assert sent == [
        ([("GLASS-SET-4", 2)], ["1Z1"]),
        ([("GLASS-SET-4", 1)], ["1Z2"]),
        ([("OLIVE-OIL-50", 1)], ["1Z3"]),
    ]
    assert (half, sale.fulfilment) == ("PARTIALLY_FULFILLED", "FULFILLED")


async def test_part_from_two_locations_is_finished_after_one_failed(two_places: ShopifyStand) -> None:
    lines = [{"sku": "GLASS-SET-4", "quantity": 2}, {"sku": "OLIVE-OIL-50", "quantity": 2, "location": PARIS}]
    number = two_places.place(lines=lines)
    sent = {"GLASS-SET-4": Decimal(1), "OLIVE-OIL-50": Decimal(1)}
    port = two_places.port()
    two_places.shop.faults.arm("error_500_before", method="WRITE", skip=1)

    with pytest.raises(InDoubt):
        await port.set_tracking_of_part(number, ("1Z1",), sent)
    await port.set_tracking_of_part(number, ("1Z1",), sent)

    parcels = two_places.shop.sale(number).parcels
    assert [[(line.variant.sku, pieces) for line, pieces in made.lines] for made in parcels] == [
        [("GLASS-SET-4", 1)],
        [("OLIVE-OIL-50", 1)],
    ]


@pytest.mark.parametrize("fault", ["error_500_after_commit", "reset_after_commit", "internal_error"])
async def test_part_whose_answer_is_lost_is_fulfilled_once(stand: ShopifyStand, fault: str) -> None:
    number = stand.place(lines=[{"sku": "GLASS-SET-4", "quantity": 3}])
    stand.shop.faults.arm(fault, method="WRITE")

    await stand.port().set_tracking_of_part(number, ("1Z1",), {"GLASS-SET-4": Decimal(1)})

    (made,) = stand.shop.sale(number).parcels
    assert [pieces for _, pieces in made.lines] == [1]


async def test_parcel_of_what_is_on_hold_sends_nothing_else(two_places: ShopifyStand) -> None:
    number = two_places.place(lines=[{"sku": "GLASS-SET-4"}, {"sku": "OLIVE-OIL-50", "location": PARIS}])
    sale = two_places.shop.sale(number)
    sale.packings[1].on_hold = True

    with pytest.raises(Refused, match="it is on hold"):
        await two_places.port().set_tracking_of_part(number, ("1Z1",), {"OLIVE-OIL-50": Decimal(1)})

    assert sale.parcels == []


async def test_parcel_of_articles_that_the_order_has_not_fulfils_what_is_open(stand: ShopifyStand) -> None:
    number = stand.place(lines=[{"sku": "GLASS-SET-4", "quantity": 3}])

    await stand.port().set_tracking_of_part(number, ("1Z1",), {"BUNDLE-PART": Decimal(1)})

    assert stand.shop.sale(number).fulfilment == "FULFILLED"


async def test_parcel_that_brings_nothing_new_joins_the_last_one(stand: ShopifyStand) -> None:
    number = stand.place(lines=[{"sku": "GLASS-SET-4", "quantity": 3}])
    sent = {"GLASS-SET-4": Decimal(2)}

    await stand.port().set_tracking_of_part(number, ("1Z1",), sent)
    await stand.port().set_tracking_of_part(number, ("1Z1", "1Z2"), sent)

    (made,) = stand.shop.sale(number).parcels
    assert made.numbers == ["1Z1", "1Z2"]
