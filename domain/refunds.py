"""What a store gave back to a buyer by itself, and the return of the order that follows from it."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from pydantic import Field

from domain.model import Frozen
from domain.order import DiscountLevel, Order, OrderLine
from domain.policy import Goods
from domain.returning import ReturnAsked, ReturnedLine, ReturnRefused
from domain.texts import pieces

_CENT = Decimal("0.01")


class RefundedLine(Frozen):
    """Pieces of one order line, by the store's id of the line, and what was given back for them, gross."""

    line_id: str
    quantity: Decimal = Field(gt=0)
    gross: Decimal


class StoreRefund(Frozen):
    """One refund that the store made. All amounts are gross, in the order's currency.

    `reference` is the same whenever it is read: `slip-7`. `amount` was given back without pieces; below zero,
    the store kept so much of the pieces' worth. `unsure` says why the amounts cannot be told for certain.
    """

    reference: str = Field(pattern=r"^[A-Za-z0-9_.-]{1,20}$")
    lines: tuple[RefundedLine, ...] = ()
    amount: Decimal = Decimal(0)
    shipping: Decimal = Field(default=Decimal(0), ge=0)
    made_at: datetime | None = None
    unsure: str = ""

    @property
    def for_products(self) -> Decimal:
        """What was given back, the shipping left aside."""
        return sum((line.gross for line in self.lines), self.amount)

    @property
    def total(self) -> Decimal:
        """All that was given back."""
        return self.for_products + self.shipping


def return_of(refund: StoreRefund, order: Order, goods: Goods, by: str) -> ReturnAsked:
    """Return what is asked of the ERP because of a refund.

    Pieces are credited as pieces where the store gave back what they cost. Where it gave back another amount,
    or the order has discounts that the ERP takes off the pieces, the amount is credited as such, as long as
    no goods come back with it. Raises `ReturnRefused` for what a person has to decide.
    """
    if refund.unsure:
        raise ReturnRefused(refund.unsure)
    if refund.for_products < 0:
        raise ReturnRefused("the store kept more than it gave back")
    lines = tuple(
        ReturnedLine(line_id=line.line_id, sku=found.sku, quantity=line.quantity)
        for line, found in _found(refund, order)
    )
    kept = Goods.NONE if not lines else goods
    other = _other_than_its_price(refund, order)
    if other and kept is not Goods.NONE:
        raise ReturnRefused(f"{other}; register the goods and the money by hand")
    reduced = any(discount.level is not DiscountLevel.SHIPPING for discount in order.discounts)
    as_amount = bool(other) or (reduced and kept is Goods.NONE)
    return ReturnAsked(
        reference=refund.reference,
        lines=() if as_amount else lines,
        amount=refund.for_products if as_amount else refund.amount,
        shipping=refund.shipping,
        goods=kept,
        by=by,
        reason="refunded in the store",
    )


def _found(refund: StoreRefund, order: Order) -> Iterator[tuple[RefundedLine, OrderLine]]:
    known = {line.id: line for line in order.lines}
    for line in refund.lines:
        if line.line_id not in known:
            raise ReturnRefused(f"the order has no line {line.line_id}")
        yield line, known[line.line_id]


def _other_than_its_price(refund: StoreRefund, order: Order) -> str:
    """Say which pieces were not given back at what they cost, "" when all were."""
    if refund.amount < 0:
        return f"the store kept {-refund.amount:f} of the pieces' worth"
    for line, found in _found(refund, order):
        worth = found.gross * line.quantity / found.quantity if found.quantity else Decimal(0)
        if abs(worth - line.gross) > _CENT:
            return f"{line.gross:f} were given back for {pieces(line.quantity)} × {found.sku}"
    return ""
