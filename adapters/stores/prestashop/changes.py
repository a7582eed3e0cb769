"""The shop's own list of new and changed orders, read page by page.

Three ways lead to one kind of hint. Orders by `date_upd`, from a little before the last mark on; the history
of states by id, for a change whose order was saved at another moment than its row; and once a day all orders
of the last two weeks, because nothing above finds what was committed late. Marks are the shop's own times.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta, tzinfo

from adapters.ports import ChangedOrders, OrderHint
from adapters.stores.prestashop.client import PrestaShopClient, above, among
from adapters.stores.prestashop.lookups import Lookups
from adapters.stores.prestashop.models import OrderHistory, OrderMark
from adapters.stores.prestashop.settings import PrestaShopSettings
from adapters.stores.prestashop.times import overlap_start, read_stamp, stamp
from domain.errors import BadConfiguration

_FIELDS = {"display": "[id,date_upd,current_state]"}
_BY_ID = "[id_ASC]"


@dataclass(frozen=True)
class Position:
    """How far the list has been read. Times are the shop's local ones, as text.

    `begun` is where the very first reading began: nothing older is ever named. While there are more pages,
    `at` and `at_id` are the last order of the page before; `sweep_id` is the same for the daily sweep, and
    `swept` the day of the last one.
    """

    begun: str
    mark: str
    at: str = ""
    at_id: int = 0
    history: int = 0
    swept: str = ""
    sweep_id: int = 0

    @classmethod
    def read(cls, cursor: Mapping[str, str], connection: str) -> "Position":
        """Read a cursor; `BadConfiguration` when somebody changed it into what it cannot be."""
        begun, mark, at = (cursor.get(name, "") for name in ("begun", "mark", "at"))
        at_id, history, sweep_id = (cursor.get(name, "0") for name in ("at_id", "history", "sweep_id"))
        times_fit = all(read_stamp(text) for text in (begun, mark, at or mark))
        if not times_fit or not all(
            re.fullmatch(r"[0-9]{1,18}", text) for text in (at_id, history, sweep_id)
        ):
            raise BadConfiguration(
                "the position in the shop's list is garbled", field="cursor", connection=connection
            )
        return cls(begun, mark, at, int(at_id), int(history), cursor.get("swept", ""), int(sweep_id))

    def cursor(self) -> dict[str, str]:
        """Write the position as texts."""
        return {name: str(value) for name, value in asdict(self).items()}


class OrderChanges:
    """Pages of hints: two requests each as a rule, five at most."""

    def __init__(self, client: PrestaShopClient, lookups: Lookups, settings: PrestaShopSettings) -> None:
        self._client, self._lookups = client, lookups
        self._overlap, self._size = settings.overlap, settings.page_size
        self._sweep_days = timedelta(days=settings.sweep_days)

    async def page(self, cursor: Mapping[str, str]) -> ChangedOrders:
        """Read on from a cursor; {} starts at the shop's present less the overlap."""
        zone = await self._lookups.zone()
        position = Position.read(cursor, self._client.connection) if cursor else await self._first(zone)
        found: dict[int, OrderHint] = {}
        position = await self._by_time(position, zone, found)
        more = bool(position.at)
        if not more:
            position, more = await self._by_history(position, found)
        if not more and position.swept != stamp(self._client.now, zone)[:10]:
            position, more = await self._sweep(position, zone, found)
        return ChangedOrders(hints=tuple(found.values()), cursor=position.cursor(), more=more)

    async def _first(self, zone: tzinfo) -> Position:
        """Begin at the shop's own clock: what is older was there before Waybill and is not taken."""
        newest = {"display": "[id,id_order]", "sort": "[id_DESC]", "limit": "1"}
        rows = await self._client.rows("order_histories", OrderHistory, newest)
        now = stamp(self._client.now, zone)
        begun = overlap_start(now, zone, self._overlap)
        return Position(begun, mark=begun, history=max((row.id for row in rows), default=0), swept=now[:10])

    async def _by_time(self, position: Position, zone: tzinfo, found: dict[int, OrderHint]) -> Position:
        """Read by (date_upd, id); the filter knows whole seconds only, so the rest of one comes first."""
        since = position.at
        if since:
            rest = await self._orders({"filter[date_upd]": f"[{since}]"}, position.at_id, _BY_ID)
            _name(rest, found)
            if len(rest) >= self._size:
                return replace(position, at_id=rest[-1].id)
        else:
            since = max(overlap_start(position.mark, zone, self._overlap), position.begun)
        rows = await self._orders({"filter[date_upd]": above(since)}, 0, "[date_upd_ASC,id_ASC]")
        # A shop that ignores the filter sends old orders for ever: without progress there is no more page.
        rows = [row for row in rows if row.date_upd > since and read_stamp(row.date_upd)]
        _name(rows, found)
        full = len(rows) >= self._size
        return replace(
            position,
            mark=self._mark(position.mark, rows, zone),
            at=rows[-1].date_upd if full else "",
            at_id=rows[-1].id if full else 0,
        )

    def _mark(self, mark: str, rows: Sequence[OrderMark], zone: tzinfo) -> str:
        """Return the latest time of the rows; one from the future must not hide what comes until then."""
        latest = max((row.date_upd for row in rows), default=mark)
        return max(mark, min(latest, stamp(self._client.now, zone)))

    async def _by_history(self, position: Position, found: dict[int, OrderHint]) -> tuple[Position, bool]:
        """Changes of state by id; what they were is asked only of orders that were not named yet."""
        asked = {
            "display": "[id,id_order]",
            "filter[id]": above(position.history),
            "sort": _BY_ID,
            "limit": str(self._size),
        }
        rows = await self._client.rows("order_histories", OrderHistory, asked)
        rows = [row for row in rows if row.id > position.history]
        unnamed = sorted({row.id_order for row in rows if row.id_order} - found.keys())
        if unnamed:
            orders = {"filter[id]": among(unnamed), **_FIELDS}
            _name(await self._client.rows("orders", OrderMark, orders), found)
        last = max((row.id for row in rows), default=position.history)
        return replace(position, history=last), len(rows) >= self._size

    async def _sweep(
        self, position: Position, zone: tzinfo, found: dict[int, OrderHint]
    ) -> tuple[Position, bool]:
        """Name every order of the last days, once a day."""
        now = self._client.now
        since = max(stamp(now - self._sweep_days, zone), position.begun)
        rows = await self._orders({"filter[date_add]": above(since)}, position.sweep_id, _BY_ID)
        _name(rows, found)
        if len(rows) >= self._size:
            return replace(position, sweep_id=rows[-1].id), True
        return replace(position, sweep_id=0, swept=stamp(now, zone)[:10]), False

    async def _orders(self, where: Mapping[str, str], beyond: int, sort: str) -> list[OrderMark]:
        """Read a page of orders; `date=1` is what lets the shop filter and sort by its dates."""
        asked = {**where, **_FIELDS, "date": "1", "sort": sort, "limit": str(self._size)}
        if beyond:
            asked["filter[id]"] = above(beyond)
        rows = await self._client.rows("orders", OrderMark, asked)
        return [row for row in rows if row.id > beyond]


def _name(rows: Sequence[OrderMark], found: dict[int, OrderHint]) -> None:
    for row in rows:
        found[row.id] = OrderHint(order_id=str(row.id), mark=row.mark)
