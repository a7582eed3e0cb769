"""What the change feed of SAP Business One never passes over: clocks, pages, deliveries for two orders."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from adapters.erps.sap_business_one import SapBusinessOne
from adapters.erps.sap_business_one.marks import Mark, advanced, stamp_of, where
from domain.errors import Passing, WaybillError
from domain.policy import DocumentKind
from sandbox.sap_business_one import Company, Settings
from tests.adapters.erp_conformance_after import drained, named, posted
from tests.adapters.sap_after_bench import SapAfterBench, sap_after_bench
from tests.adapters.test_sap_conformance import sap_settings

BEFORE_THE_HOUR_REPEATS = datetime(2026, 10, 25, 2, 58)  # noqa: DTZ001 - the server's clock has no zone


class Clock:
    """The server's clock, which tests turn."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> None:
        """Let time pass, or go back."""
        self.now += timedelta(**by)


def row(entry: int, time: str, day: str = "2026-01-15", etag: str = "a") -> dict[str, Any]:
    return {"DocEntry": entry, "UpdateDate": f"{day}T00:00:00Z", "UpdateTime": time, "@odata.etag": etag}


def enter_newer_orders(bench: SapAfterBench) -> None:
    """Enter so many orders that the earlier ones are no more among the latest, which are always read."""
    for _ in range(12):
        bench.foreign_order()


@pytest.fixture
def clock() -> Clock:
    return Clock(BEFORE_THE_HOUR_REPEATS)


async def test_clock_that_goes_back_hides_nothing(clock: Clock) -> None:
    async with sap_after_bench(Company(Settings(clock=clock))) as bench:
        first, second, third = [await posted(bench, number) for number in (1, 2, 3)]
        enter_newer_orders(bench)
        cursor = (await bench.after.changes({})).cursor
        bench.close_order(first.entry)
        seen = await drained(bench.after, cursor)
        clock.turn(minutes=-57)
        bench.close_order(second.entry)
        back = await drained(bench.after, seen.cursor)
        clock.turn(minutes=20)
        bench.close_order(third.entry)
        later = await drained(bench.after, back.cursor)

    assert {hint.key for hint in seen.hints} == {first.key}
    assert second.key in {hint.key for hint in back.hints}
    assert {hint.key for hint in later.hints} == {third.key}


async def test_change_in_the_hour_that_came_twice_is_found_after_an_outage(clock: Clock) -> None:
    async with sap_after_bench(Company(Settings(clock=clock))) as bench:
        made = await posted(bench)
        enter_newer_orders(bench)
        cursor = (await bench.after.changes({})).cursor
        clock.turn(minutes=-57)
        bench.close_order(made.entry)
        clock.turn(minutes=87)
        later = SapBusinessOne(
            "sap", sap_settings(bench.url), Clock(datetime.now(UTC) + timedelta(minutes=90))
        )
        seen = await drained(later, cursor)
        await later.close()

    assert made.key in {hint.key for hint in seen.hints}


async def test_clock_that_jumps_ahead_hides_nothing(clock: Clock) -> None:
    async with sap_after_bench(Company(Settings(clock=clock))) as bench:
        made = await posted(bench)
        cursor = (await bench.after.changes({})).cursor
        clock.turn(hours=1)
        bench.close_order(made.entry)

        assert {hint.key for hint in (await drained(bench.after, cursor)).hints} == {made.key}


async def test_stamp_from_the_future_hides_nothing_behind_it(clock: Clock) -> None:
    async with sap_after_bench(Company(Settings(clock=clock))) as bench:
        odd, usual = await posted(bench, 1), await posted(bench, 2)
        enter_newer_orders(bench)
        cursor = (await bench.after.changes({})).cursor
        clock.turn(days=300)
        bench.close_order(odd.entry)
        clock.turn(days=-300)
        cursor = (await drained(bench.after, cursor)).cursor
        clock.turn(minutes=30)
        bench.close_order(usual.entry)

        assert usual.key in {hint.key for hint in (await drained(bench.after, cursor)).hints}


