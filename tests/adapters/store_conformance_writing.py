"""What is written into a store is written once."""

import pytest

from adapters.ports import STATUS_WENT_ON
from domain.errors import (
    FixSetup,
    InDoubt,
    NotFound,
    Refused,
)
from tests.adapters.store_conformance_stand import StoreStand, Trouble


class Writing:
    """What is written into a store is written once."""

    async def test_erp_number_is_shown_once(self, stand: StoreStand) -> None:
        sold = await stand.sell()

        await stand.store.show_erp_number(sold.order_id, "ERP order 12345")
        await stand.store.show_erp_number(sold.order_id, "ERP order 12345")

        assert stand.times_shown(sold.order_id, "ERP order 12345") == 1
        assert stand.writes() == stand.writes_a_note

    async def test_number_that_begins_another_is_shown_too(self, stand: StoreStand) -> None:
        sold = await stand.sell()

        await stand.store.show_erp_number(sold.order_id, "ERP order 12345")
        await stand.store.show_erp_number(sold.order_id, "ERP order 123")

        assert stand.writes() == 2 * stand.writes_a_note

    async def test_status_is_set_once(self, stand: StoreStand) -> None:
        sold = await stand.sell()
        before = stand.statuses(sold.order_id)

        await stand.store.set_status(sold.order_id, stand.another_status)
        await stand.store.set_status(sold.order_id, stand.another_status)

        assert stand.statuses(sold.order_id) == [*before, stand.another_status]

    async def test_status_that_somebody_else_set_stays(self, stand: StoreStand) -> None:
        sold = await stand.sell()
        before = stand.statuses(sold.order_id)

        with pytest.raises(Refused) as caught:
            await stand.store.set_status(sold.order_id, stand.another_status, only_from=("no-such",))
        refused = stand.statuses(sold.order_id)
        await stand.store.set_status(sold.order_id, stand.another_status, only_from=("no-such", before[-1]))

        assert caught.value.problem.code == STATUS_WENT_ON
        assert refused == before
        assert stand.statuses(sold.order_id) == [*before, stand.another_status]

    @pytest.mark.parametrize("status", ["", "nonsense", "999999", "-1"])
    async def test_unknown_status_is_a_matter_of_set_up(self, stand: StoreStand, status: str) -> None:
        sold = await stand.sell()

        with pytest.raises(FixSetup):
            await stand.store.set_status(sold.order_id, status)

        assert stand.writes() == 0

    async def test_tracking_of_several_parcels_is_shown_once(self, stand: StoreStand) -> None:
        sold = await stand.sell()

        await stand.store.set_tracking(sold.order_id, ("1Z999", "2Z999"))
        await stand.store.set_tracking(sold.order_id, ("1Z999", "2Z999"))

        assert "1Z999" in stand.tracking(sold.order_id)
        assert "2Z999" in stand.tracking(sold.order_id)
        assert stand.writes() == stand.writes_a_note

    async def test_no_parcel_writes_nothing(self, stand: StoreStand) -> None:
        sold = await stand.sell()

        await stand.store.set_tracking(sold.order_id, ())

        assert stand.writes() == 0

    @pytest.mark.parametrize("trouble", [Trouble.CUT_AFTER, Trouble.FAILS_AFTER])
    async def test_write_that_arrived_counts_although_its_answer_was_lost(
        self, stand: StoreStand, trouble: Trouble
    ) -> None:
        sold = await stand.sell()
        before = stand.statuses(sold.order_id)

        await stand.cause(trouble, on_write=True)
        await stand.store.show_erp_number(sold.order_id, "ERP order 12345")
        await stand.cause(trouble, on_write=True)
        await stand.store.set_status(sold.order_id, stand.another_status)
        statuses = stand.statuses(sold.order_id)
        await stand.cause(trouble, on_write=True)
        await stand.store.set_tracking(sold.order_id, ("1Z999",))

        assert stand.times_shown(sold.order_id, "ERP order 12345") == 1
        assert statuses == [*before, stand.another_status]
        assert "1Z999" in stand.tracking(sold.order_id)

    async def test_write_that_may_not_have_arrived_is_in_doubt_and_can_be_repeated(
        self, stand: StoreStand
    ) -> None:
        sold = await stand.sell()
        before = stand.statuses(sold.order_id)

        await stand.cause(Trouble.CUT_BEFORE, on_write=True)
        with pytest.raises(InDoubt):
            await stand.store.set_status(sold.order_id, stand.another_status)
        await stand.store.set_status(sold.order_id, stand.another_status)

        assert stand.statuses(sold.order_id) == [*before, stand.another_status]

    async def test_writes_to_an_unknown_order_are_not_found(self, stand: StoreStand) -> None:
        with pytest.raises(NotFound):
            await stand.store.show_erp_number("987654321", "ERP order 1")
        with pytest.raises(NotFound):
            await stand.store.set_status("987654321", stand.another_status)
        with pytest.raises(NotFound):
            await stand.store.set_tracking("987654321", ("1Z999",))

        assert stand.writes() == 0
