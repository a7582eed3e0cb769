"""A return as it is asked for and as it is shown: which pieces, which money, what becomes of the goods."""

import itertools
from collections.abc import Container, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from pydantic import Field

from domain.documents import KeptDocument
from domain.fulfilment import Delivery, Paper, PaperLine, Progress
from domain.mapping.lines import LinePart
from domain.model import Frozen
from domain.money import Money
from domain.order import Charge, Order, OrderLine
from domain.policy import DocumentKind, Goods, PaperKind
from domain.returns import TakenLine, drawn_lines, left_to_credit, paper_key
from domain.texts import Plain, pieces

_CENT = Decimal("0.01")


class ReturnedLine(Frozen):
    """Pieces of one order line, by the store's id of the line; without one the article tells."""

    line_id: str = ""
    sku: str = ""
    quantity: Decimal = Field(gt=0)


class Replacement(Frozen):
    """Pieces that the buyer gets instead. `price` is for one piece, with tax; None: what the order says."""

    sku: str = Field(min_length=1)
    quantity: Decimal = Field(gt=0)
    price: Decimal | None = Field(default=None, ge=0)


class ReturnAsked(Frozen):
    """What is asked for. `reference` is its name; without one the order gives it the next of R1, R2, R3 ….

    `amount` is money given back without pieces, `shipping` what of the shipping is given back; both gross.
    `instead` is ordered for the buyer once the goods are back, or `at_once`; None leaves that to the pair.
    """

    reference: str = Field(default="", pattern=r"^[A-Za-z0-9_.-]{0,20}$")
    lines: tuple[ReturnedLine, ...] = ()
    amount: Decimal = Field(default=Decimal(0), ge=0)
    shipping: Decimal = Field(default=Decimal(0), ge=0)
    goods: Goods = Goods.COMING
    to_stock: bool = True
    label: bool = False
    instead: tuple[Replacement, ...] = ()
    at_once: bool | None = None
    by: Plain = ""
    reason: Plain = ""


class GivenUp(Frozen):
    """A return of the order that is given up, by whom and why."""

    reference: str
    by: Plain = ""
    reason: Plain = ""

    @property
    def because(self) -> str:
        """The sentence that the return ends with."""
        return f"given up by {self.by}: {self.reason}".rstrip(": ")


class ReturnStage(StrEnum):
    """Where a return is."""

    REGISTERED = "registered"
    WAITING_FOR_GOODS = "waiting_for_goods"
    CREDITING = "crediting"
    REPLACING = "replacing"
    STOPPED = "stopped"
    COMPLETED = "completed"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """The stage in words."""
        return self.value.replace("_", " ")


ENDED = frozenset({ReturnStage.COMPLETED, ReturnStage.REFUSED})


class Replaced(Frozen):
    """The sales document in the ERP by which the buyer gets other pieces, and how far its goods are.

    `papers` are its deliveries and invoices, without their lines.
    """

    kind: DocumentKind
    entry: str
    number: str
    total: Money | None = None
    delivery: Delivery = Delivery.OPEN
    tracking: tuple[str, ...] = ()
    papers: tuple[Paper, ...] = ()


class ReturnView(Frozen):
    """A return as the order's page shows it. `papers` are the names of what the ERP made for it.

    `notes` say what of an exchange could not be told the store. `asked_as` is the id of what asked for it:
    said again, it is the same return.
    """

    reference: str
    asked_as: str = ""
    stage: ReturnStage
    since: datetime
    because: str = ""
    pieces: Decimal = Decimal(0)
    papers: tuple[str, ...] = ()
    credited: Money | None = None
    tracking: str = ""
    label: KeptDocument | None = None
    replacement: Replaced | None = None
    notes: tuple[str, ...] = ()


class ReturnRefused(ValueError):
    """What is asked for does not fit the order; the text says why, in words of the business."""


def checked(asked: ReturnAsked, order: Order, progress: Progress) -> None:
    """Raise `ReturnRefused` when the order has no such lines, or not so much of them came to the buyer."""
    if not (asked.lines or asked.amount or asked.shipping):
        raise ReturnRefused("say which pieces come back, or which amount is given back")
    if asked.goods is not Goods.NONE and not asked.lines:
        raise ReturnRefused("goods come back, but no pieces are named; or write goods none")
    lines_coming_back(asked, order)
    invoiced = _left_of_order(order, progress)
    money = asked.amount + asked.shipping
    if money and (invoiced is None or invoiced.amount < money):
        left = invoiced if invoiced is not None else "nothing"
        raise ReturnRefused(f"{money} are to be given back, but of what was invoiced {left} is left")


def _left_of_order(order: Order, progress: Progress) -> Money | None:
    """Return what may still be given back: an invoice may bill other orders of the buyer besides."""
    left = left_to_credit(progress)
    if left is None or left.currency != order.currency:
        return left
    credited = (paper.total for paper in progress.of_kind(PaperKind.CREDIT_NOTE) if paper.total)
    own = Money(order.gross, order.currency) - sum(credited, Money(Decimal(0), order.currency))
    return min(left, own, key=lambda each: each.amount)


def check_pieces(
    asked: ReturnAsked,
    order: Order,
    progress: Progress,
    over: tuple[str, ...] = (),
    parts: Sequence[LinePart] = (),
) -> None:
    """Raise `ReturnRefused` when not so many pieces are with the buyer, as `taken_lines` has them."""
    invoiced = left_to_credit(progress) is not None
    if asked.goods is Goods.COMING:
        taken_lines(asked, order, progress, PaperKind.RETURN_REQUEST, "", over, parts)
    elif invoiced or asked.goods is Goods.BACK:
        kind = PaperKind.CREDIT_NOTE if invoiced else PaperKind.RETURN
        taken_lines(asked, order, progress, kind, "", over, parts)


