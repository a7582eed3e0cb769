"""The order in our own records, written and read: local activities, since they touch nothing outside."""

from datetime import UTC, datetime
from typing import Any

from temporalio import activity

from domain.life import OrderStart, OrderView
from records.orders import Orders


class Recording:
    """The read model."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders

    @activity.defn
    async def record_progress(self, view: OrderView, ended: dict[str, Any] | None = None) -> None:
        """Record a view, and the whole state of a life that is over.

        Safe to run twice: an older version than the one kept changes nothing.
        """
        await self._orders.record(view, datetime.now(UTC), ended)

    @activity.defn
    async def recall_life(self, start: OrderStart) -> dict[str, Any] | None:
        """Return all that was known of an order when its life was over; None when nothing is kept."""
        return await self._orders.ended_life(start.connection, start.store_order_id)
