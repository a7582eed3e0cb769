"""What lies in the parcels where only a part of an order has left, among what locations have to send."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from adapters.stores.shopify import operations
from adapters.stores.shopify.client import ShopifyClient
from adapters.stores.shopify.departures import sent_lines
from adapters.stores.shopify.fulfilment_models import (
    FulfilmentOrder,
    OrderFulfilment,
    PackedLine,
    PackedLines,
)
from domain.errors import UnexpectedAnswer
from domain.stock import same_article


class Piece(NamedTuple):
    """Pieces of a line that a location has to send, and how many it had left before."""

    order: str
    line: str
    pieces: int
    before: int


class Parts:
    """Looks at one shop's fulfilment orders line by line."""

    def __init__(self, client: ShopifyClient) -> None:
        self._client = client

    async def still_to_tell(
        self, read: OrderFulfilment, able: Sequence[FulfilmentOrder], sent: Mapping[str, Decimal]
    ) -> list[list[Piece]] | None:
        """Return what of the sent pieces no fulfilment shows yet, by location.

        None where the ERP sent an article that the order has not: a bundle's part.
        """
        shown = await self._shown(read)
        packed = {order.id: [line async for line in self._lines(order.id)] for order in read.orders.nodes}
        known = {same_article(line.sku) for lines in packed.values() for line in lines} | set(shown)
        owed: dict[str, int] = {}
        for sku, pieces in sent.items():
            owed[same_article(sku)] = owed.get(same_article(sku), 0) + int(pieces)
        if not {article for article, pieces in owed.items() if pieces > 0} <= known:
            return None
        left = {article: pieces - shown.get(article, 0) for article, pieces in owed.items()}
        return _by_location(able, packed, left)

    async def are_told(self, pieces: Iterable[Piece]) -> bool:
        """Tell whether a fulfilment took the pieces off what is to be sent."""
        chosen = list(pieces)
        now: dict[str, int] = {}
        for order in dict.fromkeys(each.order for each in chosen):
            now |= {line.id: line.remaining async for line in self._lines(order)}
        return all(now.get(each.line, 0) <= each.before - each.pieces for each in chosen)

    async def _lines(self, order: str) -> AsyncIterator[PackedLine]:
        after: str | None = None
        while True:
            page = await self._client.read_one(
                PackedLines, operations.PACKED, "fulfillmentOrder", id=order, after=after
            )
            if page is None:
                raise UnexpectedAnswer(
                    "a fulfilment order that the order names is not there", connection=self._client.connection
                )
            for line in page.lines.nodes:
                yield line
            if not page.lines.info.more or page.lines.info.end in {"", after}:
                return
            after = page.lines.info.end

    async def _shown(self, read: OrderFulfilment) -> dict[str, int]:
        shown: dict[str, int] = {}
        for each in read.fulfilments:
            if each.status == "SUCCESS":
                async for line in sent_lines(self._client, each.id):
                    article = same_article(line.line.sku)
                    shown[article] = shown.get(article, 0) + line.quantity
        return shown


def _by_location(
    able: Iterable[FulfilmentOrder], packed: Mapping[str, Iterable[PackedLine]], left: dict[str, int]
) -> list[list[Piece]]:
    groups: dict[str, list[Piece]] = {}
    for order in able:
        for line in packed[order.id]:
            article = same_article(line.sku)
            pieces = min(left.get(article, 0), line.remaining)
            if pieces > 0:
                left[article] -= pieces
                groups.setdefault(order.place, []).append(Piece(order.id, line.id, pieces, line.remaining))
    return list(groups.values())
