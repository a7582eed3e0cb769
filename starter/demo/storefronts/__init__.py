"""The stores that the demo buys in, one module for each kind."""

from collections.abc import Callable, Mapping

from starter.demo.doors import Door
from starter.demo.storefronts.port import Habits, Moment, Placed, Shown, Storefront
from starter.demo.storefronts.prestashop import PrestaShopFront
from starter.demo.storefronts.shopify import ShopifyFront
from starter.demo.storefronts.woocommerce import WooCommerceFront

__all__ = ["STOREFRONTS", "Habits", "Moment", "Placed", "Shown", "Storefront"]

STOREFRONTS: Mapping[str, Callable[[Door], Storefront]] = {
    "prestashop": PrestaShopFront,
    "shopify": ShopifyFront,
    "woocommerce": WooCommerceFront,
}
