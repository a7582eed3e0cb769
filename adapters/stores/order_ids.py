"""The ids that stores give their orders where these are whole numbers."""

import re

from domain.errors import NotFound


def order_number(order_id: str, connection: str) -> int:
    """Return an order's number; `NotFound` for what cannot be one."""
    if not re.fullmatch(r"[1-9][0-9]{0,17}", order_id):
        raise no_such_order(connection)
    return int(order_id)


def no_such_order(connection: str) -> NotFound:
    """Return the error for an order the store does not have."""
    return NotFound("the shop has no such order", field="order_id", connection=connection)
