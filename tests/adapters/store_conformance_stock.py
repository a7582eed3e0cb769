"""What is for sale is what was published, and what somebody bought meanwhile is not for sale again."""

from decimal import Decimal

import pytest

from domain.errors import InDoubt
from tests.adapters.store_conformance_stand import StoreStand, Trouble

SEVEN = Decimal(7)
NOBODY_HAS = "NO-SUCH-ARTICLE"


class Selling:
    """What is for sale is what was published."""

    async def test_stock_is_published_and_read_back(self, stand: StoreStand) -> None:
        first, second = stand.skus
        levels = {first: SEVEN, second: Decimal(0)}

        published = await stand.store.publish_stock(levels)
        read = await stand.store.read_stock(stand.skus)

        assert (published.written, published.left_out, published.moved) == (levels, {}, ())
        assert (stand.stock(first), stand.stock(second)) == (SEVEN, Decimal(0))
        assert (read.levels, read.left_out) == (levels, {})

    async def test_stock_that_is_right_is_not_written(self, stand: StoreStand) -> None:
        first, second = stand.skus
        levels = {first: SEVEN, second: stand.stock(second)}

        await stand.store.publish_stock(levels)
        again = await stand.store.publish_stock(levels)

        assert again.written == {}
        assert stand.writes() == 1

    async def test_article_that_the_store_lacks_is_named_and_stops_no_other(self, stand: StoreStand) -> None:
        first, _ = stand.skus

        published = await stand.store.publish_stock({NOBODY_HAS: Decimal(1), first: SEVEN})
        read = await stand.store.read_stock((NOBODY_HAS, first))

        assert list(published.left_out) == list(read.left_out) == [NOBODY_HAS]
        assert published.left_out[NOBODY_HAS]
        assert (published.written, stand.stock(first)) == ({first: SEVEN}, SEVEN)

    async def test_stock_that_somebody_bought_from_meanwhile_is_left_alone(self, stand: StoreStand) -> None:
        seen = (await stand.store.read_stock(stand.skus)).levels
        sold = await stand.sell()
        (bought,) = sold.pieces
        left = stand.stock(bought)

        published = await stand.store.publish_stock(dict.fromkeys(stand.skus, Decimal(9)), seen=seen)

        assert published.moved == (bought,)
        assert stand.stock(bought) == left
        assert list(published.written) == [sku for sku in stand.skus if sku != bought]

    @pytest.mark.parametrize("trouble", [Trouble.CUT_AFTER, Trouble.FAILS_AFTER])
    async def test_stock_that_arrived_counts_although_its_answer_was_lost(
        self, stand: StoreStand, trouble: Trouble
    ) -> None:
        first, _ = stand.skus

        await stand.cause(trouble, on_write=True)
        published = await stand.store.publish_stock({first: SEVEN})

        assert (published.written, stand.stock(first)) == ({first: SEVEN}, SEVEN)

    async def test_stock_that_may_not_have_arrived_is_in_doubt_and_can_be_repeated(
        self, stand: StoreStand
    ) -> None:
        first, _ = stand.skus

        await stand.cause(Trouble.CUT_BEFORE, on_write=True)
        with pytest.raises(InDoubt):
            await stand.store.publish_stock({first: SEVEN})
        await stand.store.publish_stock({first: SEVEN})

        assert stand.stock(first) == 7
