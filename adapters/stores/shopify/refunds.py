"""Refunds of an order, with what became of their pieces.

Pieces with `CANCEL` had not left: they are off the order itself, and what was given back for them was never
invoiced. All others are reported. What the money moved differs from the lines by is an amount of its own.
Money that is still on its way is reported once it has moved.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from adapters.stores.amounts import tidy
from adapters.stores.shopify import operations
from adapters.stores.shopify.client import ShopifyClient
from adapters.stores.shopify.departures import Departures
from adapters.stores.shopify.ids import number_of, order_gid
from adapters.stores.shopify.mapping import came_back, gave_back, shipping_given_back, taken_off
from adapters.stores.shopify.models import Named
from adapters.stores.shopify.refund_models import OrderRefunds, Refund, RefundLine
from domain.errors import NotFound, UnexpectedAnswer
from domain.money import currency_digits
from domain.refunds import RefundedLine, StoreRefund


class Refunds:
    """Reads refunds."""

    def __init__(self, client: ShopifyClient) -> None:
        self._client, self._departures = client, Departures(client)

    async def of_order(self, order_id: str) -> tuple[StoreRefund, ...]:
        """Return the order's refunds, the oldest first; nothing for an order the shop denies."""
        try:
            gid = order_gid(order_id, self._client.connection)
        except NotFound:
            return ()
        read = await self._client.read_one(OrderRefunds, operations.REFUND_IDS, "order", id=gid)
        if read is None:
            return ()
        found = await self.all_of(gid, read.refunds)
        found.sort(key=lambda each: int(each.number))
        return tuple(told(found, read.taxes_included))

    async def all_of(self, order_gid: str, named: Iterable[Named]) -> list[Refund]:
        """Read the refunds that an order names; each line is what had left, or has `CANCEL`."""
        refunds = [await self._whole(each.id) for each in named]
        return await self._departures.told(order_gid, refunds)

    async def _whole(self, gid: str) -> Refund:
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


def told(refunds: Iterable[Refund], taxes_included: bool) -> Iterator[StoreRefund]:
    """Yield what was given back of what had left, the oldest first.

    An edit takes pieces off and leaves their money owed; when that is given back later, it is none of the
    ERP's business: the pieces were never invoiced.
    """
    owed = Decimal(0)
    for refund in refunds:
        if refund.on_its_way:
            continue
        beside = _beside(refund, taxes_included)
        off = sum((gave_back(line, taxes_included) for line in taken_off(refund)), Decimal(0))
        settled = min(max(beside, Decimal(0)), owed) if refund.settles else Decimal(0)
        whether = _whether(refund, owed) if owed and beside > 0 and not refund.settles else ""
        owed += min(max(-beside, Decimal(0)), off) - settled
        found = _refunded(refund, beside - settled if refund.money else Decimal(0), taxes_included)
        if found is not None:
            yield found.model_copy(update={"unsure": found.unsure or whether})


def _whether(refund: Refund, owed: Decimal) -> str:
    currency = refund.told_total.currency
    return (
        "it may be for pieces that were taken off the order before they left:"
        f" {tidy(owed, currency_digits(currency)):f} {currency} was still owed for them"
    )


def _beside(refund: Refund, taxes_included: bool) -> Decimal:
    """Return by how much more was given back than the lines and the shipping are worth."""
    lines = sum((gave_back(line, taxes_included) for line in refund.lines.nodes), Decimal(0))
    amount = refund.money - lines - shipping_given_back(refund, taxes_included)
    coin = Decimal(1).scaleb(-currency_digits(refund.told_total.currency))
    rounded_parts = len(refund.lines.nodes) + len(refund.shipping.nodes)
    return Decimal(0) if abs(amount) <= coin * rounded_parts else amount


def _refunded(refund: Refund, amount: Decimal, taxes_included: bool) -> StoreRefund | None:
    back = came_back(refund)
    lines = tuple(_line(line, taxes_included) for line in back)
    shipping = shipping_given_back(refund, taxes_included)
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
    if refund.money or not any(line.subtotal.amount for line in came_back(refund)):
        return ""
    return "the shop took the pieces back and has given no money back for them"
