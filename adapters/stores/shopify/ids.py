"""Ids: Shopify's are `gid://shopify/Order/42`; orders are known to Waybill by the number alone."""

from adapters.stores.order_ids import order_number


def order_gid(order_id: str, connection: str) -> str:
    """Return an order's global id; `NotFound` for what cannot be the number of one."""
    return gid("Order", str(order_number(order_id, connection)))


def gid(kind: str, number: str) -> str:
    """Return the global id of something by its number."""
    return f"gid://shopify/{kind}/{number}"


def number_of(global_id: str) -> str:
    """Return the number in a global id: the last part, without what may follow it."""
    return global_id.rpartition("/")[2].partition("?")[0]
