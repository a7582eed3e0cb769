"""What the shop has for sale: read and written in `stock_availables`, one row per article and shop.

Traps of the webservice (StockAvailable.php; issues 18953, 35363): a reference may stand at several articles;
a product's own row is the sum of its combinations and not ours to write; a row that depends on the old
advanced stock refuses writes; a PUT empties what it does not send, and without its shop a row is lost.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from adapters.stores.prestashop.articles import Articles, Target, batches
from adapters.stores.prestashop.client import FULL, PrestaShopClient, among, record
from adapters.stores.prestashop.models import StockRow
from adapters.stores.prestashop.settings import PrestaShopSettings
from adapters.stores.settling import NotSaved, settled
from domain.errors import FixData
from domain.stock import PublishedStock, StoreStock

_NO_ROW = "the shop has no stock row for it"
_SUM = "it is a product sold in variants: each variant has a stock of its own"


@dataclass(frozen=True)
class _Rows:
    """The row to write for each SKU, and why others have none."""

    found: Mapping[str, StockRow]
    left_out: Mapping[str, str]


class Stock:
    """The stock of one shop."""

    def __init__(self, client: PrestaShopClient, settings: PrestaShopSettings) -> None:
        self._client, self._id_shop = client, settings.id_shop
        self._articles = Articles(client)
        # Between the last look at a row and its write nobody else of this process writes.
        self._writing = asyncio.Lock()

    async def read(self, skus: Iterable[str]) -> StoreStock:
        """Read what is for sale of some articles."""
        rows = await self._rows(skus)
        levels = {sku: Decimal(row.quantity) for sku, row in rows.found.items()}
        return StoreStock(levels=levels, left_out=dict(rows.left_out))

    async def publish(
        self, levels: Mapping[str, Decimal], seen: Mapping[str, Decimal] | None
    ) -> PublishedStock:
        """Set what is for sale where it differs, unless it is another than it was seen to be."""
        written: dict[str, Decimal] = {}
        moved: list[str] = []
        async with self._writing:
            rows = await self._rows(levels)
            left_out = dict(rows.left_out)
            for sku, row in rows.found.items():
                level = int(levels[sku])
                if seen is not None and seen.get(sku) != row.quantity:
                    moved.append(sku)
                elif row.quantity != level:
                    try:
                        await self._write(row, level)
                    except (FixData, NotSaved) as refusal:
                        left_out[sku] = f"{refusal} ({refusal.problem.quote})"
                    else:
                        written[sku] = Decimal(level)
        return PublishedStock(written=written, left_out=left_out, moved=tuple(moved))

    async def _rows(self, skus: Iterable[str]) -> _Rows:
        articles = await self._articles.find(skus)
        rows = await self._rows_of({target.id_product for each in articles.values() for target in each})
        chosen = {sku: self._row(targets, rows) for sku, targets in articles.items()}
        return _Rows(
            found={sku: row for sku, row in chosen.items() if isinstance(row, StockRow)},
            left_out={sku: reason for sku, reason in chosen.items() if isinstance(reason, str)},
        )

    async def _rows_of(self, products: Iterable[int]) -> dict[int, list[StockRow]]:
        found: dict[int, list[StockRow]] = {each: [] for each in products}
        for some in batches(sorted(found)):
            asked = {"filter[id_product]": among(some), **FULL}
            for row in await self._client.rows("stock_availables", StockRow, asked):
                if row.id_product in found and self._is_ours(row):
                    found[row.id_product].append(row)
        return found

    def _is_ours(self, row: StockRow) -> bool:
        """Tell whether a row is of our shop or of its group; one of neither is lost to every shop."""
        if row.id_shop:
            return self._id_shop in {None, row.id_shop}
        return row.id_shop_group != 0

    def _row(self, targets: Sequence[Target], rows: Mapping[int, list[StockRow]]) -> StockRow | str:
        """Return the one row to write, or the reason why there is none."""
        if not targets:
            return "the shop has no article with this reference"
        # A product sold in variants often shares its reference with one of them; its own row is only the sum.
        own = [each for each in targets if each.id_combination or not _has_variants(rows[each.id_product])]
        if not own:
            return _SUM
        if len(own) > 1:
            named = ", ".join(str(target) for target in own)
            return f"several articles of the shop have this reference: {named}"
        return _writable([row for row in rows[own[0].id_product] if own[0].fits(row)])

    async def _write(self, row: StockRow, level: int) -> None:
        async def is_shown() -> bool:
            rows = await self._rows_of([row.id_product])
            return any(each.id == row.id and each.quantity == level for each in rows[row.id_product])

        verb = "PATCH" if self._client.can_patch else "PUT"
        fields = {"id": row.id} if self._client.can_patch else row.model_dump()
        node = record("stock_available", **{**fields, "quantity": level})
        await settled(self._client.write(verb, f"stock_availables/{row.id}", node, {}), is_shown)


def _has_variants(rows: Iterable[StockRow]) -> bool:
    return any(row.id_product_attribute for row in rows)


def _writable(rows: Sequence[StockRow]) -> StockRow | str:
    if not rows:
        return _NO_ROW
    if len(rows) > 1:
        shops = ", ".join(f"shop {row.id_shop}, group {row.id_shop_group}" for row in rows)
        return f"it has a stock in several shops ({shops}): set id_shop in waybill.toml"
    if rows[0].depends_on_stock:
        return "its stock depends on PrestaShop's old advanced stock management: switch that off"
    return rows[0]
