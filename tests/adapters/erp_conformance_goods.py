"""Articles: known, in stock, bought again."""

from decimal import Decimal

import pytest

from adapters.ports import RestockLine
from domain.errors import (
    Passing,
)
from sandbox.catalogue import ARTICLES
from tests.adapters.erp_conformance_bench import (
    ErpBench,
    LostAnswer,
    document,
    line,
    order,
)


class Goods:
    """Articles: known, in stock, bought again."""

    async def test_stock_is_told_for_each_article(self, bench: ErpBench) -> None:
        skus = tuple(each.sku for each in ARTICLES)

        found = await bench.erp.items(skus, "01")

        assert [(item.sku, item.known, item.blocked) for item in found] == [
            (sku, True, False) for sku in skus
        ]
        assert [item.available for item in found] == [each.on_hand for each in ARTICLES]
        assert [item.minimum for item in found] == [each.minimum for each in ARTICLES]

    async def test_stock_sold_is_not_available(self, bench: ErpBench) -> None:
        await bench.erp.create_document(document(bench.erp, order(line("DECANTER-RARE", "2"))))

        (item,) = await bench.erp.items(("DECANTER-RARE",), "")

        assert item.available == 0

    async def test_unknown_article_is_not_guessed(self, bench: ErpBench) -> None:
        skus = ("wine-red-75", " WINE-RED-75", "WINE", "O'BRIEN", "ü/#?&", "", "X" * 60)

        found = await bench.erp.items(skus, "01")

        assert [(item.sku, item.known) for item in found] == [(sku, False) for sku in skus]

    async def test_many_articles_are_asked_for_at_once(self, bench: ErpBench) -> None:
        skus = (*(f"NOT-THERE-{number}" for number in range(150)), "WINE-RED-75")

        found = await bench.erp.items(skus, "01")

        assert [item.sku for item in found if item.known] == ["WINE-RED-75"]

    async def test_blocked_article_is_told(self, bench: ErpBench) -> None:
        bench.block_item("WINE-RED-75")

        (item,) = await bench.erp.items(("WINE-RED-75",), "01")

        assert item.known
        assert item.blocked

    async def test_articles_are_requested_once_for_a_reference(self, bench: ErpBench) -> None:
        wanted = (RestockLine(sku="WINE-RED-75", quantity=Decimal(24)),)

        numbers = [await bench.erp.request_restock("shop:1042", wanted, "01") for _ in range(3)]

        assert len(set(numbers)) == 1
        assert bench.requests_made() == 1
        assert await bench.erp.request_restock("shop:1043", wanted, "01") not in numbers

    @pytest.mark.parametrize("how", LostAnswer)
    async def test_lost_answer_to_a_request_is_safe_to_repeat(self, bench: ErpBench, how: LostAnswer) -> None:
        wanted = (RestockLine(sku="WINE-RED-75", quantity=Decimal(24)),)
        bench.lose_next_answer(how)

        with pytest.raises(Passing):
            await bench.erp.request_restock("shop:1042", wanted, "01")

        assert await bench.erp.request_restock("shop:1042", wanted, "01")
        assert bench.requests_made() == 1
