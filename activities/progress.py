"""Writing the order's view into our own records: a local activity, since it touches nothing outside."""

from datetime import UTC, datetime

from temporalio import activity

from domain.life import OrderView
from records.orders import Orders


class Recording:
    """The read model."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders

    @activity.defn
    async def record_progress(self, view: OrderView) -> None:
        """Record a view. Safe to run twice: an older version than the one kept changes nothing."""
        await self._orders.record(view, datetime.now(UTC))