def next_reference(taken: Container[str]) -> str:
    """Return the first of R1, R2, R3 … that is not taken."""
    return next(name for number in itertools.count(1) if (name := f"R{number}") not in taken)


def taken_lines(
    asked: ReturnAsked,
    order: Order,
    progress: Progress,
    kind: PaperKind,
    request: str = "",
    over: tuple[str, ...] = (),
    parts: Sequence[LinePart] = (),
) -> tuple[TakenLine, ...]:
    """Choose the ERP's lines that so many pieces are taken back from; the return's own `request` first.

    `over` are the order's returns that ended: what they announced and did not bring is free for this one.
    `parts` are what lines were written as: with a bundle its parts come back, in proportion.
    Raises `ReturnRefused` when fewer are left than are asked for.
    """
    found: list[TakenLine] = []
    keys = frozenset(
        paper_key(order.connection, order.store_id, PaperKind.RETURN_REQUEST.value, name)
        for name in (asked.reference, *over)
    )
    for wanted in asked.lines:
        for line_id, sku, quantity in _written_as(wanted, _line_of(order, wanted), parts):
            lines = drawn_lines(progress, kind, line_id, sku, quantity, request, keys=keys, taken=found)
            left = sum((line.quantity for line in lines), Decimal(0))
            if left < quantity:
                what = "invoiced" if kind is PaperKind.CREDIT_NOTE else "shipped"
                raise ReturnRefused(
                    f"{pieces(quantity)} × {sku} are to come back; {what} and not back are {pieces(left)}"
                )
            found += lines
    return tuple(found)


def _written_as(
    wanted: ReturnedLine, line: OrderLine, parts: Sequence[LinePart]
) -> list[tuple[str, str, Decimal]]:
    """Return the ERP's lines of some pieces of a line: the id there, the article, how many."""
    own = [part for part in parts if part.of == line.id]
    if not own:
        return [(wanted.line_id, line.sku, wanted.quantity)]
    return [(part.line_id, part.sku, wanted.quantity * part.quantity / line.quantity) for part in own]


def money_back(
    asked: ReturnAsked, order: Order, progress: Progress
) -> tuple[tuple[Charge, ...], Charge | None]:
    """Return what is given back besides the goods' worth: amounts, and shipping, with the order's own tax.

    An amount is spread over the rates of what is invoiced and not credited yet, in proportion.
    """
    worth = _worth_by_rate(order, progress) if asked.amount else {}
    rates = {line.tax_rate for line in order.lines}
    if not worth:
        worth = {rates.pop() if len(rates) == 1 else order.shipping.tax_rate: Decimal(1)}
    shares = spread(asked.amount, tuple(worth.values()))
    amounts = tuple(
        _charge("amount", share, rate) for rate, share in zip(worth, shares, strict=True) if share
    )
    shipping = _charge("shipping", asked.shipping, order.shipping.tax_rate) if asked.shipping else None
    return amounts, shipping


def spread(amount: Decimal, weights: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
    """Spread an amount in proportion, to the cent; the shares add up to it. The weights are above zero."""
    total, shares, rest = sum(weights, Decimal(0)), [], amount
    for weight in weights[:-1]:
        share = (rest * weight / total).quantize(_CENT, ROUND_HALF_UP)
        shares.append(share)
        rest, total = rest - share, total - weight
    return (*shares, rest)


def _worth_by_rate(order: Order, progress: Progress) -> dict[Decimal | None, Decimal]:
    """Return what the pieces that are invoiced and not credited cost, by their rate of tax."""
    found: dict[Decimal | None, Decimal] = {}
    invoiced, credited = (
        [line for paper in progress.of_kind(kind) for line in paper.lines]
        for kind in (PaperKind.INVOICE, PaperKind.CREDIT_NOTE)
    )
    for line in order.lines:
        pieces_left = _of_line(order, line, invoiced) - _of_line(order, line, credited)
        if pieces_left > 0 and line.quantity > 0 and line.gross > 0:
            worth = line.gross * pieces_left / line.quantity
            found[line.tax_rate] = found.get(line.tax_rate, Decimal(0)) + worth
    return found


def _of_line(order: Order, line: OrderLine, drawn: Sequence[PaperLine]) -> Decimal:
    """Return how many pieces of an order line papers show; those without a line's id are the first's."""
    first = next(each.id for each in order.lines if each.sku == line.sku) == line.id
    return sum(
        (each.quantity for each in drawn if each.line_id == line.id or (first and _is_only(each, line))),
        Decimal(0),
    )


def _is_only(drawn: PaperLine, line: OrderLine) -> bool:
    return not drawn.line_id and drawn.sku == line.sku


def _charge(name: str, gross: Decimal, rate: Decimal | None) -> Charge:
    net = (gross * 100 / (100 + (rate or 0))).quantize(_CENT, ROUND_HALF_UP)
    return Charge(code=name, name=name, net=net, gross=gross, tax_rate=rate)


def lines_coming_back(asked: ReturnAsked, order: Order) -> tuple[OrderLine, ...]:
    """Return the order's lines that pieces of come back. Raises `ReturnRefused` for one it does not have."""
    return tuple(_line_of(order, line) for line in asked.lines)


def _line_of(order: Order, wanted: ReturnedLine) -> OrderLine:
    for line in order.lines:
        if (wanted.line_id and line.id == wanted.line_id) or (not wanted.line_id and line.sku == wanted.sku):
            return line
    raise ReturnRefused(f"the order has no line {wanted.line_id or wanted.sku}")
