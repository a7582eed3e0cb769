"""The shop's own list of new and changed orders, read page by page.

By time of change in GMT, from a little before the last mark on; and once a day all orders of the last weeks
by id, because nothing else finds what was saved late or left its place while a page was turned. A page never
counts on the one before: the next begins at the second where the last ended, so that an order that
moves pushes none over the edge. Only within one second, when more orders than a page share it, pages count.
What was put into the trash is no part of the list and is asked for beside it, once in each round.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta

from adapters.ports import ChangedOrders, OrderHint
from adapters.stores.woocommerce.client import SHOP, Page, WooCommerceClient
from adapters.stores.woocommerce.models import OrderMark
from adapters.stores.woocommerce.settings import WooCommerceSettings
from domain.errors import BadConfiguration

_FORM = "%Y-%m-%dT%H:%M:%S"
_SECOND = timedelta(seconds=1)
_FIELDS = (
    "id,parent_id,status,date_created_gmt,date_modified_gmt,date_paid_gmt,total,billing,shipping,refunds"
)

_ALWAYS = {"status": "any", "dates_are_gmt": "true", "dp": "6", "_fields": _FIELDS}
"""Without `dates_are_gmt` the shop takes times for its own."""


@dataclass(frozen=True)
class Position:
    """How far the list has been read. Times are GMT, as text.

    `begun` is where the very first reading began: nothing older is ever named. While there are more pages,
    `at` is the second to go on from and `page` the page of that list; `sweep` is the page of the daily
    sweep, and `swept` the day of the last one. `trash` is when the trash was looked at last.
    """

    begun: str
    mark: str
    at: str = ""
    page: int = 1
    swept: str = ""
    sweep: int = 0
    trash: str = ""

    @classmethod
    def read(cls, cursor: Mapping[str, str], connection: str) -> "Position":
        """Read a cursor; `BadConfiguration` when somebody changed it into what it cannot be."""
        begun, mark, at, trash = (cursor.get(name, "") for name in ("begun", "mark", "at", "trash"))
        page, sweep = (cursor.get(name, "0") for name in ("page", "sweep"))
        try:
            for text in (begun, mark, at or mark, trash or mark):
                _moment(text)
        except ValueError:
            page = ""
        if not all(re.fullmatch("[0-9]{1,9}", text) for text in (page, sweep)):
            raise BadConfiguration(
                "the position in the shop's list is garbled", field="cursor", connection=connection
            )
        return cls(begun, mark, at, max(int(page), 1), cursor.get("swept", ""), int(sweep), trash)

    def cursor(self) -> dict[str, str]:
        """Write the position as texts."""
        return {name: str(value) for name, value in asdict(self).items()}


class OrderChanges:
    """Pages of hints: one request each, and one more for the last of a day."""

    def __init__(self, client: WooCommerceClient, settings: WooCommerceSettings) -> None:
        self._client, self._overlap, self._size = client, settings.overlap, settings.page_size
        self._sweep_days, self._sub_orders = timedelta(days=settings.sweep_days), settings.sub_orders
        self._from, self._drafts = settings.orders_from, settings.drafts

    async def page(self, cursor: Mapping[str, str]) -> ChangedOrders:
        """Read on from a cursor; {} starts at the shop's present less the overlap."""
        if not cursor:
            return await self._first()
        position = Position.read(cursor, self._client.connection)
        found: dict[int, OrderHint] = {}
        if not position.sweep:
            if not position.at:
                position = await self._trashed(position, found)
            position = await self._by_time(position, found)
        more = bool(position.at)
        if not more and position.swept != _stamp(self._client.now)[:10]:
            position = await self._swept(position, found)
            more = bool(position.sweep)
        return ChangedOrders(hints=tuple(found.values()), cursor=position.cursor(), more=more)

    async def _first(self) -> ChangedOrders:
        """Begin at the shop's own clock: what is older was there before Waybill and is not taken."""
        await self._orders({"per_page": "1"})
        now = self._client.now
        begun = _stamp(now - self._overlap)
        position = Position(begun, mark=begun, swept=_stamp(now)[:10])
        return ChangedOrders(hints=(), cursor=position.cursor(), more=True)

    async def _by_time(self, position: Position, found: dict[int, OrderHint]) -> Position:
        """Read by time of change; `modified_after` leaves out its own second, so ask from before it."""
        since = position.at or max(_back(position.mark, self._overlap), position.begun)
        page = await self._orders(
            {
                "modified_after": _back(since, _SECOND),
                "orderby": "modified",
                "order": "asc",
                "page": str(position.page),
                "per_page": str(self._size),
            }
        )
        # A shop that ignores the filter sends old orders for ever: without progress there is no more page.
        rows = [row for row in page.rows if row.date_modified_gmt and _stamp(row.date_modified_gmt) >= since]
        self._name(rows, found)
        latest = max((_stamp(row.date_modified_gmt) for row in rows if row.date_modified_gmt), default="")
        # One from the future must not hide what comes until then.
        mark = max(position.mark, min(latest, _stamp(self._client.now)))
        if not rows or page.is_last(position.page, self._size):
            return replace(position, mark=mark, at="", page=1)
        return replace(position, mark=mark, at=latest, page=position.page + 1 if latest == since else 1)

    async def _trashed(self, position: Position, found: dict[int, OrderHint]) -> Position:
        """Name what was put into the trash since it was looked at last; that moves an order's time."""
        since = max(_back(position.trash or position.mark, self._overlap), position.begun)
        asked = {"modified_after": _back(since, _SECOND), **_ALWAYS, "status": "trash"}
        rows = await self._client.every(f"{SHOP}/orders", OrderMark, asked)
        self._name(
            [row for row in rows if row.date_modified_gmt and _stamp(row.date_modified_gmt) >= since], found
        )
        return replace(position, trash=_stamp(self._client.now))

    async def _swept(self, position: Position, found: dict[int, OrderHint]) -> Position:
        """Name every order of the last days, once a day."""
        now, number = self._client.now, max(position.sweep, 1)
        since = max(_stamp(now - self._sweep_days), position.begun)
        page = await self._orders(
            {
                "after": since,
                "orderby": "id",
                "order": "asc",
                "page": str(number),
                "per_page": str(self._size),
            }
        )
        self._name(page.rows, found)
        if page.is_last(number, self._size):
            return replace(position, sweep=0, swept=_stamp(now)[:10])
        return replace(position, sweep=number + 1)

    async def _orders(self, where: Mapping[str, str]) -> Page[OrderMark]:
        return await self._client.page(f"{SHOP}/orders", OrderMark, {**where, **_ALWAYS})

    def _name(self, rows: Sequence[OrderMark], found: dict[int, OrderHint]) -> None:
        """Name orders.

        Each basket that reaches the checkout is a draft in the list; sub-orders of a marketplace repeat what
        their parent sold.
        """
        for row in rows:
            if row.status in self._drafts or (row.parent_id and not self._sub_orders):
                continue
            if self._from and row.date_created_gmt and row.date_created_gmt.date() < self._from:
                continue
            kind = "order.refunded" if row.refunds else "order.listed"
            found[row.id] = OrderHint(order_id=str(row.id), mark=row.mark, kind=kind)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(_FORM)


def _moment(text: str) -> datetime:
    return datetime.strptime(text, _FORM).replace(tzinfo=UTC)


def _back(text: str, by: timedelta) -> str:
    return _stamp(_moment(text) - by)
