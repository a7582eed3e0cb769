"""Shopify: `Shopify` is the store, `ShopifySettings` what can be set about it."""

from adapters.stores.shopify.adapter import Shopify
from adapters.stores.shopify.settings import ShopifySettings

__all__ = ["Shopify", "ShopifySettings"]
