"""A stand-in for WooCommerce 10: its REST API v3, its checkout, and webhooks that disable themselves.

    shop = WooCommerce(Settings())
    async with serving(create_app(shop)) as base_url: …

The REST API is at {base_url}/wp-json with `DEFAULT_KEY` and `DEFAULT_SECRET`. `behaviours` lists what it does
as the vendor's does.
"""

from sandbox.woocommerce.app import create_app
from sandbox.woocommerce.settings import (
    DEFAULT_KEY,
    DEFAULT_SECRET,
    DEFAULT_SIGNING_KEY,
    ApiKey,
    Settings,
)
from sandbox.woocommerce.shop import WooCommerce

__all__ = [
    "DEFAULT_KEY",
    "DEFAULT_SECRET",
    "DEFAULT_SIGNING_KEY",
    "ApiKey",
    "Settings",
    "WooCommerce",
    "create_app",
]
