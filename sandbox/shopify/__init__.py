"""A Shopify shop with its GraphQL Admin API, its checkout and its webhooks."""

from sandbox.shopify.app import create_app
from sandbox.shopify.settings import DEFAULT_SECRET, DEFAULT_TOKEN, DOMAIN, Settings
from sandbox.shopify.shop import Shop

__all__ = ["DEFAULT_SECRET", "DEFAULT_TOKEN", "DOMAIN", "Settings", "Shop", "create_app"]
