"""The change feed of an ERP: polled by one long step, which tells only the orders that wait."""

import asyncio
import contextlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from temporalio import activity
from temporalio.service import RPCError, RPCStatusCode

from activities.intake import ORDER_WORKFLOW, starting
from activities.systems import Systems
from adapters.fulfilment_port import ErpHint
from domain.errors import NotFound, Passing
from domain.fulfilment import Paper
from domain.life import OrderStart
from domain.model import Frozen
from domain.order import order_workflow_id
from domain.posting import ErpState
from records.orders import Orders
from records.postings import OrderName, Postings
from records.strays import Strays
from records.sync_marks import SyncMarks

FEED_WORKFLOW = "ErpFeed"
ERP_EVENT = "erp_event"
WAKE = "wake"
PACE = "pace"
_AT_ONCE = 20
_LEAST_PAUSE_SECONDS = 0.05
ERP_FLOW = "erp_changes"


class Watch(Frozen):
    """How to watch an ERP: a pause between two looks, and how long this step goes on."""

    erp: str
    every: timedelta
    goes_on_for: timedelta


class Feed:
    """Reads on from the kept cursor and tells the orders whose documents changed."""

    def __init__(
        self, systems: Systems, marks: SyncMarks, postings: Postings, orders: Orders, strays: Strays
    ) -> None:
        self._systems, self._marks, self._postings = systems, marks, postings
        self._orders, self._strays = orders, strays

    @activity.defn
    async def watch_erp(self, watch: Watch) -> int:
        """Poll for a while and return how many hints were followed.

        Safe to run twice: the cursor advances only after the orders of a page were told, and an order that is
        told twice only looks twice.
        """
        told = 0
        until = datetime.now(UTC) + watch.goes_on_for
        while (began := datetime.now(UTC)) < until and not activity.is_worker_shutdown():
            told += await self._read_on(watch.erp, until)
            left = watch.every - (datetime.now(UTC) - began)
            with contextlib.suppress(TimeoutError):
                # A worker that is told to stop gives the watch back at once; another one goes on with it.
                await asyncio.wait_for(
                    activity.wait_for_worker_shutdown(), max(left.total_seconds(), _LEAST_PAUSE_SECONDS)
                )
        return told

    async def _read_on(self, erp: str, until: datetime) -> int:
        told, more = 0, True
        while more and datetime.now(UTC) < until:
            cursor = await self._marks.cursor(erp, ERP_FLOW)
            page = await self._systems.erp(erp).changes(cursor)
            if not cursor:
                # Nobody will tell what happened before now: the orders look for themselves.
                told += await self._tell_all(erp)
            told += await self._tell(erp, page.hints)
            if page.cursor != cursor:
                await self._marks.advance(erp, ERP_FLOW, page.cursor, datetime.now(UTC))
            activity.heartbeat(told)
            more = page.more
        return told

    async def _tell_all(self, erp: str) -> int:
        orders = await self._orders.followed_in(erp)
        await self._signal_all([OrderName(store, order_id) for store, order_id in orders])
        return len(orders)

    async def _tell(self, erp: str, hints: Sequence[ErpHint]) -> int:
        wanted = [(hint.key, f"{hint.kind.value}:{hint.entry}" if hint.entry else "") for hint in hints]
        orders = await self._postings.orders_of(erp, wanted) if wanted else frozenset[OrderName]()
        for order in await self._signal_all(sorted(orders)):
            if not (await self._ended_so(erp, order) or await self._look_once_more(order)):
                what = f"order {order.store}:{order.order_id}"
                reason = "it changed in the ERP after its life here was over; look at it there"
                await self._strays.park(erp, what, reason, datetime.now(UTC))
        await self._park_unknown(erp, hints)
        return len(orders)

    async def _look_once_more(self, order: OrderName) -> bool:
        """Have an order whose life is over look at the ERP; False when nothing is kept of it."""
        if await self._orders.ended_life(order.store, order.order_id) is None:
            return False
        start = OrderStart(connection=order.store, store_order_id=order.order_id, late=True)
        try:
            await activity.client().start_workflow(
                ORDER_WORKFLOW,
                start,
                **starting(start, activity.info().task_queue, again=True),
                start_signal=ERP_EVENT,
            )
        except RPCError as problem:
            if problem.status is RPCStatusCode.INVALID_ARGUMENT:
                return False
            raise Passing("Temporal does not take events right now") from None
        return True

    async def _ended_so(self, erp: str, order: OrderName) -> bool:
        """Tell whether an order that is over ended as the ERP shows it: our own last deed is a change too."""
        view = await self._orders.one(order.store, order.order_id)
        if view is None or view.document is None:
            return False
        try:
            now = await self._systems.erp(erp).progress(view.document.kind, view.document.entry)
        except NotFound:
            return False
        is_over = now.document.state in {ErpState.CANCELLED, ErpState.CLOSED}
        return is_over and _unpaid(now.papers) == _unpaid(view.papers)

    async def _park_unknown(self, erp: str, hints: Iterable[ErpHint]) -> None:
        keys = {hint.key: hint.what for hint in hints if hint.key}
        for key in sorted(keys.keys() - await self._postings.known_keys(tuple(keys))):
            reason = f"it names the web order {key}, which Waybill does not know"
            await self._strays.park(erp, keys[key] or key, reason, datetime.now(UTC))

    async def _signal_all(self, orders: Sequence[OrderName]) -> list[OrderName]:
        """Signal the orders, some at once; return those that take no more signals."""
        deaf: list[OrderName] = []
        for batch in (orders[at : at + _AT_ONCE] for at in range(0, len(orders), _AT_ONCE)):
            heard = await asyncio.gather(*(self._signal(order) for order in batch))
            deaf += [order for order, listens in zip(batch, heard, strict=True) if not listens]
        return deaf

    async def _signal(self, order: OrderName) -> bool:
        handle = activity.client().get_workflow_handle(order_workflow_id(order.store, order.order_id))
        try:
            await handle.signal(ERP_EVENT)
        except RPCError as problem:
            if problem.status is RPCStatusCode.INVALID_ARGUMENT:
                # This one order takes no more events; the others on the page are told all the same.
                return False
            if problem.status is not RPCStatusCode.NOT_FOUND:
                raise Passing("Temporal does not take events right now") from None
            return False
        return True


def _unpaid(papers: Iterable[Paper]) -> list[Paper]:
    """Return the papers without what was paid of them: that is no news of an order that is over.

    Nor are their keys, which what was recorded of old does not have.
    """
    return [paper.model_copy(update={"open": None, "key": ""}) for paper in papers]
