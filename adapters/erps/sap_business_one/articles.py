"""Articles and their stock."""

from decimal import Decimal

from adapters.erps.sap_business_one.client import ServiceLayer, any_of
from adapters.erps.sap_business_one.models import NO, YES, Item, WarehouseInfo, read_as, select
from domain.facts import ItemStock

_AT_ONCE = 25
_LONGEST_CODE = 50


class Articles:
    """What the company knows of articles."""

    def __init__(self, layer: ServiceLayer) -> None:
        self._layer = layer

    async def stock(self, skus: tuple[str, ...], warehouse: str) -> tuple[ItemStock, ...]:
        """Tell what is known of each article, some tens with one request.

        An article counts as known only under exactly this code: a similar one is not guessed.
        """
        wanted = [sku for sku in dict.fromkeys(skus) if 0 < len(sku) <= _LONGEST_CODE]
        found: dict[str, Item] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            some = tuple(wanted[start : start + _AT_ONCE])
            rows = await self._layer.rows("Items", select(Item), any_of("ItemCode", some), page=_AT_ONCE)
            items = (read_as(Item, row, self._layer.connection) for row in rows)
            found.update((item.ItemCode, item) for item in items)
        return tuple(item_stock(sku, found.get(sku), warehouse) for sku in dict.fromkeys(skus))


def item_stock(sku: str, item: Item | None, warehouse: str) -> ItemStock:
    """Return what is known of an article, in one warehouse or in all."""
    if item is None:
        return ItemStock(sku=sku, known=False)
    places = [
        place
        for place in item.ItemWarehouseInfoCollection
        if not warehouse or place.WarehouseCode == warehouse
    ]
    return ItemStock(
        sku=sku,
        blocked=_is_blocked(item) or (bool(warehouse) and any(place.Locked == YES for place in places)),
        stocked=item.InventoryItem != NO,
        available=_available(places),
        minimum=_minimum(item, places) or None,
    )


def _is_blocked(item: Item) -> bool:
    return item.Frozen == YES or item.Valid == NO or item.SalesItem == NO


def _available(places: list[WarehouseInfo]) -> Decimal | None:
    known = [
        place.InStock - place.Committed
        for place in places
        if place.InStock is not None and place.Committed is not None
    ]
    return sum(known, Decimal(0)) if known and len(known) == len(places) else None


def _minimum(item: Item, places: list[WarehouseInfo]) -> Decimal | None:
    by_warehouse = [place.MinimalStock for place in places if place.MinimalStock is not None]
    if item.ManageStockByWarehouse == YES and by_warehouse:
        return sum(by_warehouse, Decimal(0))
    return item.MinInventory
