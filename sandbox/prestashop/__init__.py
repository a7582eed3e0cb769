"""A stand-in for PrestaShop 8.2: its webservice, its checkout, and a module that posts webhooks.

    shop = PrestaShop(Settings(webhook_url=…))
    async with serving(create_app(shop)) as base_url: …

The webservice is at {base_url}/api with the key `DEFAULT_KEY`. `behaviours` lists what it does as the
vendor's does.
"""

from sandbox.prestashop.app import create_app
from sandbox.prestashop.settings import DEFAULT_KEY, DEFAULT_SIGNING_KEY, ApiKey, Settings
from sandbox.prestashop.shop import PlacedOrder, PrestaShop

__all__ = [
    "DEFAULT_KEY",
    "DEFAULT_SIGNING_KEY",
    "ApiKey",
    "PlacedOrder",
    "PrestaShop",
    "Settings",
    "create_app",
]
