"""What WooCommerce is told: notes and meta data, statuses, parcels, stock; and webhooks that it disabled."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from adapters.ports import STATUS_WENT_ON, Finding
from domain.errors import BadConfiguration, NotFound, Refused
from sandbox.woocommerce import DEFAULT_SIGNING_KEY, ApiKey, Settings
from tests.adapters.test_woocommerce_store import HOOK, WooCommerceStand, opened

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


def hook(stand: WooCommerceStand, topic: str = "order.updated") -> dict[str, object]:
    return next(each for each in stand.shop.webhooks.values() if each["topic"] == topic)


async def test_reading_the_list_switches_webhooks_on_that_the_shop_disabled(stand: WooCommerceStand) -> None:
    hook(stand)["status"] = "disabled"
    other = stand.shop.add_webhook("order.updated", "https://elsewhere.example/hook", "x")
    other["status"] = "disabled"
    hook(stand, "order.created")["status"] = "paused"

    await stand.store.changed_orders({})

    assert hook(stand)["status"] == "active"
    assert (other["status"], hook(stand, "order.created")["status"]) == ("disabled", "paused")


async def test_webhooks_stay_off_where_the_merchant_wants_it(stand: WooCommerceStand) -> None:
    hook(stand)["status"] = "disabled"
    seen = stand.requests()

    await stand.port(enable_webhooks=False).changed_orders({})
    await stand.port(webhook_secrets=[]).changed_orders({})

    assert hook(stand)["status"] == "disabled"
    assert not any("webhooks" in each for each in stand.asked()[seen:])


async def test_webhooks_that_cannot_be_switched_on_do_not_stop_the_reading() -> None:
    async with opened(Settings(keys=(ApiKey(permissions="read"),))) as stand:
        hook(stand)["status"] = "disabled"

        page = await stand.store.changed_orders({})

        assert page.more
        assert hook(stand)["status"] == "disabled"


async def broken(stand: WooCommerceStand) -> list[Finding]:
    return [each for each in await stand.store.test() if not each.ok]


async def test_connection_test_names_webhooks_that_do_not_deliver(stand: WooCommerceStand) -> None:
    hook(stand)["status"] = "disabled"
    (disabled,) = await broken(stand)
    stand.shop.webhooks.clear()
    (missing,) = await broken(stand)
    stand.shop.add_webhook("order.created", HOOK, "x")
    (two,) = await broken(stand)

    assert disabled.what == "the shop's webhook order.updated is disabled"
    assert "/webhooks/shop" in missing.fix
    assert "order.created" not in two.fix
    assert "order.deleted" in two.fix


async def test_missing_webhooks_are_made_once_with_our_secret(stand: WooCommerceStand) -> None:
    stand.shop.webhooks.clear()
    port = stand.port(webhook_url=HOOK)
    (told,) = [each for each in await port.test() if not each.ok]

    for store in (port, stand.port(webhook_url=HOOK)):
        await store.changed_orders({})

    made = list(stand.shop.webhooks.values())
    assert "are made" in told.fix
    assert sorted(each["topic"] for each in made) == ["order.created", "order.deleted", "order.updated"]
    assert {(each["delivery_url"], each["_secret"]) for each in made} == {(HOOK, DEFAULT_SIGNING_KEY)}
    assert all(each.ok for each in await port.test())


async def test_webhook_made_although_the_answer_was_lost_is_not_made_again(stand: WooCommerceStand) -> None:
    stand.shop.webhooks.clear()
    stand.shop.faults.arm("reset_after_commit", method="POST")

    for _ in range(2):
        await stand.port(webhook_url=HOOK).changed_orders({})

    assert len(stand.shop.webhooks) == 3


async def test_webhooks_of_another_waybill_are_not_touched(stand: WooCommerceStand) -> None:
    for each in stand.shop.webhooks.values():
        each["status"] = "disabled"

    await stand.port(webhook_url="https://test.example.com/webhooks/shop").changed_orders({})

    made = [each for each in stand.shop.webhooks.values() if each["delivery_url"] != HOOK]
    assert hook(stand)["status"] == "disabled"
    assert len(made) == 3


async def test_webhook_that_is_switched_on_gets_the_secret_where_it_is_ours_in_all(
    stand: WooCommerceStand,
) -> None:
    hook(stand).update(status="disabled", _secret="typed wrongly")

    await stand.port(webhook_url=HOOK).changed_orders({})

    assert (hook(stand)["status"], hook(stand)["_secret"]) == ("active", DEFAULT_SIGNING_KEY)


async def test_address_for_another_connection_makes_nothing(stand: WooCommerceStand) -> None:
    stand.shop.webhooks.clear()
    port = stand.port(webhook_url="https://waybill.example.com/webhooks/elsewhere")

    await port.changed_orders({})
    (told,) = [each for each in await port.test() if not each.ok]

    assert not stand.shop.webhooks
    assert "/webhooks/shop" in told.fix
