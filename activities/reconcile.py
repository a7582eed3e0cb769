"""The reconciler: reads the store's own list and takes in what the webhooks lost."""

from collections.abc import Callable
from datetime import UTC, datetime

from temporalio import activity

from activities.intake import Intake, TemporalGone
from activities.systems import Systems
from adapters.ports import OrderHint
from domain.errors import Passing
from domain.model import Frozen
from records.inbox import Delivery, Inbox, Source
from records.orders import Orders
from records.sync_marks import SyncMarks

ORDERS_FLOW = "orders"
_MOST_PAGES = 1000


class Reconciled(Frozen):
    """What one run saw and took in."""

    seen: int = 0
    taken: int = 0


class Reconciling:
    """The store's own list of orders, against ours."""

    def __init__(
        self, systems: Systems, inbox: Inbox, orders: Orders, marks: SyncMarks, intake: Callable[[], Intake]
    ) -> None:
        self._systems, self._inbox, self._orders = systems, inbox, orders
        self._marks, self._intake = marks, intake

    @activity.defn
    async def take_in_missed_orders(self, store: str) -> Reconciled:
        """Read on from the kept cursor and take in each state of an order that is not known yet.

        Safe to run twice: the cursor advances only after a page was kept, and the inbox keeps a state once.
        """
        seen = taken = 0
        port = self._systems.store(store)
        for _ in range(_MOST_PAGES):
            page = await port.changed_orders(await self._marks.cursor(store, ORDERS_FLOW))
            seen += len(page.hints)
            taken += await self._take_in(store, page.hints)
            await self._marks.advance(store, ORDERS_FLOW, page.cursor, datetime.now(UTC))
            activity.heartbeat(seen)
            if not page.more:
                break
        await self._start_what_waits()
        return Reconciled(seen=seen, taken=taken)

    async def _take_in(self, store: str, hints: tuple[OrderHint, ...]) -> int:
        known = await self._orders.known_marks(store, tuple(hint.order_id for hint in hints))
        taken = 0
        for hint in hints:
            if known.get(hint.order_id) == hint.mark:
                continue
            delivery = Delivery(
                connection=store,
                delivery=f"list:{hint.order_id}:{hint.mark}"[:200],
                source=Source.RECONCILER,
                kind=hint.kind,
                order_id=hint.order_id,
            )
            taken += await self._inbox.accept(delivery, datetime.now(UTC))
        return taken

    async def _start_what_waits(self) -> None:
        try:
            await self._intake().drain()
        except TemporalGone:
            raise Passing("Temporal does not take orders right now; they wait in the inbox") from None
