"""The shop's own list of orders: its cursors, its clock, and lists that misbehave."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from starlette.middleware.base import RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response

from adapters.ports import OrderHint
from adapters.stores.prestashop.times import stamp
from domain.errors import BadConfiguration
from sandbox.prestashop import Settings
from tests.adapters.store_conformance_stand import all_changes
from tests.adapters.test_prestashop_store import PrestaShopStand, opened

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


@pytest.fixture
async def stand() -> AsyncIterator[PrestaShopStand]:
    async with opened() as ready:
        ready.set_clock(NOON)
        yield ready


def ids(hints: list[OrderHint]) -> list[str]:
    return [hint.order_id for hint in hints]


def silently(stand: PrestaShopStand, order_id: str, **values: object) -> None:
    """Change an order's row without moving its date."""
    stand.shop.state.tables["orders"].change(stand.shop.state.tables["orders"].rows[int(order_id)], values)


def edit(stand: PrestaShopStand, order_id: str) -> None:
    """Let an employee change a line: the order's date moves, its history does not."""
    (line,) = stand.shop.rows("order_details", id_order=int(order_id))
    lines = [{"sku": "GLASS-SET-4", "quantity": line["product_quantity"] + 1}]
    stand.shop.edit(int(order_id), {"lines": lines})


async def test_quiet_shop_is_asked_twice(stand: PrestaShopStand) -> None:
    _, cursor = await all_changes(stand.store, {})
    seen = stand.requests()

    page = await stand.store.changed_orders(cursor)

    assert not page.more
    assert stand.seen(seen) == ["orders", "order_histories"]


async def test_overlap_is_read_again_and_no_more(stand: PrestaShopStand) -> None:
    _, cursor = await all_changes(stand.store, {})
    for minutes in (1, 3, 10):
        stand.set_clock(NOON + timedelta(minutes=minutes))
        stand.place()
    _, cursor = await all_changes(stand.store, cursor)
    stand.set_clock(NOON + timedelta(minutes=12))
    late = stand.place()

    hints, _ = await all_changes(stand.store, cursor)

    assert ids(hints) == ["1003", late]


async def test_order_committed_late_is_found_in_the_overlap(stand: PrestaShopStand) -> None:
    """Its time is from before the mark: the shop took the change, then was slow to commit."""
    early = stand.place()
    _, cursor = await all_changes(stand.store, {})
    stand.set_clock(NOON + timedelta(minutes=20))
    stand.place()
    _, cursor = await all_changes(stand.store, cursor)
    stand.set_clock(NOON + timedelta(minutes=17))
    edit(stand, early)

    hints, _ = await all_changes(stand.store, cursor)

    assert "2026-05-04 14:17:00/2" in {hint.mark for hint in hints}


async def test_change_that_did_not_move_the_date_is_found_by_its_history(stand: PrestaShopStand) -> None:
    _, cursor = await all_changes(stand.store, {})
    order_id = stand.place()
    _, cursor = await all_changes(stand.store, cursor)
    stand.set_clock(NOON + timedelta(hours=1))
    other = stand.place()
    _, cursor = await all_changes(stand.store, cursor)
    stand.shop.state.insert("order_histories", id_order=int(order_id), id_order_state=3)
    silently(stand, order_id, current_state=3)

    hints, cursor = await all_changes(stand.store, cursor)
    again, _ = await all_changes(stand.store, cursor)

    assert sorted(ids(hints)) == sorted([order_id, other])
    assert next(hint for hint in hints if hint.order_id == order_id).mark == "2026-05-04 14:00:00/3"
    assert order_id not in ids(again)


async def test_history_longer_than_a_page_is_read_to_its_end(stand: PrestaShopStand) -> None:
    _, cursor = await all_changes(stand.store, {})
    orders = [stand.place() for _ in range(7)]
    for order_id in orders:
        silently(stand, order_id, date_upd="2026-05-01 00:00:00")

    hints, _ = await all_changes(stand.store, cursor)

    assert set(ids(hints)) == set(orders)


async def test_sweep_finds_what_nothing_else_does_once_a_day(stand: PrestaShopStand) -> None:
    _, cursor = await all_changes(stand.store, {})
    hidden = [stand.place() for _ in range(5)]
    for order_id in hidden:
        silently(stand, order_id, date_upd="2026-05-01 00:00:00")
    for row in stand.shop.rows("order_histories"):
        stand.shop.state.tables["order_histories"].rows.pop(row["id"])
    same_day, cursor = await all_changes(stand.store, cursor)
    stand.set_clock(NOON + timedelta(days=1))

    next_day, cursor = await all_changes(stand.store, cursor)
    later, _ = await all_changes(stand.store, cursor)

    assert not same_day
    assert set(ids(next_day)) == set(hidden)
    assert not later


async def test_sweep_names_nothing_from_before_the_beginning(stand: PrestaShopStand) -> None:
    stand.set_clock(NOON - timedelta(days=2))
    stand.place()
    stand.set_clock(NOON)
    _, cursor = await all_changes(stand.store, {})
    stand.set_clock(NOON + timedelta(days=1))

    hints, _ = await all_changes(stand.store, cursor)

    assert not hints


