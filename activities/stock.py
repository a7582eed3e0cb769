"""Publishing to a store what is left to sell, so that no piece is for sale twice."""

from temporalio import activity

from activities.store_writes import repeatable
from activities.systems import Systems
from domain.errors import Passing
from domain.model import Frozen
from domain.stock import PublishedStock, StoreStock, sellable
from records.orders import Orders

_MOST_LOOKS = 5
_MOST_PAGES = 50


class StockRequest(Frozen):
    """Articles whose stock may have changed, and the pair they are published for."""

    store: str
    erp: str
    warehouse: str
    skus: tuple[str, ...]
    buffer: int = 0


class Stocks:
    """What stores have for sale."""

    def __init__(self, systems: Systems, orders: Orders) -> None:
        self._systems, self._orders = systems, orders

    @activity.defn
    async def publish_stock(self, request: StockRequest) -> PublishedStock:
        """Bring a store's stock of some articles up to date. Safe to run twice: it sets what is true then.

        What is read, is read in this order: the store's stock, the store's list of orders, our own demand,
        the ERP. So a piece sold meanwhile counts twice for a moment at worst, never not at all; and what
        somebody bought after the first look shows as a stock that moved, which is not written over. One
        article that cannot be published is named and stops no other.
        """
        for _ in range(_MOST_LOOKS):
            published = await self._look_and_publish(request)
            if not published.moved:
                return published
        raise Passing("the store sells these articles faster than their stock can be compared")

    async def _look_and_publish(self, request: StockRequest) -> PublishedStock:
        store = self._systems.store(request.store)
        there = await store.read_stock(request.skus)
        known = await self._known(request, there)
        waits = False
        if _raised(known, there):
            waits = await self._knows_not_all_orders(request.store)
            known = await self._known(request, there)
        raised = _raised(known, there)
        changed = {
            sku: level
            for sku, level in known.levels.items()
            if level != there.levels[sku] and not (waits and sku in raised)
        }
        left_out = {**there.left_out, **known.left_out}
        if changed:
            with repeatable():
                done = await store.publish_stock(changed, seen=there.levels)
            left_out |= done.left_out
        else:
            done = PublishedStock()
        if waits and raised:
            # Named by no connection: nothing is out of order, the order only has to be taken in first.
            raise Passing("the store has an order that was not taken in yet: no stock is raised before that")
        return done.model_copy(update={"left_out": left_out})

    async def _known(self, request: StockRequest, there: StoreStock) -> StoreStock:
        """Tell what may be sold of the articles that the store has; what was sold is asked before the ERP."""
        if not there.levels:
            return StoreStock()
        demand = await self._orders.demand(request.store)
        items = await self._systems.erp(request.erp).items(tuple(there.levels), request.warehouse)
        return sellable(items, demand, request.buffer)

    async def _knows_not_all_orders(self, connection: str) -> bool:
        """Tell whether the store's own list names an order that we did not read yet."""
        store, cursor = self._systems.store(connection), dict[str, str]()
        for _ in range(_MOST_PAGES):
            page = await store.changed_orders(cursor)
            ids = tuple(hint.order_id for hint in page.hints)
            marks = await self._orders.known_marks(connection, ids)
            if not all(marks.get(order_id) for order_id in ids):
                return True
            cursor = page.cursor
            if not page.more:
                return False
        return True


def _raised(known: StoreStock, there: StoreStock) -> set[str]:
    return {sku for sku, level in known.levels.items() if level > there.levels[sku]}
