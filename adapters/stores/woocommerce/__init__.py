"""WooCommerce: `WooCommerce` is the store, `WooCommerceSettings` what can be set about it."""

from adapters.stores.woocommerce.adapter import WooCommerce
from adapters.stores.woocommerce.settings import WooCommerceSettings

__all__ = ["WooCommerce", "WooCommerceSettings"]
