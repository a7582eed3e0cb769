"""What the store gave back by itself is read as often as wanted, and always under the same names."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from domain.errors import Disposition, WaybillError
from domain.refunds import StoreRefund
from tests.adapters.store_conformance_stand import StoreStand, Trouble

MADE_AT = datetime(2026, 7, 1, 12, 30, tzinfo=UTC)


class Refunding:
    """What the store gave back by itself."""

    async def test_order_without_refunds_has_none(self, stand: StoreStand) -> None:
        sold = await stand.sell()

        assert await stand.store.refunds(sold.order_id) == ()
        assert await stand.store.refunds("999999") == ()
        assert await stand.store.refunds("no-number") == ()

    async def test_refund_names_lines_pieces_and_amounts_of_its_order(self, stand: StoreStand) -> None:
        sold = await stand.sell(large=True)
        await stand.sell()
        order = await stand.store.read_order(sold.order_id)
        bought = order.lines[0]

        stand.set_clock(MADE_AT)
        stand.refund(sold.order_id, bought.sku, 2, shipping=True)
        (refund,) = await stand.store.refunds(sold.order_id)

        (line,) = refund.lines
        assert (line.line_id, line.quantity) == (bought.id, Decimal(2))
        assert abs(line.gross - bought.gross * 2 / bought.quantity) <= Decimal("0.01")
        assert (refund.amount, refund.shipping) == (Decimal(0), order.shipping.gross)
        assert (refund.made_at, refund.unsure) == (MADE_AT, "")
        assert StoreRefund.model_validate_json(refund.model_dump_json()) == refund

    async def test_refunds_keep_their_names_and_the_oldest_comes_first(self, stand: StoreStand) -> None:
        sold = await stand.sell(large=True)
        sku = next(iter(sold.pieces))
        stand.refund(sold.order_id, sku, 1)
        (first,) = await stand.store.refunds(sold.order_id)

        stand.refund(sold.order_id, sku, 2)
        both = await stand.store.refunds(sold.order_id)

        assert both[0] == first
        assert [refund.lines[0].quantity for refund in both] == [1, 2]
        assert len({refund.reference for refund in both}) == 2

    @pytest.mark.parametrize("trouble", [Trouble.GONE, Trouble.MAINTENANCE, Trouble.GARBLED])
    async def test_trouble_is_not_taken_for_an_order_without_refunds(
        self, stand: StoreStand, trouble: Trouble
    ) -> None:
        sold = await stand.sell()
        await stand.cause(trouble)

        with pytest.raises(WaybillError) as caught:
            await stand.store.refunds(sold.order_id)

        assert caught.value.problem.disposition is not Disposition.BUG
