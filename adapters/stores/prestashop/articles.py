"""Which product or combination an SKU is: found by reference, which a shop does not keep unique.

References are compared without regard to case and to blanks at their ends, as the shop's database does for
those at the end. What is found is kept for a minute; what is not, is looked for again each time.
"""

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from adapters.stores.prestashop.client import PrestaShopClient, among, can_be_asked_for, containing
from adapters.stores.prestashop.models import ShopCombination, ShopProduct, StockRow
from domain.stock import same_article

Each = TypeVar("Each")
_AT_ONCE = 25
_KEPT_SECONDS = 60
_MOST_KEPT = 20_000
_PRODUCT = {"display": "[id,reference]"}
_COMBINATION = {"display": "[id,id_product,reference]"}


@dataclass(frozen=True)
class Target:
    """A product, or one of its combinations."""

    id_product: int
    id_combination: int = 0

    def fits(self, row: StockRow) -> bool:
        """Tell whether a stock row is this article's own."""
        return (row.id_product, row.id_product_attribute) == (self.id_product, self.id_combination)

    def __str__(self) -> str:
        variant = f" combination {self.id_combination}" if self.id_combination else ""
        return f"product {self.id_product}{variant}"


Found = dict[str, set[Target]]
"""Articles by the reference they have, as `same_article` writes it."""


class Articles:
    """The articles of one shop, by reference."""

    def __init__(self, client: PrestaShopClient) -> None:
        self._client = client
        self._kept: dict[str, tuple[float, frozenset[Target]]] = {}

    async def find(self, skus: Iterable[str]) -> Mapping[str, Sequence[Target]]:
        """Return, for each SKU, every article that has it as its reference."""
        wanted = tuple(dict.fromkeys(skus))
        names = {same_article(sku) for sku in wanted if same_article(sku)}
        now = time.monotonic()
        found: Found = {
            name: set(kept[1]) for name in names if (kept := self._kept.get(name)) and kept[0] > now
        }
        new = await self._look(sorted(names - found.keys()))
        self._keep(new, now)
        found |= new
        return {
            sku: sorted(
                found.get(same_article(sku), ()), key=lambda each: (each.id_product, each.id_combination)
            )
            for sku in wanted
        }

    def _keep(self, found: Found, now: float) -> None:
        if len(self._kept) > _MOST_KEPT:
            self._kept.clear()
        self._kept.update(
            {name: (now + _KEPT_SECONDS, frozenset(hits)) for name, hits in found.items() if hits}
        )

    async def _look(self, names: Sequence[str]) -> Found:
        found: Found = {name: set() for name in names}
        for some in batches([name for name in names if can_be_asked_for(name)]):
            await self._search(among(some), found)
        for name in names:
            if not found[name]:
                # The shop's own comparison sees blanks before a reference, and a filter knows no escapes.
                await self._search(containing(name), found)
        return found

    async def _search(self, wanted: str, found: Found) -> None:
        asked = {"filter[reference]": wanted}
        products, combinations = await asyncio.gather(
            self._client.rows("products", ShopProduct, {**asked, **_PRODUCT}),
            self._client.rows("combinations", ShopCombination, {**asked, **_COMBINATION}),
        )
        for product in products:
            found.get(same_article(product.reference), set()).add(Target(product.id))
        for each in combinations:
            found.get(same_article(each.reference), set()).add(Target(each.id_product, each.id))


def batches(values: Sequence[Each]) -> Iterator[Sequence[Each]]:
    """Cut a list into parts that fit into one address."""
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
