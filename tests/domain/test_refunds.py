"""What a store gave back becomes a return of the order: as pieces, as an amount, or a person's business."""

from decimal import Decimal
from typing import Any

import pytest

from domain.order import Discount, Order
from domain.policy import Goods
from domain.refunds import RefundedLine, StoreRefund, return_of
from domain.returning import ReturnedLine, ReturnRefused
from tests.domain.specimens import order

D = Decimal


def refund(**facts: Any) -> StoreRefund:
    return StoreRefund(reference="slip-7", **facts)


def sold() -> Order:
    """An order whose first line is pieces of one price."""
    return order()


def line(quantity: str, gross: Decimal) -> RefundedLine:
    return RefundedLine(line_id=sold().lines[0].id, quantity=D(quantity), gross=gross)


def piece() -> Decimal:
    first = sold().lines[0]
    return first.gross / first.quantity


def test_pieces_at_their_price_are_credited_as_pieces() -> None:
    first = sold().lines[0]

    asked = return_of(refund(lines=(line("1", piece()),), shipping=D(6)), sold(), Goods.BACK, "shop")

    assert asked.lines == (ReturnedLine(line_id=first.id, sku=first.sku, quantity=D(1)),)
    assert (asked.amount, asked.shipping, asked.goods, asked.by) == (D(0), D(6), Goods.BACK, "shop")


def test_pieces_at_another_price_are_credited_as_an_amount() -> None:
    asked = return_of(refund(lines=(line("1", D("1.00")),), amount=D(2)), sold(), Goods.NONE, "shop")

    assert (asked.lines, asked.amount, asked.goods) == ((), D("3.00"), Goods.NONE)


def test_what_the_store_kept_is_not_credited() -> None:
    asked = return_of(refund(lines=(line("1", piece()),), amount=D(-1)), sold(), Goods.NONE, "shop")

    assert (asked.lines, asked.amount) == ((), piece() - 1)


def test_pieces_of_an_order_with_a_voucher_are_credited_at_what_the_store_gave_back() -> None:
    rebate = Discount(name="TEN", net=D(1), gross=D(1))
    discounted = sold().model_copy(update={"discounts": (rebate,)})

    asked = return_of(refund(lines=(line("1", piece()),)), discounted, Goods.NONE, "shop")

    assert (asked.lines, asked.amount) == ((), piece())


def test_an_amount_alone_brings_no_goods_back() -> None:
    asked = return_of(refund(amount=D(5)), sold(), Goods.COMING, "shop")

    assert (asked.amount, asked.goods) == (D(5), Goods.NONE)


@pytest.mark.parametrize(
    ("facts", "goods", "says"),
    [
        ({"lines": (line("1", D("1.00")),)}, Goods.BACK, "1.00 were given back for 1 ×"),
        ({"lines": (line("1", piece()),), "amount": D(-1)}, Goods.COMING, "kept 1 of the pieces' worth"),
        ({"lines": (RefundedLine(line_id="no", quantity=D(1), gross=D(1)),)}, Goods.NONE, "no line no"),
        ({"amount": D(5), "unsure": "nobody knows"}, Goods.NONE, "nobody knows"),
        ({"amount": D(-5)}, Goods.NONE, "kept more than it gave back"),
    ],
)
def test_what_cannot_be_told_for_certain_is_a_persons_business(
    facts: dict[str, Any], goods: Goods, says: str
) -> None:
    with pytest.raises(ReturnRefused, match=says):
        return_of(refund(**facts), sold(), goods, "shop")