async def test_long_idle_time_costs_no_backlog(clock: Clock) -> None:
    async with sap_after_bench(Company(Settings(clock=clock))) as bench:
        made = await posted(bench)
        cursor = (await bench.after.changes({})).cursor
        clock.turn(days=9)
        idle = await bench.after.changes(cursor)
        again = await bench.after.changes(idle.cursor)
        bench.close_order(made.entry)

        assert not idle.hints
        assert again == idle
        assert {hint.key for hint in (await drained(bench.after, idle.cursor)).hints} == {made.key}


async def test_delivery_for_two_orders_hints_at_both() -> None:
    async with sap_after_bench() as bench:
        orders = [await posted(bench, number) for number in (1, 2)]
        cursor = (await bench.after.changes({})).cursor
        deliver_together(bench, [made.entry for made in orders])
        seen = await drained(bench.after, cursor)
        first, second = [await bench.after.progress(DocumentKind.ORDER, made.entry) for made in orders]

    keys = {hint.key for hint in seen.hints if hint.what == "delivery 451"}
    assert keys == {made.key for made in orders}
    assert first.shipped == second.shipped == {"WINE-RED-75": 1}


def deliver_together(bench: SapAfterBench, entries: list[str]) -> None:
    """Deliver one piece of each order's first line with one document."""
    lines = [
        {"BaseType": 17, "BaseEntry": int(entry), "BaseLine": 0, "Quantity": Decimal(1)} for entry in entries
    ]
    with bench.company.transaction():
        bench.company.deliveries.create({"CardCode": "C20000", "DocumentLines": lines})


async def test_long_list_of_changes_comes_in_pages() -> None:
    async with sap_after_bench() as bench:
        bench.company.staff.set_stock("WINE-RED-75", Decimal(600))
        made = await posted(bench, quantity="550")
        cursor = (await bench.after.changes({})).cursor
        for _ in range(520):
            bench.company.staff.deliver(int(made.entry), {0: Decimal(1)})
        first = await bench.after.changes(cursor)
        rest = await drained(bench.after, first.cursor)

    assert first.more
    assert len({hint.what for hint in (*first.hints, *rest.hints) if hint.what.startswith("delivery")}) == 520
    assert sum(map(len, rest.cursor.values())) < 20_000


@pytest.mark.parametrize(
    "fault", ["session_expired", "bad_gateway_html", "reset_before", "error_500_before", "unavailable_503"]
)
async def test_trouble_while_reading_loses_nothing(fault: str) -> None:
    async with sap_after_bench() as bench:
        made = await posted(bench)
        cursor = (await bench.after.changes({})).cursor
        bench.ship(made.entry)
        bench.company.faults.arm(fault)
        try:
            seen = await drained(bench.after, cursor)
        except Passing:
            seen = await drained(bench.after, cursor)

    assert "delivery" in named(seen)


async def test_pick_lists_can_be_left_out() -> None:
    async with sap_after_bench(follow_picking=False) as bench:
        made = await posted(bench)
        cursor = (await bench.after.changes({})).cursor
        await bench.after.changes(cursor)

        assert not [entry for entry in bench.company.ledger.of("request") if entry["path"] == "PickLists"]
        bench.ship(made.entry)
        assert "delivery" in named(await drained(bench.after, cursor))


async def test_closed_pick_list_is_hinted() -> None:
    async with sap_after_bench() as bench:
        made = await posted(bench)
        entry = bench.company.staff.release(int(made.entry))["Absoluteentry"]
        cursor = (await bench.after.changes({})).cursor
        bench.company.staff.close_pick_list(entry)

        assert "pick list" in named(await drained(bench.after, cursor))


