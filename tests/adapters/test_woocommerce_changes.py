"""The shop's list of new and changed orders: seconds, pages, what comes late, what is not ours to take."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from domain.errors import BadConfiguration
from tests.adapters.store_conformance_stand import all_changes
from tests.adapters.test_woocommerce_store import WooCommerceStand, opened

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
async def stand() -> AsyncIterator[WooCommerceStand]:
    async with opened() as ready:
        ready.set_clock(NOON)
        yield ready


async def named(stand: WooCommerceStand, cursor: dict[str, str]) -> tuple[set[str], dict[str, str]]:
    hints, cursor = await all_changes(stand.store, cursor)
    return {hint.order_id for hint in hints}, cursor


async def test_many_orders_of_one_second_among_others_are_all_found(stand: WooCommerceStand) -> None:
    _, cursor = await named(stand, {})
    sold = set()
    for seconds, count in ((1, 2), (2, 7), (3, 1), (4, 4)):
        stand.set_clock(NOON + timedelta(seconds=seconds))
        sold |= {str(stand.place()["id"]) for _ in range(count)}

    found, cursor = await named(stand, cursor)

    assert found == sold
    assert (cursor["mark"], cursor["at"], cursor["page"]) == ("2026-05-04T12:00:04", "", "1")


async def test_order_that_changes_while_pages_are_turned_pushes_none_over_the_edge(
    stand: WooCommerceStand,
) -> None:
    _, cursor = await named(stand, {})
    sold = []
    for second in range(8):
        stand.set_clock(NOON + timedelta(seconds=second))
        sold.append(str(stand.place()["id"]))

    page = await stand.store.changed_orders(cursor)
    stand.set_clock(NOON + timedelta(minutes=1))
    stand.change(sold[0])
    rest, _ = await all_changes(stand.store, page.cursor)

    assert {hint.order_id for hint in (*page.hints, *rest)} == set(sold)


async def test_pages_are_counted_by_the_orders_where_a_proxy_took_the_headers(
    stand: WooCommerceStand,
) -> None:
    _, cursor = await named(stand, {})
    stand.shop.faults.arm("no_paging_headers", times=None)
    sold = {str(stand.place()["id"]) for _ in range(7)}

    assert (await named(stand, cursor))[0] == sold


async def test_order_from_the_future_hides_nothing(stand: WooCommerceStand) -> None:
    _, cursor = await named(stand, {})
    stand.place(raw={"date_created": NOON + timedelta(days=300)})
    stand.shop.orders[max(stand.shop.orders)]["date_modified"] = NOON + timedelta(days=300)
    _, cursor = await named(stand, cursor)
    sold = str(stand.place()["id"])

    found, _ = await named(stand, cursor)

    assert sold in found


async def test_order_saved_late_is_found_by_the_daily_sweep(stand: WooCommerceStand) -> None:
    _, cursor = await named(stand, {})
    stand.set_clock(NOON + timedelta(hours=2))
    stand.place()
    _, cursor = await named(stand, cursor)
    late = stand.place()
    late["date_created"] = late["date_modified"] = NOON + timedelta(hours=1)
    at_once, cursor = await named(stand, cursor)

    stand.set_clock(NOON + timedelta(days=1))
    next_day, cursor = await named(stand, cursor)

    assert str(late["id"]) not in at_once
    assert str(late["id"]) in next_day
    assert str(late["id"]) not in (await named(stand, cursor))[0]


async def test_address_changed_without_moving_the_time_is_found_by_the_daily_sweep(
    stand: WooCommerceStand,
) -> None:
    _, cursor = await named(stand, {})
    order = stand.place()
    (before,), cursor = await all_changes(stand.store, cursor)
    order["shipping"] = {**order["shipping"], "address_1": "2 quai de la Gare"}

    stand.set_clock(NOON + timedelta(days=1))
    (after,), _ = await all_changes(stand.store, cursor)

    assert before.mark != after.mark


async def test_order_has_the_mark_that_the_list_gave_it(stand: WooCommerceStand) -> None:
    _, cursor = await named(stand, {})
    for paid in (True, False):
        await stand.sell(large=True, paid=paid)
    stand.shop.refund(stand.place()["id"], {"amount": "1.00"})

    hints, _ = await all_changes(stand.store, cursor)

    assert len(hints) == 3
    for hint in hints:
        assert (await stand.store.read_order(hint.order_id)).mark == hint.mark


async def test_refund_made_in_the_shop_is_told_as_such(stand: WooCommerceStand) -> None:
    _, cursor = await named(stand, {})
    sold = stand.place()
    stand.refund(str(sold["id"]), "GLASS-SET-4", 1)

    hints, _ = await all_changes(stand.store, cursor)

    assert [(hint.order_id, hint.kind) for hint in hints] == [(str(sold["id"]), "order.refunded")]


async def test_refund_of_a_second_that_was_read_gets_a_mark_of_its_own(stand: WooCommerceStand) -> None:
    _, cursor = await named(stand, {})
    sold = stand.place()
    (before,), cursor = await all_changes(stand.store, cursor)

    stand.shop.refund(sold["id"], {"amount": "1.00"})
    (after,), _ = await all_changes(stand.store, cursor)

    assert before.mark != after.mark


async def test_sub_orders_and_drafts_of_the_checkout_are_left_out(stand: WooCommerceStand) -> None:
    _, cursor = await named(stand, {})
    parent = stand.place()
    child = stand.place(raw={"parent_id": parent["id"]})
    stand.place(status="checkout-draft")

    found, _ = await named(stand, cursor)
    with_children, _ = await all_changes(stand.port(sub_orders=True), cursor)

    assert found == {str(parent["id"])}
    assert {hint.order_id for hint in with_children} == {str(parent["id"]), str(child["id"])}


async def test_status_of_drafts_that_means_an_order_here_is_told(stand: WooCommerceStand) -> None:
    port = stand.port(states={"wc-new": "confirmed"})
    _, cursor = await all_changes(port, {})
    order = stand.place(status="new")
    event = json.dumps({"id": order["id"], "status": "new"}).encode()

    found, _ = await all_changes(port, cursor)

    assert [hint.order_id for hint in found] == [str(order["id"])]
    told = port.read_webhook({"x-wc-webhook-topic": "order.created"}, event)
    assert told.order_id == str(order["id"])


@pytest.mark.parametrize(
    "change", [{"mark": "yesterday"}, {"at": "12:00"}, {"page": "-1"}, {"sweep": "x"}, {"trash": "?"}]
)
async def test_garbled_position_is_a_matter_of_set_up(
    stand: WooCommerceStand, change: dict[str, str]
) -> None:
    _, cursor = await named(stand, {})

    with pytest.raises(BadConfiguration):
        await stand.store.changed_orders({**cursor, **change})


async def test_two_requests_are_enough_while_nothing_happens(stand: WooCommerceStand) -> None:
    """One for the list, one for the trash."""
    _, cursor = await named(stand, {})
    seen = stand.requests()

    await named(stand, cursor)

    assert stand.requests() == seen + 2


async def test_order_put_into_the_trash_is_named_once(stand: WooCommerceStand) -> None:
    sold = stand.place()["id"]
    _, cursor = await named(stand, {})
    del cursor["trash"]  # A position that an earlier version kept has none.
    stand.set_clock(NOON + timedelta(minutes=30))
    stand.shop.trash(sold)

    hints, cursor = await all_changes(stand.store, cursor)
    stand.set_clock(NOON + timedelta(minutes=60))
    _, cursor = await all_changes(stand.store, cursor)
    later, _ = await all_changes(stand.store, cursor)

    assert [(hint.order_id, hint.mark.split()[1]) for hint in hints] == [(str(sold), "trash")]
    assert later == []


async def test_order_trashed_while_many_pages_were_read_is_named(stand: WooCommerceStand) -> None:
    """The trash keeps a mark of its own: that of the list runs ahead of it."""
    _, cursor = await named(stand, {})
    stand.set_clock(NOON + timedelta(hours=1))
    early = stand.place()["id"]
    for minute in range(7):
        stand.set_clock(NOON + timedelta(hours=2, minutes=minute))
        stand.place()
    page = await stand.store.changed_orders(cursor)
    stand.set_clock(NOON + timedelta(hours=2, minutes=7))
    stand.shop.trash(early)
    stand.set_clock(NOON + timedelta(hours=3))
    stand.place()
    _, cursor = await named(stand, page.cursor)

    hints, _ = await all_changes(stand.store, cursor)

    assert (str(early), "trash") in {(hint.order_id, hint.mark.split()[1]) for hint in hints}


async def test_orders_of_before_waybill_are_left_alone_when_somebody_touches_them(
    stand: WooCommerceStand,
) -> None:
    _, cursor = await named(stand, {})
    stand.place(raw={"date_created": NOON - timedelta(days=40)})
    new = stand.place()

    hints, _ = await all_changes(stand.port(orders_from=NOON.date().isoformat()), cursor)

    assert [hint.order_id for hint in hints] == [str(new["id"])]
