"""The store's own list names every order that is new or changed."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.adapters.store_conformance_stand import StoreStand, all_changes


class OwnList:
    """The store's own list names every order that is new or changed."""

    async def test_first_reading_names_no_old_order(self, stand: StoreStand) -> None:
        stand.set_clock(datetime(2026, 5, 4, 8, tzinfo=UTC))
        await stand.sell()
        stand.set_clock(datetime(2026, 5, 4, 12, tzinfo=UTC))

        hints, _ = await all_changes(stand.store, {})

        assert not hints

    async def test_order_whose_webhook_was_lost_is_found(self, stand: StoreStand) -> None:
        stand.lose_webhooks()
        _, cursor = await all_changes(stand.store, {})
        sold = await stand.sell()

        hints, _ = await all_changes(stand.store, cursor)

        assert [hint.order_id for hint in hints] == [sold.order_id]

    async def test_cursor_is_texts_that_json_keeps(self, stand: StoreStand) -> None:
        await stand.sell()

        _, cursor = await all_changes(stand.store, {})

        assert json.loads(json.dumps(cursor)) == cursor
        assert all(isinstance(value, str) for value in cursor.values())

    async def test_repeat_is_told_by_its_mark(self, stand: StoreStand) -> None:
        _, cursor = await all_changes(stand.store, {})
        sold = await stand.sell()

        first, cursor = await all_changes(stand.store, cursor)
        second, _ = await all_changes(stand.store, cursor)

        assert {hint.mark for hint in second} <= {hint.mark for hint in first}
        assert first[0].mark == (await stand.store.read_order(sold.order_id)).mark

    async def test_change_of_state_gets_another_mark(self, stand: StoreStand) -> None:
        _, cursor = await all_changes(stand.store, {})
        sold = await stand.sell()
        before, cursor = await all_changes(stand.store, cursor)

        stand.change(sold.order_id)
        after, _ = await all_changes(stand.store, cursor)

        assert sold.order_id in {hint.order_id for hint in after}
        assert {hint.mark for hint in after}.isdisjoint(hint.mark for hint in before)

    async def test_orders_of_one_second_are_all_found(self, stand: StoreStand) -> None:
        stand.set_clock(datetime(2026, 5, 4, 12, tzinfo=UTC))
        _, cursor = await all_changes(stand.store, {})
        sold = {(await stand.sell()).order_id for _ in range(8)}

        hints, cursor = await all_changes(stand.store, cursor)
        later = (await stand.sell()).order_id
        more, _ = await all_changes(stand.store, cursor)

        assert {hint.order_id for hint in hints} == sold
        assert later in {hint.order_id for hint in more}

    @pytest.mark.parametrize(
        "transition",
        [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)],
        ids=["clocks go forward", "clocks go back"],
    )
    @pytest.mark.parametrize("step", [timedelta(minutes=9), timedelta(minutes=17), timedelta(minutes=61)])
    async def test_no_order_is_lost_in_the_night_the_clocks_change(
        self, stand: StoreStand, transition: datetime, step: timedelta
    ) -> None:
        now = transition - timedelta(hours=3)
        stand.set_clock(now)
        _, cursor = await all_changes(stand.store, {})
        lost = []

        while now < transition + timedelta(hours=3):
            now += step
            stand.set_clock(now)
            sold = await stand.sell()
            hints, cursor = await all_changes(stand.store, cursor)
            if sold.order_id not in {hint.order_id for hint in hints}:
                lost.append(now)

        assert not lost

    async def test_order_is_found_after_hours_without_reading(self, stand: StoreStand) -> None:
        """The reading stops before the clocks go back and goes on after."""
        stand.set_clock(datetime(2026, 10, 25, 0, 50, tzinfo=UTC))
        await stand.sell()
        _, cursor = await all_changes(stand.store, {})
        await stand.sell()
        _, cursor = await all_changes(stand.store, cursor)
        stand.set_clock(datetime(2026, 10, 25, 1, 20, tzinfo=UTC))
        missed = await stand.sell()

        stand.set_clock(datetime(2026, 10, 25, 5, tzinfo=UTC))
        hints, _ = await all_changes(stand.store, cursor)

        assert missed.order_id in {hint.order_id for hint in hints}
