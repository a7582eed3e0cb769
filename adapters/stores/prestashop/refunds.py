"""Credit slips of an order (`order_slip`), with what their amounts do not say by themselves.

Written after PrestaShop 8.2, src/Adapter/Order/Refund/OrderSlipCreator.php and classes/order/OrderSlip.php.
"""

from collections.abc import Callable
from datetime import tzinfo
from decimal import Decimal

from adapters.stores.amounts import tidy
from adapters.stores.order_ids import order_number
from adapters.stores.prestashop.client import FULL, PrestaShopClient, among
from adapters.stores.prestashop.lookups import Lookups
from adapters.stores.prestashop.models import OrderSlip, SlipDetail
from adapters.stores.prestashop.times import to_utc
from domain.errors import NotFound
from domain.refunds import RefundedLine, StoreRefund

_ROUNDING = Decimal("0.01")
"""What rounding each line, or only the total, makes of difference for each line."""


class Refunds:
    """Reads slips. None of them moves the order's date, so only a webhook tells of a new one."""

    def __init__(self, client: PrestaShopClient, lookups: Lookups) -> None:
        self._client, self._lookups = client, lookups

    async def of_order(self, order_id: str) -> tuple[StoreRefund, ...]:
        """Return the order's slips, the oldest first."""
        try:
            number = order_number(order_id, self._client.connection)
        except NotFound:
            return ()
        asked = {"filter[id_order]": among([number]), **FULL}
        rows = await self._client.rows("order_slip", OrderSlip, asked, node="order_slips")
        slips = sorted((row for row in rows if row.id_order == number), key=lambda row: row.id)
        if not slips:
            return ()
        zone = await self._lookups.zone()
        return tuple(refund(slip, zone) for slip in slips)


def refund(slip: OrderSlip, zone: tzinfo) -> StoreRefund:
    """Return a slip as what it gave back. A line without pieces is an amount."""
    details = slip.associations.order_slip_details
    lines = tuple(
        RefundedLine(
            line_id=str(detail.id_order_detail),
            quantity=Decimal(detail.product_quantity),
            gross=tidy(detail.amount_tax_incl),
        )
        for detail in details
        if detail.product_quantity
    )
    for_pieces = sum((line.gross for line in lines), Decimal(0))
    return StoreRefund(
        reference=f"slip-{slip.id}",
        lines=lines,
        amount=tidy(_for_products(slip) - for_pieces),
        shipping=tidy(slip.total_shipping_tax_incl),
        made_at=to_utc(slip.date_add, zone) if slip.date_add else None,
        unsure=_unsure(slip),
    )


def _for_products(slip: OrderSlip) -> Decimal:
    """What was given back for products, gross.

    A voucher's part that the shop kept is off one of the totals only: the one with tax for a buyer who sees
    prices without, and the other way round. What else differs from the lines is rounding.
    """
    details = slip.associations.order_slip_details
    gross, net = (
        _sum(details, lambda each: each.amount_tax_incl),
        _sum(details, lambda each: each.amount_tax_excl),
    )
    rounding = _ROUNDING * max(len(details), 1)
    if abs(gross - slip.total_products_tax_incl) > rounding:
        return slip.total_products_tax_incl
    kept = net - slip.total_products_tax_excl
    return gross - kept if kept > rounding else gross


def _unsure(slip: OrderSlip) -> str:
    """Say it when an employee chose the amount: the totals do not know of it, and nothing tells its tax."""
    if slip.amount is None:
        return ""
    details = slip.associations.order_slip_details
    usual = (
        slip.total_products_tax_incl,
        slip.total_products_tax_excl,
        _sum(details, lambda each: each.amount_tax_incl),
        _sum(details, lambda each: each.amount_tax_excl),
    )
    rounding = _ROUNDING * max(len(details), 1)
    if any(abs(slip.amount - each) <= rounding for each in usual):
        return ""
    return f"{tidy(slip.amount, 2):f} were given back by choice; the shop does not tell whether with tax"


def _sum(details: tuple[SlipDetail, ...], amount: Callable[[SlipDetail], Decimal]) -> Decimal:
    return sum((amount(detail) for detail in details), Decimal(0))
