"""What the API answers to reads."""

import re

from sandbox.shopify.pages import Info, connection
from sandbox.shopify.settings import DOMAIN
from sandbox.shopify.shop import Shop
from sandbox.shopify.state import Sale
from sandbox.shopify.subscriptions import Subscriptions
from sandbox.shopify.views import Tree, listed, numbered, stamp

_SORTS = {
    "UPDATED_AT": lambda sale: (sale.updated, sale.number),
    "CREATED_AT": lambda sale: (sale.created, sale.number),
    "ID": lambda sale: sale.number,
}


class Queries:
    """The fields of the query root."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def fields(self) -> Tree:
        """Return them by name."""
        shop = self._shop
        scopes = [{"handle": scope} for scope in sorted(shop.settings.scopes)]
        return {
            "order": self.order,
            "orders": self.orders,
            "refund": self.refund,
            "fulfillment": self.fulfilment,
            "fulfillmentOrder": self.packing,
            **Subscriptions(shop).reads(),
            "productVariants": self.variants,
            "locations": listed(shop.views.location(number) for number in shop.locations),
            "shop": {
                "name": "Sandbox Winery",
                "myshopifyDomain": DOMAIN,
                "currencyCode": shop.settings.currency,
                "taxesIncluded": shop.settings.taxes_included,
            },
            "currentAppInstallation": {"accessScopes": scopes},
        }

    def order(self, _: Info, id: str) -> Tree | None:  # noqa: A002
        """Show an order."""
        sale = self._shop.sales.get(numbered("Order", id))
        return self._shop.views.order(sale) if sale else None

    def orders(
        self,
        _: Info,
        sortKey: str,  # noqa: N803
        reverse: bool,
        first: int | None = None,
        after: str | None = None,
        query: str = "",
    ) -> Tree:
        """Show a page of orders. The search knows `status:any` and `updated_at` with a comparison."""
        found = [sale for sale in self._shop.sales.values() if _fits(sale, query or "")]
        found.sort(key=_SORTS[sortKey], reverse=reverse)
        page = connection(found, first, after)
        return {**page, "nodes": [self._shop.views.order(sale) for sale in page["nodes"]]}

    def refund(self, _: Info, id: str) -> Tree | None:  # noqa: A002
        """Show a refund."""
        number = numbered("Refund", id)
        for sale in self._shop.sales.values():
            for refund in sale.refunds:
                if refund.number == number:
                    return self._shop.views.refund(sale, refund)
        return None

    def fulfilment(self, _: Info, id: str) -> Tree | None:  # noqa: A002
        """Show a fulfilment."""
        number = numbered("Fulfillment", id)
        for sale in self._shop.sales.values():
            for made in sale.parcels:
                if made.number == number:
                    return self._shop.views.parcels(made)
        return None

    def packing(self, _: Info, id: str) -> Tree | None:  # noqa: A002
        """Show a fulfilment order."""
        number = numbered("FulfillmentOrder", id)
        for sale in self._shop.sales.values():
            for packing in sale.packings:
                if packing.number == number:
                    return self._shop.views.packing(sale, packing)
        return None

    def variants(
        self,
        _: Info,
        first: int | None = None,
        after: str | None = None,
        query: str = "",
    ) -> Tree:
        """Show articles. The search looks for words of an SKU, so it finds more than was asked for."""
        wanted = [_words(text) for text in re.findall(r"sku:'((?:[^'\\]|\\.)*)'", query or "")]
        found = [
            each
            for each in self._shop.variants.values()
            if not wanted or any(words and words <= _words(each.sku) for words in wanted)
        ]
        page = connection(found, first, after)
        return {**page, "nodes": [self._shop.views.variant(each) for each in page["nodes"]]}


def _words(sku: str) -> set[str]:
    return set(re.split(r"[^a-z0-9]+", sku.casefold())) - {""}


def _fits(sale: Sale, query: str) -> bool:
    since = re.search(r"updated_at:(>=|>)'([^']+)'", query)
    if since is None:
        return True
    at = stamp(sale.updated)
    return at > since[2] if since[1] == ">" else at >= since[2]
