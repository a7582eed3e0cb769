"""Which of the refunded pieces had left the shop.

`CANCEL` says that pieces had not, `RETURN` that they came back. `NO_RESTOCK` says neither: a buyer may keep
broken bottles, and an employee may take off what is out of stock, also by editing the order. What was
fulfilled tells.
"""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence

from adapters.stores.order_ids import no_such_order
from adapters.stores.shopify import operations
from adapters.stores.shopify.client import ShopifyClient
from adapters.stores.shopify.mapping import CANCELLED, GONE
from adapters.stores.shopify.models import Money
from adapters.stores.shopify.refund_models import DepartedOrder, Refund, RefundLine, SentLine, SentLines
from domain.errors import UnexpectedAnswer
from domain.money import currency_digits, rounded

_UNTOLD = {"NO_RESTOCK", "LEGACY_RESTOCK"}


class Departures:
    """Looks at what one shop fulfilled."""

    def __init__(self, client: ShopifyClient) -> None:
        self._client = client

    async def told(self, order_gid: str, refunds: Sequence[Refund]) -> list[Refund]:
        """Return the refunds with each line as pieces that had left, or as `CANCEL`.

        Of one line, the pieces that were refunded last are those that had left.
        """
        untold = _pieces(refunds, _UNTOLD)
        if not untold:
            return list(refunds)
        left = await self._left(order_gid, untold, _pieces(refunds, {"RETURN"}))
        done: dict[str, Refund] = {}
        for refund in sorted(refunds, key=lambda each: int(each.number), reverse=True):
            parts = tuple(part for line in refund.lines.nodes for part in _split(line, left))
            lines = refund.lines.model_copy(update={"nodes": parts})
            done[refund.number] = refund.model_copy(update={"lines": lines})
        return [done[refund.number] for refund in refunds]

    async def _left(
        self, order_gid: str, untold: Mapping[str, int], returned: Mapping[str, int]
    ) -> dict[str, int]:
        """Return by line how many of the untold pieces had left: sent, and neither there still nor back."""
        fulfilments: set[str] = set()
        there: dict[str, int] = {}
        async for page in self._pages(order_gid):
            fulfilments |= {each.id for each in page.fulfilments if each.status not in GONE}
            there |= {
                line.id: line.current_quantity - min(line.unfulfilled, line.current_quantity)
                for line in page.lines.nodes
            }
        sent: dict[str, int] = {}
        for fulfilment in fulfilments:
            async for line in sent_lines(self._client, fulfilment):
                sent[line.line.id] = sent.get(line.line.id, 0) + line.quantity
        return {
            line: min(max(sent.get(line, 0) - there.get(line, 0) - returned.get(line, 0), 0), pieces)
            for line, pieces in untold.items()
        }

    async def _pages(self, order_gid: str) -> AsyncIterator[DepartedOrder]:
        after: str | None = None
        while True:
            page = await self._client.read_one(
                DepartedOrder, operations.DEPARTED, "order", id=order_gid, after=after
            )
            if page is None:
                raise no_such_order(self._client.connection)
            yield page
            if not page.lines.info.more or page.lines.info.end in {"", after}:
                return
            after = page.lines.info.end


async def sent_lines(client: ShopifyClient, fulfilment: str) -> AsyncIterator[SentLine]:
    """Yield what is in a fulfilment."""
    after: str | None = None
    while True:
        page = await client.read_one(SentLines, operations.SENT, "fulfillment", id=fulfilment, after=after)
        if page is None:
            raise UnexpectedAnswer(
                "a fulfilment that the order names is not there", connection=client.connection
            )
        for line in page.lines.nodes:
            yield line
        if not page.lines.info.more or page.lines.info.end in {"", after}:
            return
        after = page.lines.info.end


def _pieces(refunds: Sequence[Refund], kinds: set[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for line in (line for refund in refunds for line in refund.lines.nodes):
        if line.restock in kinds and line.quantity:
            found[line.line.id] = found.get(line.line.id, 0) + line.quantity
    return found


def _split(line: RefundLine, left: dict[str, int]) -> Iterator[RefundLine]:
    """Yield a line, in two where some of its pieces had left and some not; takes them out of `left`."""
    if line.restock not in _UNTOLD or not line.quantity:
        yield line
        return
    gone = min(left[line.line.id], line.quantity)
    left[line.line.id] -= gone
    first = _part(line, gone)
    if gone:
        yield first
    if gone < line.quantity:
        rest = {
            "quantity": line.quantity - gone,
            "restock": CANCELLED,
            "subtotal": _less(line.subtotal, first.subtotal),
            "tax": _less(line.tax, first.tax),
        }
        yield line.model_copy(update=rest)


def _part(line: RefundLine, pieces: int) -> RefundLine:
    shares = {name: _share(getattr(line, name), pieces, line.quantity) for name in ("subtotal", "tax")}
    return line.model_copy(update={"quantity": pieces, **shares})


def _share(whole: Money, pieces: int, of: int) -> Money:
    amount = rounded(whole.amount * pieces / of, currency_digits(whole.currency))
    return whole.model_copy(update={"amount": amount if pieces != of else whole.amount})


def _less(whole: Money, part: Money) -> Money:
    return whole.model_copy(update={"amount": whole.amount - part.amount})
