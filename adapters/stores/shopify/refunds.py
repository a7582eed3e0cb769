"""Refunds of an order, with what became of their pieces.

Pieces with `CANCEL` had not left: they are off the order itself, and what was given back for them was never
invoiced. All others are reported. What the money moved differs from the lines by is an amount of its own.
"""

from decimal import Decimal

from adapters.stores.amounts import tidy
from adapters.stores.shopify import operations
from adapters.stores.shopify.client import ShopifyClient
from adapters.stores.shopify.ids import number_of, order_gid
from adapters.stores.shopify.mapping import came_back, gave_back, shipping_given_back
from adapters.stores.shopify.models import OrderRefunds, Refund, RefundLine
from domain.errors import NotFound, UnexpectedAnswer
from domain.refunds import RefundedLine, StoreRefund

_ROUNDING = Decimal("0.01")


class Refunds:
    """Reads refunds."""

    def __init__(self, client: ShopifyClient) -> None:
        self._client = client

    async def of_order(self, order_id: str) -> tuple[StoreRefund, ...]:
        """Return the order's refunds, the oldest first; nothing for an order the shop denies."""
        try:
            gid = order_gid(order_id, self._client.connection)
        except NotFound:
            return ()
        read = await self._client.read_one(OrderRefunds, operations.REFUND_IDS, "order", id=gid)
        if read is None:
            return ()
        found = [await self.read(each.id) for each in read.refunds]
        found.sort(key=lambda each: int(each.number))
        told = (refunded(each, read.taxes_included) for each in found)
        return tuple(each for each in told if each is not None)

    async def read(self, gid: str) -> Refund:
        """Read one refund with all its lines."""
        first = await self._page(gid)
        lines, info = list(first.lines.nodes), first.lines.info
        while info.more:
            page = await self._page(gid, info.end)
            lines += page.lines.nodes
            info = page.lines.info
        whole = first.lines.model_copy(update={"nodes": tuple(lines)})
        return first.model_copy(update={"lines": whole})

    async def _page(self, gid: str, after: str | None = None) -> Refund:
        page = await self._client.read_one(Refund, operations.REFUND, "refund", id=gid, after=after)
        if page is None:
            raise UnexpectedAnswer(
                "a refund that the order names is not there", connection=self._client.connection
            )
        return page


def refunded(refund: Refund, taxes_included: bool) -> StoreRefund | None:
    """Return a refund as what it gave back of what had left, None for one that took off only."""
    back = came_back(refund)
    lines = tuple(_line(line, taxes_included) for line in back)
    shipping = shipping_given_back(refund, taxes_included)
    all_lines = sum((gave_back(line, taxes_included) for line in refund.lines.nodes), Decimal(0))
    amount = refund.total.amount - all_lines - shipping
    if abs(amount) <= _ROUNDING * len(refund.lines.nodes) or not refund.total.amount:
        amount = Decimal(0)
    if not lines and not shipping and not amount:
        return None
    return StoreRefund(
        reference=f"rf-{refund.number}",
        lines=lines,
        amount=tidy(amount),
        shipping=tidy(shipping),
        made_at=refund.created_at,
        unsure=_unsure(refund),
    )


def _line(line: RefundLine, taxes_included: bool) -> RefundedLine:
    return RefundedLine(
        line_id=number_of(line.line.id),
        quantity=Decimal(line.quantity),
        gross=tidy(gave_back(line, taxes_included)),
    )


def _unsure(refund: Refund) -> str:
    """Say it when goods were taken back and no money has moved: it may follow, or never."""
    if refund.total.amount or not came_back(refund):
        return ""
    return "the shop took the pieces back and has given no money back for them"
