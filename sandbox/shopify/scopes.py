"""What the app may see and do: each field is let through or refused, and the rest of the answer stands."""

from collections.abc import Callable
from typing import Any

from graphql import GraphQLError

from sandbox.shopify.pages import Info
from sandbox.shopify.shop import Shop

SCOPES = {
    "QueryRoot.order": "read_orders",
    "QueryRoot.orders": "read_orders",
    "QueryRoot.refund": "read_orders",
    "QueryRoot.fulfillment": "read_orders",
    "QueryRoot.fulfillmentOrder": "read_merchant_managed_fulfillment_orders",
    "QueryRoot.productVariants": "read_products",
    "QueryRoot.locations": "read_locations",
    "Order.customer": "read_customers",
    "Order.fulfillmentOrders": "read_merchant_managed_fulfillment_orders",
    "InventoryItem.inventoryLevel": "read_inventory",
    "Mutation.metafieldsSet": "write_orders",
    "Mutation.fulfillmentCreate": "write_merchant_managed_fulfillment_orders",
    "Mutation.fulfillmentTrackingInfoUpdate": "write_merchant_managed_fulfillment_orders",
    "Mutation.fulfillmentOrderReportProgress": "write_merchant_managed_fulfillment_orders",
    "Mutation.inventorySetQuantities": "write_inventory",
}
"""What a field asks of the app's scopes; a write scope brings its read scope with it."""
FAILED = (
    "Internal error. Looks like something went wrong on our end."
    "\nRequest ID: 0a1b (include this in support requests)."
)


class ScopeDoor:
    """Stands before every field, in the form that the library calls."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def resolve(self, inner: Callable[..., Any], source: Any, info: Info, **given: Any) -> Any:
        """Resolve a field that the app may have."""
        scope = SCOPES.get(f"{info.parent_type.name}.{info.field_name}", "")
        granted = self._shop.settings.scopes
        if scope and not {scope, scope.replace("read_", "write_", 1)} & granted:
            raise GraphQLError(
                f"Access denied for {info.field_name} field. Required access: `{scope}` access scope.",
                extensions={
                    "code": "ACCESS_DENIED",
                    "documentation": "https://shopify.dev/api/usage/access-scopes",
                    "requiredAccess": f"`{scope}` access scope.",
                },
            )
        if info.field_name == "customer" and self._shop.faults.take("partial_data"):
            raise GraphQLError(FAILED, extensions={"code": "INTERNAL_SERVER_ERROR"})
        return inner(source, info, **given)
