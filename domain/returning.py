"""A return as it is asked for and as it is shown: which pieces, which money, what becomes of the goods."""

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from pydantic import Field

from domain.documents import KeptDocument
from domain.fulfilment import Progress
from domain.model import Frozen
from domain.money import Money
from domain.order import Charge, Order
from domain.policy import Goods, PaperKind
from domain.returns import TakenLine, drawn_lines, left_to_credit, paper_key
from domain.texts import Plain, pieces

_CENT = Decimal("0.01")


class ReturnedLine(Frozen):
    """Pieces of one order line, by the store's id of the line; without one the article tells."""

    line_id: str = ""
    sku: str = ""
    quantity: Decimal = Field(gt=0)


class ReturnAsked(Frozen):
    """What is asked for. `reference` makes it one return of the order, however often it is asked.

    `amount` is money given back without pieces, `shipping` what of the shipping is given back; both gross.
    """

    reference: str = Field(pattern=r"^[A-Za-z0-9_.-]{1,20}$")
    lines: tuple[ReturnedLine, ...] = ()
    amount: Decimal = Field(default=Decimal(0), ge=0)
    shipping: Decimal = Field(default=Decimal(0), ge=0)
    goods: Goods = Goods.COMING
    to_stock: bool = True
    label: bool = False
    by: Plain = ""
    reason: Plain = ""


class ReturnStage(StrEnum):
    """Where a return is."""

    REGISTERED = "registered"
    WAITING_FOR_GOODS = "waiting_for_goods"
    CREDITING = "crediting"
    STOPPED = "stopped"
    COMPLETED = "completed"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """The stage in words."""
        return self.value.replace("_", " ")


ENDED = frozenset({ReturnStage.COMPLETED, ReturnStage.REFUSED})


class ReturnView(Frozen):
    """A return as the order's page shows it. `papers` are the names of what the ERP made for it."""

    reference: str
    stage: ReturnStage
    since: datetime
    because: str = ""
    pieces: Decimal = Decimal(0)
    papers: tuple[str, ...] = ()
    credited: Money | None = None
    tracking: str = ""
    label: KeptDocument | None = None


class ReturnRefused(ValueError):
    """What is asked for does not fit the order; the text says why, in words of the business."""


def checked(asked: ReturnAsked, order: Order, progress: Progress) -> None:
    """Raise `ReturnRefused` when the order has no such lines, or not so much of them came to the buyer."""
    if not (asked.lines or asked.amount or asked.shipping):
        raise ReturnRefused("say which pieces come back, or which amount is given back")
    if asked.goods is not Goods.NONE and not asked.lines:
        raise ReturnRefused("goods come back, but no pieces are named; or write goods none")
    for line in asked.lines:
        _line_of(order, line)
    invoiced = left_to_credit(progress)
    money = asked.amount + asked.shipping
    if money and (invoiced is None or invoiced.amount < money):
        left = invoiced if invoiced is not None else "nothing"
        raise ReturnRefused(f"{money} are to be given back, but of what was invoiced {left} is left")


def taken_lines(
    asked: ReturnAsked,
    order: Order,
    progress: Progress,
    kind: PaperKind,
    request: str = "",
    over: tuple[str, ...] = (),
) -> tuple[TakenLine, ...]:
    """Choose the ERP's lines that so many pieces are taken back from; the return's own `request` first.

    `over` are the order's returns that ended: what they announced and did not bring is free for this one.
    Raises `ReturnRefused` when fewer are left than are asked for.
    """
    found: list[TakenLine] = []
    keys = frozenset(
        paper_key(order.connection, order.store_id, PaperKind.RETURN_REQUEST.value, name)
        for name in (asked.reference, *over)
    )
    for wanted in asked.lines:
        sku = _line_of(order, wanted)
        lines = drawn_lines(progress, kind, wanted.line_id, sku, wanted.quantity, request, keys=keys)
        left = sum((line.quantity for line in lines), Decimal(0))
        if left < wanted.quantity:
            what = "invoiced" if kind is PaperKind.CREDIT_NOTE else "shipped"
            raise ReturnRefused(
                f"{pieces(wanted.quantity)} × {sku} are to come back; {what} and not back are {pieces(left)}"
            )
        found += lines
    return tuple(found)


def money_back(asked: ReturnAsked, order: Order) -> tuple[tuple[Charge, ...], Charge | None]:
    """Return what is given back besides the goods' worth: amounts, and shipping, with the order's own tax."""
    rates = {line.tax_rate for line in order.lines}
    rate = rates.pop() if len(rates) == 1 else order.shipping.tax_rate
    amounts = (_charge("amount", asked.amount, rate),) if asked.amount else ()
    shipping = _charge("shipping", asked.shipping, order.shipping.tax_rate) if asked.shipping else None
    return amounts, shipping


def _charge(name: str, gross: Decimal, rate: Decimal | None) -> Charge:
    net = (gross * 100 / (100 + (rate or 0))).quantize(_CENT, ROUND_HALF_UP)
    return Charge(code=name, name=name, net=net, gross=gross, tax_rate=rate)


def _line_of(order: Order, wanted: ReturnedLine) -> str:
    for line in order.lines:
        if (wanted.line_id and line.id == wanted.line_id) or (not wanted.line_id and line.sku == wanted.sku):
            return line.sku
    raise ReturnRefused(f"the order has no line {wanted.line_id or wanted.sku}")
