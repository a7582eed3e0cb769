"""The shop's own list of new and changed orders, by `updated_at` with overlap, page by page.

The very first reading begins behind the order that was changed last: nothing older is ever named. Times are
the shop's own, so no clock of ours has a part in it.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

from adapters.ports import ChangedOrders, OrderHint
from adapters.stores.shopify import operations
from adapters.stores.shopify.client import ShopifyClient
from adapters.stores.shopify.mapping import is_taken
from adapters.stores.shopify.models import OrderMark, Page
from adapters.stores.shopify.settings import ShopifySettings
from domain.errors import BadConfiguration

_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ|")
_REFUNDED = {"PARTIALLY_REFUNDED", "REFUNDED"}
_FORM = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True)
class Position:
    """How far the list has been read; times are texts in UTC.

    `begun` and `begun_id` are the last change before the first reading. While there are more pages, `since`
    is where the reading of now began and `after` the shop's cursor behind the page before.
    """

    begun: str = ""
    begun_id: int = 0
    mark: str = ""
    since: str = ""
    after: str = ""

    @classmethod
    def read(cls, cursor: Mapping[str, str], connection: str) -> "Position":
        """Read a cursor; `BadConfiguration` when somebody changed it into what it cannot be."""
        begun, mark, since = (cursor.get(name, "") for name in ("begun", "mark", "since"))
        begun_id = cursor.get("begun_id", "0")
        fits = all(_STAMP.fullmatch(text) for text in (begun, mark, since))
        if not fits or not re.fullmatch(r"[0-9]{1,18}", begun_id):
            raise BadConfiguration(
                "the position in the shop's list is garbled", field="cursor", connection=connection
            )
        return cls(begun, int(begun_id), mark, since, cursor.get("after", ""))

    def cursor(self) -> dict[str, str]:
        """Write the position as texts."""
        return {name: str(value) for name, value in asdict(self).items()}

    def is_news(self, order: OrderMark) -> bool:
        """Tell whether an order changed after the very first reading began."""
        return (_stamp(order.updated_at), int(order.number)) > (self.begun, self.begun_id)


class OrderChanges:
    """Pages of hints, one request each."""

    def __init__(self, client: ShopifyClient, settings: ShopifySettings) -> None:
        self._client, self._settings = client, settings

    async def page(self, cursor: Mapping[str, str]) -> ChangedOrders:
        """Read on from a cursor; {} starts behind the last change there is."""
        if not cursor:
            return ChangedOrders(hints=(), cursor=(await self._first()).cursor(), more=False)
        position = Position.read(cursor, self._client.connection)
        if not position.after:
            position = replace(position, since=self._since(position))
        asked = "status:any" + (f" updated_at:>='{position.since}'" if position.since else "")
        page = await self._orders(
            operations.CHANGED, first=self._settings.page_size, after=position.after or None, query=asked
        )
        newest = max((_stamp(each.updated_at) for each in page.nodes), default="")
        # Without another place to go on from, a shop would be read for ever.
        more = page.info.more and page.info.end not in {"", position.after}
        position = replace(position, mark=max(newest, position.mark), after=page.info.end if more else "")
        hints = tuple(
            _hint(each) for each in page.nodes if position.is_news(each) and is_taken(each, self._settings)
        )
        return ChangedOrders(hints=hints, cursor=position.cursor(), more=more)

    async def _first(self) -> Position:
        page = await self._orders(operations.NEWEST)
        if not page.nodes:
            return Position()
        stamp = _stamp(page.nodes[0].updated_at)
        return Position(begun=stamp, begun_id=int(page.nodes[0].number), mark=stamp)

    def _since(self, position: Position) -> str:
        if not position.mark:
            return position.begun
        mark = datetime.fromisoformat(position.mark)
        return max(_stamp(mark - self._settings.overlap), position.begun)

    async def _orders(self, document: str, **variables: object) -> Page[OrderMark]:
        data = await self._client.read(document, **variables)
        return self._client.parsed(Page[OrderMark], data.get("orders"), "orders")


def _hint(order: OrderMark) -> OrderHint:
    hint = OrderHint(order_id=order.number, mark=order.mark)
    return hint.model_copy(update={"kind": "order.refunded"}) if order.financial in _REFUNDED else hint


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(_FORM)