async def test_second_reading_goes_back_no_further_than_the_first(stand: PrestaShopStand) -> None:
    stand.set_clock(NOON - timedelta(minutes=7))
    stand.place()
    stand.set_clock(NOON)
    _, cursor = await all_changes(stand.store, {})

    hints, _ = await all_changes(stand.store, cursor)

    assert not hints


async def test_order_from_the_future_hides_nothing_that_comes_until_then(stand: PrestaShopStand) -> None:
    _, cursor = await all_changes(stand.store, {})
    odd, usual = stand.place(), stand.place()
    silently(stand, odd, date_upd="2031-01-01 00:00:00")
    hints, cursor = await all_changes(stand.store, cursor)
    stand.set_clock(NOON + timedelta(minutes=30))
    edit(stand, usual)

    later, _ = await all_changes(stand.store, cursor)

    assert set(ids(hints)) == {odd, usual}
    assert "2026-05-04 14:30:00/2" in {hint.mark for hint in later}


@pytest.mark.parametrize("step", [timedelta(minutes=7), timedelta(minutes=25), timedelta(minutes=61)])
@pytest.mark.parametrize(
    "night", [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)]
)
async def test_edits_are_found_in_the_night_the_clocks_change(
    stand: PrestaShopStand, night: datetime, step: timedelta
) -> None:
    """An edit moves the order's date and leaves no row in its history: only the overlap finds it."""
    now, missed = night - timedelta(hours=2), []
    stand.set_clock(now)
    _, cursor = await all_changes(stand.store, {})
    order_id = stand.place()

    while now < night + timedelta(hours=3):
        now += step
        stand.set_clock(now)
        edit(stand, order_id)
        hints, cursor = await all_changes(stand.store, cursor)
        if stamp(now, PARIS) not in {hint.mark.partition("/")[0] for hint in hints}:
            missed.append(now)

    assert not missed


async def test_edits_of_one_second_over_many_pages_are_all_found(stand: PrestaShopStand) -> None:
    orders = {stand.place() for _ in range(8)}
    stand.set_clock(NOON + timedelta(hours=1))
    _, cursor = await all_changes(stand.store, {})
    stand.set_clock(NOON + timedelta(hours=2))
    for order_id in orders:
        edit(stand, order_id)

    hints, _ = await all_changes(stand.store, cursor)

    assert set(ids(hints)) == orders


async def test_row_with_a_broken_time_stops_nobody(stand: PrestaShopStand) -> None:
    _, cursor = await all_changes(stand.store, {})
    broken = stand.place()
    silently(stand, broken, date_upd="soon")
    sound = stand.place()

    hints, cursor = await all_changes(stand.store, cursor)
    again, _ = await all_changes(stand.store, cursor)

    assert {broken, sound} <= set(ids(hints))
    assert sound in ids(again)


@pytest.mark.parametrize("ignored", ["date_", "filter"])
async def test_list_that_ignores_its_filters_ends(ignored: str) -> None:
    async def unfiltered(request: Request, shop: RequestResponseEndpoint) -> Response:
        kept = [(name, value) for name, value in request.query_params.multi_items() if ignored not in name]
        request.scope["query_string"] = urlencode(kept).encode()
        return await shop(request)

    async with opened(front=unfiltered) as stand:
        stand.set_clock(NOON)
        for _ in range(9):
            stand.place()
        stand.set_clock(NOON + timedelta(hours=1))
        _, cursor = await all_changes(stand.store, {})
        stand.set_clock(NOON + timedelta(days=1))

        hints, _ = await all_changes(stand.store, cursor)

    assert len(set(ids(hints))) <= 9


async def test_reading_begins_at_the_shops_clock_not_ours(stand: PrestaShopStand) -> None:
    _, cursor = await all_changes(stand.store, {})

    assert cursor["begun"] == "2026-05-04 13:55:00"


async def test_shop_that_hides_its_clock_is_read_from_our_present() -> None:
    async def without_clock(request: Request, shop: RequestResponseEndpoint) -> Response:
        answer = await shop(request)
        del answer.headers["access-time"]
        return answer

    async with opened(front=without_clock) as stand:
        _, cursor = await all_changes(stand.store, {})
        order_id = stand.place()

        hints, _ = await all_changes(stand.store, cursor)

    assert ids(hints) == [order_id]


@pytest.mark.parametrize(
    "wrong",
    [
        {"mark": ""},
        {"mark": "yesterday"},
        {"mark": "2026-05-04 12:00:00]&limit=1"},
        {"begun": "2026-13-01 00:00:00"},
        {"at": "x"},
        {"history": "-1"},
        {"at_id": "٣"},
        {"sweep_id": "1e3"},
    ],
)
async def test_garbled_cursor_is_refused(stand: PrestaShopStand, wrong: Mapping[str, str]) -> None:
    _, cursor = await all_changes(stand.store, {})

    with pytest.raises(BadConfiguration) as caught:
        await stand.store.changed_orders({**cursor, **wrong})

    assert caught.value.problem.field == "cursor"


async def test_shop_of_another_zone_is_read_in_its_own_time() -> None:
    async with opened(Settings(timezone="Australia/Lord_Howe")) as stand:
        stand.set_clock(NOON)
        _, cursor = await all_changes(stand.store, {})
        order_id = stand.place()

        hints, _ = await all_changes(stand.store, cursor)

    assert cursor["begun"] == "2026-05-04 22:25:00"
    assert ids(hints) == [order_id]
