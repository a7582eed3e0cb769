"""The kinds of stores and ERPs there are: their settings, their adapters, what they can do."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel

from adapters.erps.odoo import Odoo, OdooSettings
from adapters.erps.sap_business_one.adapter import SapBusinessOne
from adapters.erps.sap_business_one.settings import SapBusinessOneSettings
from adapters.ports import ErpPort, StorePort
from adapters.stores.prestashop.adapter import PrestaShop
from adapters.stores.prestashop.settings import PrestaShopSettings
from adapters.stores.shopify.adapter import Shopify
from adapters.stores.shopify.settings import ShopifySettings
from adapters.stores.woocommerce.adapter import WooCommerce
from adapters.stores.woocommerce.settings import WooCommerceSettings
from domain.capabilities import Capability


class StoreKind(NamedTuple):
    """A kind of store."""

    settings: type[BaseModel]
    build: Callable[[str, Any], StorePort]
    can: frozenset[Capability]


class ErpKind(NamedTuple):
    """A kind of ERP."""

    settings: type[BaseModel]
    build: Callable[[str, Any], ErpPort]
    can: frozenset[Capability]


_STORE = frozenset(
    {
        Capability.STATUS,
        Capability.TRACKING,
        Capability.STOCK,
        Capability.REFUNDS,
        Capability.WEBHOOKS,
    }
)
"""What a store can do that leaves nothing out."""
_ERP = frozenset(
    {
        Capability.NEW_CUSTOMERS,
        Capability.CREDIT,
        Capability.QUOTATIONS,
        Capability.DRAFTS,
        Capability.PAPERS,
        Capability.RETURNS,
        Capability.PAYMENTS,
        Capability.RESTOCK,
        Capability.EVENTS,
    }
)
"""The same of an ERP."""

STORES: Mapping[str, StoreKind] = {
    "prestashop": StoreKind(PrestaShopSettings, PrestaShop, _STORE),
    "shopify": StoreKind(ShopifySettings, Shopify, _STORE),
    "woocommerce": StoreKind(WooCommerceSettings, WooCommerce, _STORE),
}
ERPS: Mapping[str, ErpKind] = {
    "odoo": ErpKind(OdooSettings, Odoo, _ERP - {Capability.EVENTS}),
    "sap_business_one": ErpKind(SapBusinessOneSettings, SapBusinessOne, _ERP),
}
