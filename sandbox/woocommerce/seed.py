"""The shop's articles and customers when it opens: those of the catalogue, as WooCommerce keeps them."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sandbox.catalogue import ARTICLES, CUSTOMERS, Article, Customer

Record = dict[str, Any]
_VARIANTS = "SHIRT-BLK-"


def products(next_id: Callable[[], int]) -> dict[int, Record]:
    """Return products by id; the shirts are variations of one product without an SKU."""
    found: dict[int, Record] = {}
    shirt = _product(next_id(), Article("", "Shirt, black", Decimal(0)), 0, "variable")
    shirt["manage_stock"], shirt["stock_quantity"] = False, None
    found[shirt["id"]] = shirt
    for article in ARTICLES:
        is_variant = article.sku.startswith(_VARIANTS)
        kind, parent = ("variation", shirt["id"]) if is_variant else ("simple", 0)
        product = _product(next_id(), article, parent, kind)
        found[product["id"]] = product
    return found


def _product(number: int, article: Article, parent: int, kind: str) -> Record:
    return {
        "id": number,
        "parent_id": parent,
        "name": article.name,
        "type": kind,
        "status": "publish",
        "sku": article.sku,
        "global_unique_id": article.ean13,
        "manage_stock": True,
        "stock_quantity": article.on_hand,
        "stock_status": "instock",
        "backorders": "no",
        "meta_data": [],
        "_net": article.net,
        "_tax": article.tax,
    }


def customers() -> dict[str, tuple[int, Customer]]:
    """Return customers with their ids, by e-mail."""
    return {each.email: (number, each) for number, each in enumerate(CUSTOMERS, start=2)}
