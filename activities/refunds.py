"""What a store gave back of an order."""

from temporalio import activity

from activities.systems import Systems
from domain.model import Frozen
from domain.refunds import StoreRefund


class RefundsRequest(Frozen):
    """An order of a store."""

    store: str
    store_order_id: str


class StoreRefunds:
    """Refunds as their store knows them."""

    def __init__(self, systems: Systems) -> None:
        self._systems = systems

    @activity.defn
    async def read_refunds(self, request: RefundsRequest) -> tuple[StoreRefund, ...]:
        """Read what the store gave back, the oldest first. It only reads."""
        return await self._systems.store(request.store).refunds(request.store_order_id)
