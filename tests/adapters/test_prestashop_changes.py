"""The shop's own list of orders: its cursors, its clock, and lists that misbehave."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.middleware.base import RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response

from adapters.ports import OrderHint
from adapters.stores.prestashop.times import FORM, overlap_start, read_stamp, stamp, to_utc
from domain.errors import BadConfiguration
from sandbox.prestashop import Settings
from tests.adapters.store_conformance_stand import all_changes
from tests.adapters.test_prestashop_store import PrestaShopStand, opened

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
FIVE_MINUTES = timedelta(minutes=5)


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
    """Its time is from before the mark: the shop took it, then was slow to commit."""
    _, cursor = await all_changes(stand.store, {})
    stand.set_clock(NOON + timedelta(minutes=20))
    stand.place()
    _, cursor = await all_changes(stand.store, cursor)
    stand.set_clock(NOON + timedelta(minutes=17))
    late = stand.place()

    hints, _ = await all_changes(stand.store, cursor)

    assert late in ids(hints)


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
    odd = stand.place()
    silently(stand, odd, date_upd="2031-01-01 00:00:00")
    hints, cursor = await all_changes(stand.store, cursor)
    stand.set_clock(NOON + timedelta(minutes=30))
    usual = stand.place()

    later, _ = await all_changes(stand.store, cursor)

    assert ids(hints) == [odd]
    assert usual in ids(later)


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


def test_overlap_is_real_time_when_the_clocks_jump_forward() -> None:
    assert overlap_start("2026-03-29 03:02:00", PARIS, FIVE_MINUTES) == "2026-03-29 01:57:00"


@pytest.mark.parametrize(
    ("mark", "start"),
    [
        ("2026-10-25 01:58:00", "2026-10-25 01:53:00"),
        ("2026-10-25 02:59:00", "2026-10-25 01:54:00"),
        ("2026-10-25 02:02:00", "2026-10-25 00:57:00"),
        ("2026-10-25 03:01:00", "2026-10-25 01:56:00"),
        ("2026-10-25 05:00:00", "2026-10-25 04:55:00"),
    ],
)
def test_overlap_is_an_hour_longer_when_the_clocks_went_back(mark: str, start: str) -> None:
    assert overlap_start(mark, PARIS, FIVE_MINUTES) == start


zones = st.sampled_from(["Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"])
moments = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(zone=zones, seen=moments, ago=st.timedeltas(timedelta(0), FIVE_MINUTES))
def test_what_was_written_within_the_overlap_is_read_again(zone: str, seen: datetime, ago: timedelta) -> None:
    """The mark is the latest text seen; a row of up to five minutes before sorts after the start."""
    place = ZoneInfo(zone)
    mark, written = stamp(seen, place), stamp(seen - ago + timedelta(seconds=1), place)

    assert overlap_start(max(mark, written), place, FIVE_MINUTES) < written


@given(zone=zones, moment=moments)
def test_local_time_is_read_back_except_in_the_hour_that_comes_twice(zone: str, moment: datetime) -> None:
    place, moment = ZoneInfo(zone), moment.replace(microsecond=0)

    local = read_stamp(stamp(moment, place))

    assert local is not None
    assert timedelta(0) <= moment - to_utc(local, place) <= timedelta(hours=1)
    assert local.strftime(FORM) == stamp(moment, place)
