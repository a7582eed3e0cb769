"""Shop-local time, and which writes move an order's date."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from sandbox.prestashop import PlacedOrder, Settings
from sandbox.prestashop.visit import Visit, open_shop

CART = {"customer": "anna.moreau@example.com", "lines": [{"sku": "WINE-RED-75", "quantity": 6}]}
NEW_YEAR = datetime(2026, 1, 5, 9, 30, 0, 900_000, UTC)
ADDRESS = {"street": "9 rue Basse", "postcode": "69002", "city": "Lyon"}


class Clock:
    """A clock that goes on when told."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock(NEW_YEAR)


@pytest.fixture
async def visit(clock: Clock) -> AsyncIterator[Visit]:
    async with open_shop(Settings(now=clock)) as opened:
        yield opened


@pytest.fixture
def order(visit: Visit, clock: Clock) -> PlacedOrder:
    placed = visit.shop.place_order(CART)[0]
    clock.pass_by(minutes=1)
    return placed


def moved(visit: Visit, order: PlacedOrder) -> bool:
    row = visit.shop.order(order.id_order)
    return bool(row["date_upd"] != row["date_add"])


async def test_times_are_shop_local_to_the_second(visit: Visit, order: PlacedOrder) -> None:
    (record,) = await visit.listed("orders")
    (zone,) = await visit.listed("configurations", name="[PS_TIMEZONE]")

    assert record["date_add"] == "2026-01-05 10:30:00"
    assert zone["value"] == "Europe/Paris"


async def test_zone_is_the_merchants() -> None:
    async with open_shop(Settings(timezone="America/New_York", now=Clock(NEW_YEAR))) as visit:
        visit.shop.place_order(CART)
        (record,) = await visit.listed("orders")

    assert record["date_add"] == "2026-01-05 04:30:00"


async def test_hour_comes_twice_when_clocks_go_back() -> None:
    clock = Clock(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    async with open_shop(Settings(now=clock)) as visit:
        visit.shop.place_order(CART)
        clock.pass_by(hours=1)
        visit.shop.place_order(CART)
        later = await visit.ids("orders", **{"filter[date_upd]": ">[2026-10-25 02:30:00]", "date": "1"})
        records = await visit.listed("orders")

    assert [record["date_add"] for record in records] == ["2026-10-25 02:30:00"] * 2
    assert later == []


async def test_hour_is_skipped_when_clocks_go_forward() -> None:
    clock = Clock(datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC))
    async with open_shop(Settings(now=clock)) as visit:
        visit.shop.place_order(CART)
        clock.pass_by(seconds=1)
        visit.shop.place_order(CART)
        records = await visit.listed("orders")

    assert [record["date_add"][11:] for record in records] == ["01:59:59", "03:00:00"]


async def test_state_change_moves_the_orders_date(visit: Visit, order: PlacedOrder) -> None:
    await visit.send("POST", "order_histories", "order_history", id_order=order.id_order, id_order_state=4)

    assert visit.shop.order(order.id_order)["date_upd"] == "2026-01-05 10:31:00"


async def test_invoice_is_dated_once_even_where_none_is_numbered(
    visit: Visit, order: PlacedOrder, clock: Clock
) -> None:
    visit.shop.settings.invoicing = False
    visit.shop.set_state(order.id_order, 2)
    clock.pass_by(minutes=1)

    visit.shop.set_state(order.id_order, 3)

    assert visit.shop.order(order.id_order)["invoice_date"] == "2026-01-05 10:31:00"
    assert len(visit.shop.rows("order_invoices")) == 1


async def test_note_moves_the_orders_date(visit: Visit, order: PlacedOrder) -> None:
    await visit.send("PATCH", "orders", "order", id=order.id_order, note="SAP 1")

    assert moved(visit, order)


async def test_edited_lines_and_address_move_the_orders_date(visit: Visit, order: PlacedOrder) -> None:
    visit.shop.edit(order.id_order, {"lines": [{"sku": "WINE-RED-75", "quantity": 5}]})
    assert moved(visit, order)

    (other,) = visit.shop.place_order(CART)
    visit.shop.edit(other.id_order, {"address": ADDRESS})
    assert visit.shop.order(other.id_order)["id_address_delivery"] != 501


async def test_tracking_payments_slips_and_messages_leave_the_orders_date_alone(
    visit: Visit, order: PlacedOrder
) -> None:
    (parcel,) = visit.shop.rows("order_carriers", id_order=order.id_order)
    await visit.send("PATCH", "order_carriers", "order_carrier", id=parcel["id"], tracking_number="7")
    await visit.send(
        "POST",
        "order_payments",
        "order_payment",
        order_reference=order.reference,
        id_currency=1,
        amount="98.50",
        conversion_rate=1,
    )
    await visit.send("POST", "messages", "message", id_order=order.id_order, message="SAP 1", private=1)
    visit.shop.refund(order.id_order, {"lines": [{"sku": "WINE-RED-75", "quantity": 1}]})
    visit.shop.edit(order.id_order, {"address": ADDRESS, "overwrite_address": True})

    assert not moved(visit, order)
    assert visit.shop.order(order.id_order)["total_paid_real"] == 0


async def test_edit_in_the_webservice_of_the_address_leaves_the_orders_date_alone(
    visit: Visit, order: PlacedOrder
) -> None:
    await visit.send("PATCH", "addresses", "address", id=501, city="Bron")

    assert not moved(visit, order)
    assert visit.shop.rows("addresses", id=501)[0]["date_upd"] == "2026-01-05 10:31:00"


async def test_a_day_alone_means_its_midnight() -> None:
    midnight = datetime(2026, 1, 4, 23, 0, tzinfo=UTC)
    async with open_shop(Settings(now=Clock(midnight))) as visit:
        visit.shop.place_order(CART)
        after = await visit.ids("orders", **{"filter[date_add]": ">[2026-01-05]", "date": "1"})
        exactly = await visit.ids("orders", **{"filter[date_add]": "[2026-01-05]", "date": "1"})

    assert (len(after), len(exactly)) == (0, 1)


async def test_poll_by_date_finds_what_changed(visit: Visit, order: PlacedOrder, clock: Clock) -> None:
    clock.pass_by(minutes=5)
    (later,) = visit.shop.place_order(CART)

    since = {"filter[date_upd]": ">[2026-01-05 10:31:00]", "date": "1", "sort": "[date_upd_ASC,id_ASC]"}
    before = await visit.ids("orders", **since)
    visit.shop.set_state(order.id_order, 4)
    after = await visit.ids("orders", **since)

    assert before == [later.id_order]
    assert after == [order.id_order, later.id_order]
