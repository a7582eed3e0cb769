"""PrestaShop: `PrestaShop` is the store, `PrestaShopSettings` what can be set about it."""

from adapters.stores.prestashop.adapter import PrestaShop
from adapters.stores.prestashop.settings import PrestaShopSettings

__all__ = ["PrestaShop", "PrestaShopSettings"]
