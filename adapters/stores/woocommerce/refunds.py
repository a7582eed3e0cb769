"""Refunds of an order, as the shop recorded them; each changes the order's time, so the list tells too."""

from decimal import Decimal

from adapters.stores.amounts import tidy, to_the_cent
from adapters.stores.order_ids import order_number
from adapters.stores.woocommerce.client import SHOP, WooCommerceClient
from adapters.stores.woocommerce.models import LineItem, OrderCurrency, Refund, TaxedLine
from domain.errors import NotFound
from domain.money import currency_digits, rounded
from domain.refunds import RefundedLine, StoreRefund

_ORIGINAL = "_refunded_item_id"


class Refunds:
    """Reads refunds."""

    def __init__(self, client: WooCommerceClient) -> None:
        self._client = client

    async def of_order(self, order_id: str) -> tuple[StoreRefund, ...]:
        """Return the order's refunds, the oldest first."""
        try:
            path = f"{SHOP}/orders/{order_number(order_id, self._client.connection)}"
            rows = await self._client.every(f"{path}/refunds", Refund, {"dp": "6"})
            if not rows:
                return ()
            order = await self._client.one(path, OrderCurrency, {"_fields": "id,currency"})
        except NotFound:
            return ()
        digits = currency_digits(order.currency)
        found = (refund(row, digits) for row in sorted(rows, key=lambda row: row.id))
        # Pieces may be put back into the stock by a refund of nothing.
        return tuple(each for each in found if each.total or each.lines or each.unsure)


def refund(row: Refund, digits: int) -> StoreRefund:
    """Return a refund; what was given beyond pieces and shipping is an amount, `amount` being the truth.

    Some versions 7 lost it where orders have tables of their own (issue 39215): only the lines tell then.
    """
    pieces = [item for item in row.line_items if item.quantity and _gross(item)]
    exact, given = [_gross(line) for line in (*pieces, *row.shipping_lines)], rounded(row.amount, digits)
    if not given and any(exact):
        worth = f"{rounded(sum(exact, Decimal(0)), digits):f}"
        unsure = f"the shop tells 0 as what was given back, and lines worth {worth}"
        return StoreRefund(reference=f"refund-{row.id}", made_at=row.date_created_gmt, unsure=unsure)
    settled = to_the_cent(exact, given, digits)
    amounts, shipping = settled[: len(pieces)], sum(settled[len(pieces) :], Decimal(0))
    lines = tuple(
        RefundedLine(line_id=_original(item), quantity=abs(tidy(item.quantity)), gross=tidy(amount, digits))
        for item, amount in zip(pieces, amounts, strict=True)
    )
    return StoreRefund(
        reference=f"refund-{row.id}",
        lines=lines,
        amount=tidy(given - sum(settled, Decimal(0)), digits),
        shipping=tidy(shipping, digits),
        made_at=row.date_created_gmt,
    )


def _gross(line: TaxedLine) -> Decimal:
    return -line.total - line.total_tax


def _original(item: LineItem) -> str:
    """Return the line that was given back: the refund's own lines have ids of their own."""
    return next((each.value for each in item.meta_data if each.key == _ORIGINAL), str(item.id))
