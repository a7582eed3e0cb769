"""Articles and their stock."""

from collections.abc import Mapping
from decimal import Decimal

from adapters.erps.odoo.catalogue import Article, Catalogue
from adapters.erps.odoo.client import Domain, OdooClient
from adapters.erps.odoo.records import number, one, reading
from domain.facts import ItemStock


class Articles:
    """The database's products."""

    def __init__(self, client: OdooClient, catalogue: Catalogue) -> None:
        self._client, self._catalogue = client, catalogue

    async def stock(self, skus: tuple[str, ...], warehouse: str) -> tuple[ItemStock, ...]:
        """Tell what is known of each article, and its stock in a warehouse ("" for all)."""
        place = await self._catalogue.warehouse(warehouse)
        articles = await self._catalogue.articles(skus)
        ids = sorted(article.id for article in articles.values() if article.stocked)
        free = await self._free(ids, place)
        least = await self._minimum(ids, place)
        return tuple(_stock(sku, articles.get(sku), free, least) for sku in skus)

    async def _free(self, ids: list[int], place: int) -> dict[int, Decimal]:
        """Return what is neither reserved nor sold: before 15 a confirmed order reserves nothing."""
        if not ids:
            return {}
        # The key of the context changed its name in 18.
        where = {"warehouse": place, "warehouse_id": place} if place else {}
        fields = ("qty_available", "free_qty", "outgoing_qty")
        rows = await self._client.rows(
            "product.product", [["id", "in", ids]], fields, context={"active_test": False, **where}
        )
        with reading(self._client.connection):
            return {
                row["id"]: min(
                    number(row, "free_qty") if "free_qty" in row else number(row, "qty_available"),
                    number(row, "qty_available") - number(row, "outgoing_qty"),
                )
                for row in rows
            }

    async def _minimum(self, ids: list[int], place: int) -> dict[int, Decimal]:
        if not ids:
            return {}
        domain: Domain = [["product_id", "in", ids], *([["warehouse_id", "=", place]] if place else [])]
        rows = await self._client.rows(
            "stock.warehouse.orderpoint", domain, ("product_id", "product_min_qty")
        )
        found: dict[int, Decimal] = {}
        with reading(self._client.connection):
            for row in rows:
                product = one(row, "product_id")
                found[product] = found.get(product, Decimal(0)) + number(row, "product_min_qty")
        return found


def _stock(
    sku: str, article: Article | None, free: Mapping[int, Decimal], least: Mapping[int, Decimal]
) -> ItemStock:
    if article is None:
        return ItemStock(sku=sku, known=False)
    return ItemStock(
        sku=sku,
        blocked=not article.for_sale,
        stocked=article.stocked,
        available=free.get(article.id) if article.stocked else None,
        minimum=least.get(article.id),
    )
