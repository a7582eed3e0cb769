"""The stores that the demo buys in, one module for each kind."""

from collections.abc import Mapping

from starter.demo.storefronts.port import Habits, Moment, Placed, Shown, Storefront
from starter.demo.storefronts.prestashop import PrestaShopFront
from starter.demo.storefronts.shopify import ShopifyFront
from starter.demo.storefronts.woocommerce import WooCommerceFront

__all__ = ["STOREFRONTS", "Habits", "Moment", "Placed", "Shown", "Storefront"]

STOREFRONTS: Mapping[str, type[PrestaShopFront] | type[ShopifyFront] | type[WooCommerceFront]] = {
    "prestashop": PrestaShopFront,
    "shopify": ShopifyFront,
    "woocommerce": WooCommerceFront,
}
