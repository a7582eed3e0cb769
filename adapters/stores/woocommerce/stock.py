"""What the shop has for sale: one number at each product or variation, found by SKU.

SKUs are compared without regard to case, as the shop's database does. A product that does not manage its
stock is not ours to begin with, and a variation may share the stock of its product.
"""

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from adapters.stores.settling import NotSaved, settled
from adapters.stores.woocommerce.client import SHOP, WooCommerceClient
from adapters.stores.woocommerce.models import Product
from domain.errors import FixData
from domain.stock import PublishedStock, StoreStock, same_article

_AT_ONCE = 25
_FIELDS = {"_fields": "id,parent_id,type,sku,manage_stock,stock_quantity"}


@dataclass(frozen=True)
class _Articles:
    """The record to write for each SKU with what it has for sale, and why others have none."""

    found: Mapping[str, tuple[Product, Decimal]]
    left_out: Mapping[str, str]


class Stock:
    """The stock of one shop."""

    def __init__(self, client: WooCommerceClient) -> None:
        self._client = client
        # Between the last look at a stock and its write nobody else of this process writes.
        self._writing = asyncio.Lock()

    async def read(self, skus: Iterable[str]) -> StoreStock:
        """Read what is for sale of some articles."""
        articles = await self._articles(skus)
        levels = {sku: level for sku, (_, level) in articles.found.items()}
        return StoreStock(levels=levels, left_out=dict(articles.left_out))

    async def publish(
        self, levels: Mapping[str, Decimal], seen: Mapping[str, Decimal] | None
    ) -> PublishedStock:
        """Set what is for sale where it differs, unless it is another than it was seen to be."""
        written: dict[str, Decimal] = {}
        moved: list[str] = []
        async with self._writing:
            articles = await self._articles(levels)
            left_out = dict(articles.left_out)
            for sku, (product, there) in articles.found.items():
                level = Decimal(int(levels[sku]))
                if seen is not None and seen.get(sku) != there:
                    moved.append(sku)
                elif there != level:
                    try:
                        await self._write(sku, product, level)
                    except (FixData, NotSaved) as refusal:
                        left_out[sku] = f"{refusal} ({refusal.problem.quote})"
                    else:
                        written[sku] = level
        return PublishedStock(written=written, left_out=left_out, moved=tuple(moved))

    async def _articles(self, skus: Iterable[str]) -> _Articles:
        wanted = tuple(dict.fromkeys(skus))
        products: list[Product] = []
        for named in _questions({sku.strip() for sku in wanted if sku.strip()}):
            asked = {"sku": named, **_FIELDS}
            products += await self._client.every(f"{SHOP}/products", Product, asked)
        chosen = {sku: _chosen(sku, products) for sku in wanted}
        return _Articles(
            found={sku: each for sku, each in chosen.items() if isinstance(each, tuple)},
            left_out={sku: reason for sku, reason in chosen.items() if isinstance(reason, str)},
        )

    async def _write(self, sku: str, product: Product, level: Decimal) -> None:
        async def is_shown() -> bool:
            found = (await self._articles([sku])).found.get(sku)
            return found is not None and found[1] == level

        change = {"stock_quantity": int(level)}
        await settled(self._client.write("PUT", f"{SHOP}/{product.path}", change), is_shown)


def _questions(skus: Collection[str]) -> Iterator[str]:
    """Join SKUs as the shop takes them: a list between commas, or one that has a comma itself."""
    plain = sorted(sku for sku in skus if "," not in sku)
    for start in range(0, len(plain), _AT_ONCE):
        yield ",".join(plain[start : start + _AT_ONCE])
    yield from sorted(sku for sku in skus if "," in sku)


def _chosen(sku: str, products: Sequence[Product]) -> tuple[Product, Decimal] | str:
    """Return the one record to write with its stock, or the reason why there is none."""
    hits = {each.id: each for each in products if each.sku and same_article(each.sku) == same_article(sku)}
    if not hits:
        return "the shop has no article with this SKU"
    if len(hits) > 1:
        named = ", ".join(each.path for each in hits.values())
        return f"several articles of the shop have this SKU: {named}"
    (product,) = hits.values()
    if product.manage_stock == "parent":
        return "it shares the stock of its product: let each variation manage its own"
    if product.manage_stock is not True or product.stock_quantity is None:
        return "the shop does not manage its stock: tick Manage stock at the article"
    return product, product.stock_quantity
