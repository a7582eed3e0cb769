"""What WooCommerce is told: notes and meta data, statuses, parcels, stock; and what it tells of refunds."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from adapters.ports import STATUS_WENT_ON
from domain.errors import BadConfiguration, NotFound, Refused
from sandbox.woocommerce import Settings
from tests.adapters.test_woocommerce_store import WooCommerceStand, opened

SHIRT = "SHIRT-BLK-M"


@pytest.fixture
async def stand() -> AsyncIterator[WooCommerceStand]:
    async with opened() as ready:
        yield ready


def metas(stand: WooCommerceStand, order_id: str, key: str) -> list[object]:
    rows = stand.shop.orders[int(order_id)]["meta_data"]
    return [each["value"] for each in rows if each["key"] == key]


async def test_erp_number_is_a_private_note_and_a_meta_value(stand: WooCommerceStand) -> None:
    order_id = (await stand.sell()).order_id

    await stand.store.show_erp_number(order_id, "ERP order 12345")
    await stand.store.show_erp_number(order_id, "ERP order 123")

    assert metas(stand, order_id, "_erp_order_number") == ["ERP order 12345; ERP order 123"]
    assert not any(note["customer_note"] for note in stand.shop.notes[int(order_id)])


async def test_meta_value_that_is_missing_after_the_note_is_made_up_for(stand: WooCommerceStand) -> None:
    order_id = (await stand.sell()).order_id
    stand.shop.note(int(order_id), "ERP order 7", to_customer=False)

    await stand.store.show_erp_number(order_id, "ERP order 7")

    assert stand.times_shown(order_id, "ERP order 7") == 1
    assert metas(stand, order_id, "_erp_order_number") == ["ERP order 7"]


async def test_lines_of_an_order_are_never_sent_back(stand: WooCommerceStand) -> None:
    sold = await stand.sell(large=True)
    before = stand.shop.shown_order(int(sold.order_id))["line_items"]

    await stand.store.show_erp_number(sold.order_id, "ERP order 7")
    await stand.store.set_status(sold.order_id, "completed")

    assert stand.shop.shown_order(int(sold.order_id))["line_items"] == before


async def test_status_of_a_plug_in_is_set_with_and_without_its_prefix(stand: WooCommerceStand) -> None:
    stand.shop.settings.custom_statuses = ("packed",)
    order_id = (await stand.sell()).order_id

    await stand.store.set_status(order_id, "wc-packed")
    await stand.store.set_status(order_id, "packed")
    with pytest.raises(BadConfiguration, match="no such order status"):
        await stand.store.set_status(order_id, "parked")

    assert stand.statuses(order_id)[-1] == "packed"
    assert stand.statuses(order_id).count("packed") == 1


async def test_status_we_set_ourselves_is_known_again_with_its_prefix(stand: WooCommerceStand) -> None:
    sold = await stand.sell()
    await stand.store.set_status(sold.order_id, "wc-on-hold", only_from=("processing",))

    await stand.store.set_status(sold.order_id, "wc-completed", only_from=("processing", "wc-on-hold"))

    assert stand.statuses(sold.order_id)[-1] == "completed"


async def test_order_that_is_given_the_status_refunded_is_given_back_whole(stand: WooCommerceStand) -> None:
    sold = await stand.sell()
    stand.shop.set_status(int(sold.order_id), "refunded")

    (refund,) = await stand.store.refunds(sold.order_id)

    assert (refund.total, refund.lines) == (sold.gross, ())
    assert (await stand.store.read_order(sold.order_id)).state.value == "cancelled"


async def test_parcels_go_into_the_plug_in_where_the_shop_has_it() -> None:
    async with opened(Settings(shipment_tracking=True)) as stand:
        sold = await stand.sell()
        await stand.store.set_tracking(sold.order_id, ("1Z9",))
        await stand.store.set_tracking(sold.order_id, ("1Z9", "2Z9"))

        shipments = stand.shop.shipments[int(sold.order_id)]
        assert [each["tracking_number"] for each in shipments] == ["1Z9", "2Z9"]
        assert metas(stand, sold.order_id, "_tracking_number") == []


async def test_advanced_plug_in_gets_parcels_where_it_cannot_take_the_order_for_another() -> None:
    async with opened(Settings(advanced_shipment_tracking=True)) as stand:
        plain, counted = stand.place()["id"], stand.place(raw={"number": "1001"})["id"]
        stand.place(raw={"number": str(counted)})

        for order_id in (plain, counted):
            await stand.store.set_tracking(str(order_id), (f"1Z{order_id}",))

        assert list(stand.shop.shipments) == [plain]
        assert metas(stand, str(counted), "_tracking_number") == [f"1Z{counted}"]


async def test_merchant_who_wants_the_plug_in_hears_why_it_cannot_be() -> None:
    async with opened(Settings(advanced_shipment_tracking=True)) as stand:
        counted = stand.place(raw={"number": "1001"})["id"]

        with pytest.raises(Refused, match="by their number"):
            await stand.port(tracking="shipment_tracking").set_tracking(str(counted), ("1Z9",))

        assert stand.writes() == 0


@pytest.mark.parametrize("has_plugin", [True, False])
async def test_site_that_hides_its_parts_is_asked_by_the_route(has_plugin: bool) -> None:
    async with opened(Settings(shipment_tracking=has_plugin, closes_index=True)) as stand:
        sold = await stand.sell()
        await stand.store.set_tracking(sold.order_id, ("1Z9",))

        assert bool(stand.shop.shipments) is has_plugin
        assert bool(stand.tracking(sold.order_id)) is not has_plugin


async def test_plug_in_that_a_merchant_names_must_be_there(stand: WooCommerceStand) -> None:
    sold = await stand.sell()

    with pytest.raises(BadConfiguration):
        await stand.port(tracking="shipment_tracking").set_tracking(sold.order_id, ("1Z9",))


async def test_lost_answers_of_the_plug_in_make_no_second_parcel() -> None:
    async with opened(Settings(shipment_tracking=True)) as stand:
        sold = await stand.sell()
        stand.shop.faults.arm("reset_after_commit", method="POST")

        await stand.store.set_tracking(sold.order_id, ("1Z9",))

        assert len(stand.shop.shipments[int(sold.order_id)]) == 1


async def test_buyer_is_mailed_parcels_only_where_the_merchant_wants_it(stand: WooCommerceStand) -> None:
    quiet, told = (await stand.sell()).order_id, (await stand.sell()).order_id

    await stand.store.set_tracking(quiet, ("1Z9",))
    await stand.port(mail_customer=True).set_tracking(told, ("1Z9",))

    assert [stand.shop.notes[int(each)][0]["customer_note"] for each in (quiet, told)] == [False, True]


@pytest.mark.parametrize("number", ["", " ", "<b>1</b>", "1\n2"])
async def test_odd_tracking_number_is_refused(stand: WooCommerceStand, number: str) -> None:
    sold = await stand.sell()

    with pytest.raises(Refused, match="parcel 2"):
        await stand.store.set_tracking(sold.order_id, ("1Z9", number))

    assert stand.writes() == 0


async def test_articles_whose_stock_is_not_theirs_are_named(stand: WooCommerceStand) -> None:
    product = stand.shop.product
    product("WINE-RED-75")["manage_stock"] = False
    product(SHIRT)["manage_stock"] = "parent"
    product("WINE-WHITE-75")["sku"] = "glass-set-4"
    skus = ("WINE-RED-75", SHIRT, "GLASS-SET-4", "SHIRT-BLK-S", "")

    published = await stand.store.publish_stock(dict.fromkeys(skus, Decimal(5)))

    assert list(published.written) == ["SHIRT-BLK-S"]
    assert {sku: reason.split(":")[0] for sku, reason in published.left_out.items()} == {
        "WINE-RED-75": "the shop does not manage its stock",
        SHIRT: "it shares the stock of its product",
        "GLASS-SET-4": "several articles of the shop have this SKU",
        "": "the shop has no article with this SKU",
    }


async def test_variation_is_written_under_its_product_whatever_the_case(stand: WooCommerceStand) -> None:
    published = await stand.store.publish_stock({" shirt-blk-m": Decimal(3)})

    parent = stand.shop.product(SHIRT)["parent_id"]
    assert published.written == {" shirt-blk-m": Decimal(3)}
    assert any(each.startswith(f"PUT wc/v3/products/{parent}/variations/") for each in stand.asked())


async def test_sku_with_a_comma_is_found(stand: WooCommerceStand) -> None:
    stand.shop.product(SHIRT)["sku"] = "SHIRT,M"

    published = await stand.store.publish_stock({"SHIRT,M": Decimal(3), "GLASS-SET-4": Decimal(4)})

    assert published.written == {"SHIRT,M": Decimal(3), "GLASS-SET-4": Decimal(4)}


async def test_refund_beyond_pieces_is_an_amount(stand: WooCommerceStand) -> None:
    sold = await stand.sell()
    line = {"sku": "GLASS-SET-4", "quantity": 1}
    stand.shop.refund(int(sold.order_id), {"lines": [line], "amount": "-2.00"})
    stand.shop.refund(int(sold.order_id), {"amount": "5.00"})

    kept, goodwill = await stand.store.refunds(sold.order_id)

    assert (kept.amount, kept.lines[0].gross, kept.unsure) == (Decimal("-2.00"), Decimal("29.94"), "")
    assert (goodwill.amount, goodwill.lines) == (Decimal("5.00"), ())
    assert goodwill.reference.startswith("refund-")


async def test_refund_whose_amount_the_shop_lost_is_left_to_a_person(stand: WooCommerceStand) -> None:
    sold = await stand.sell()
    lost = stand.shop.refund(int(sold.order_id), {"lines": [{"sku": "GLASS-SET-4", "quantity": 1}]})
    lost["amount"] = Decimal("0.00")

    (refund,) = await stand.store.refunds(sold.order_id)

    assert "29.94" in refund.unsure
    assert refund.total == 0


async def test_pieces_put_back_for_nothing_are_no_refund(stand: WooCommerceStand) -> None:
    sold = await stand.sell()
    restocked = stand.shop.refund(int(sold.order_id), {"lines": [{"sku": "GLASS-SET-4", "quantity": 1}]})
    restocked["amount"] = Decimal("0.00")
    restocked["line_items"][0].update(total=Decimal(0), total_tax=Decimal(0))

    assert await stand.store.refunds(sold.order_id) == ()


async def test_order_in_the_trash_is_cancelled_and_one_that_is_gone_not_found(
    stand: WooCommerceStand,
) -> None:
    sold = await stand.sell()
    stand.shop.trash(int(sold.order_id))

    order = await stand.store.read_order(sold.order_id)
    del stand.shop.orders[int(sold.order_id)]

    assert order.state.value == "cancelled"
    with pytest.raises(NotFound):
        await stand.store.read_order(sold.order_id)


async def test_no_status_fetches_an_order_out_of_the_trash(stand: WooCommerceStand) -> None:
    sold = await stand.sell()
    stand.shop.trash(int(sold.order_id))

    with pytest.raises(Refused, match="trash") as caught:
        await stand.store.set_status(sold.order_id, "completed")

    assert caught.value.problem.code == STATUS_WENT_ON
    assert stand.shop.orders[int(sold.order_id)]["status"] == "trash"
