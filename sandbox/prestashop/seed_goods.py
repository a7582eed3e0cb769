"""Put the merchant's articles into a new shop: products, sizes, stock rows."""

from collections.abc import Iterable
from decimal import Decimal

from sandbox.catalogue import TAXES, Article
from sandbox.prestashop.state import ShopState
from sandbox.prestashop.stock import add_stock_row, sum_stock
from sandbox.prestashop.tables import Row

HOME_CATEGORY = 2
_VARIANTS = {"SHIRT-BLK": ("Shirt, black", {"S": "SHIRT-BLK-S", "M": "SHIRT-BLK-M"})}
"""Products sold in sizes: the product's own reference and name, and the SKU of each size."""


def seed_articles(state: ShopState, articles: Iterable[Article]) -> None:
    """Add every article: on its own, or as a size of a product sold in sizes."""
    by_sku = {article.sku: article for article in articles}
    for reference, (name, sizes) in _VARIANTS.items():
        sold = {size: by_sku.pop(sku) for size, sku in sizes.items() if sku in by_sku}
        if sold:
            _add_product_in_sizes(state, reference, name, sold)
    for article in by_sku.values():
        product = _add_product(state, article, article.sku, article.name)
        add_stock_row(state, product["id"], 0, article.on_hand)


def _add_product(state: ShopState, article: Article, reference: str, name: str) -> Row:
    return state.insert(
        "products",
        reference=reference,
        name=name,
        link_rewrite=reference.lower(),
        ean13=article.ean13,
        price=article.net,
        wholesale_price=(article.net / 2).quantize(Decimal("0.000001")),
        id_tax_rules_group=list(TAXES).index(article.tax) + 1,
        id_category_default=HOME_CATEGORY,
        id_shop_default=1,
        weight=article.weight_kg,
        low_stock_threshold=article.minimum,
        low_stock_alert=1,
        minimal_quantity=1,
        active=1,
        state=1,
        available_for_order=1,
        show_price=1,
        visibility="both",
        condition="new",
        redirect_type="404",
        type="simple",
        product_type="standard",
        _categories=[HOME_CATEGORY],
    )


def _add_product_in_sizes(state: ShopState, reference: str, name: str, sold: dict[str, Article]) -> None:
    cheapest = min(sold.values(), key=lambda article: article.net)
    product = _add_product(state, cheapest, reference, name)
    option = state.insert("product_options", group_type="select", name="Size", public_name="Size")
    add_stock_row(state, product["id"], 0, 0)
    for size, article in sold.items():
        value = state.insert("product_option_values", id_attribute_group=option["id"], name=size)
        combination = state.insert(
            "combinations",
            id_product=product["id"],
            reference=article.sku,
            ean13=article.ean13,
            price=article.net - cheapest.net,
            minimal_quantity=1,
            low_stock_threshold=article.minimum,
            default_on=int(article is cheapest),
            _product_option_values=[value["id"]],
        )
        add_stock_row(state, product["id"], combination["id"], article.on_hand)
    sum_stock(state, product["id"])
    state.tables["products"].change(product, {"product_type": "combinations"})