@pytest.mark.parametrize("lost", ["ReturnRequest", "minutes_ahead"])
async def test_a_cursor_of_an_older_version_goes_on_and_tells_the_new_from_now_on(lost: str) -> None:
    async with sap_after_bench() as bench:
        first, second = [await posted(bench, number) for number in (1, 2)]
        bench.deliver(first.entry)
        start = (await bench.after.changes({})).cursor
        bench.close_order(second.entry)

        older = {name: mark for name, mark in start.items() if name != lost}
        told = await drained(bench.after, older)

        assert {hint.key for hint in told.hints} == {second.key}
        assert told.cursor.keys() == start.keys()


async def test_cursor_of_another_system_is_refused() -> None:
    async with sap_after_bench() as bench:
        with pytest.raises(WaybillError, match="cursor"):
            await bench.after.changes({"date_upd": "2026-01-15 10:00:00"})


def test_mark_moves_with_the_servers_clock_in_steps() -> None:
    mark = Mark(at="2026-01-15T09:00:00")

    later, _ = advanced(mark, [row(7, "09:30:10")], "2026-01-15T09:31:00", more=False)
    future, _ = advanced(mark, [row(7, "11:00:00")], "2026-01-15T09:31:00", more=False)
    still, _ = advanced(later, [row(7, "09:30:10")], "2026-01-15T09:31:58", more=False)
    idle, _ = advanced(later, [], "2026-01-15T12:00:00", more=False)

    assert (later.at, later.top) == ("2026-01-15T09:31:00", 7)
    assert future.at == "2026-01-15T09:31:00"
    assert still == later
    assert (idle.at, idle.seen) == ("2026-01-15T12:00:00", {})


def test_a_crowded_window_is_told_once_and_empties_itself() -> None:
    """More documents within the overlap than any list of what was seen would like to keep."""
    rows = [row(number, "09:30:10") for number in range(1, 3001)]

    first, told = advanced(Mark(at="2026-01-15T09:30:00"), rows, "2026-01-15T09:31:00", more=False)
    second, again = advanced(first, rows, "2026-01-15T09:31:02", more=False)

    assert (len(told), again) == (3000, [])
    assert second == first


def test_second_change_within_one_second_is_new() -> None:
    mark, first = advanced(
        Mark(at="2026-01-15T09:00:00"), [row(7, "09:30:10")], "2026-01-15T09:30:10", more=False
    )

    _, same = advanced(mark, [row(7, "09:30:10")], "2026-01-15T09:30:12", more=False)
    _, changed = advanced(mark, [row(7, "09:30:10", etag="b")], "2026-01-15T09:30:12", more=False)

    assert (len(first), len(same), len(changed)) == (1, 0, 1)


def test_change_in_the_middle_of_a_long_pass_stays_in_the_window() -> None:
    mark = Mark(at="2026-01-15T09:00:00")

    middle, _ = advanced(mark, [row(1, "09:10:00"), row(2, "09:11:00")], "2026-01-15T09:30:00", more=True)
    end, _ = advanced(middle, [row(3, "09:45:00")], "2026-01-15T09:45:00", more=False)

    assert middle.after == 2
    assert "DocEntry gt 2" in where(middle, timedelta(minutes=10))
    assert end.at == "2026-01-15T09:30:00"
    assert set(end.seen) == {1, 2, 3}


def test_window_begins_an_overlap_earlier_and_crosses_midnight() -> None:
    text = where(Mark(at="2026-01-15T00:04:30", top=40), timedelta(minutes=10))

    assert "UpdateDate gt '2026-01-14'" in text
    assert "UpdateDate eq '2026-01-14' and UpdateTime ge '23:54:00'" in text
    assert "DocEntry gt 30" in text


@pytest.mark.parametrize(
    ("sent", "stamp"),
    [
        (row(1, "09:30:10"), "2026-01-15T09:30:10"),
        ({"DocEntry": 1, "UpdateDate": "2026-01-15", "UpdateTime": None}, "2026-01-15T00:00:00"),
        ({"DocEntry": 1, "UpdateDate": None, "UpdateTime": "09:30:10"}, ""),
    ],
)
def test_stamp_is_read_as_far_as_it_is_there(sent: dict[str, Any], stamp: str) -> None:
    assert stamp_of(sent) == stamp
