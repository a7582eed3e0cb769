"""What is asked of an ERP after an order: goods taken back, money given back, money that came in.

Each has a key of its own, under which it exists at most once. What may be taken back or credited follows from
the whole picture of the order: never more than was shipped or invoiced, less what came back already.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from domain.fulfilment import Paper, PaperLine, Progress
from domain.model import Frozen
from domain.money import Money
from domain.order import Charge
from domain.policy import DocumentKind, PaperKind
from domain.posting import shortened_key

TAKES_BACK = (PaperKind.RETURN_REQUEST, PaperKind.RETURN, PaperKind.CREDIT_NOTE)
_SOURCES = {
    PaperKind.RETURN_REQUEST: (PaperKind.DELIVERY, PaperKind.INVOICE),
    PaperKind.RETURN: (PaperKind.RETURN_REQUEST, PaperKind.DELIVERY),
    PaperKind.CREDIT_NOTE: (PaperKind.RETURN_REQUEST, PaperKind.RETURN, PaperKind.INVOICE),
}
"""What each may be drawn from; what comes first is drawn from first."""


def paper_key(connection: str, store_order_id: str, what: str, number: str) -> str:
    """Return the key of what follows an order: `shop:1042:credit_note:1`, `shop:1042:payment:77`."""
    return shortened_key(f"{connection}:{store_order_id}:{what}:{number}")


class TakenLine(Frozen):
    """Pieces of a line of one paper that come back, or are only credited.

    `base` is the paper's `id`. `line_id` is the store's id of the line; without one the article tells.
    """

    base: str
    line_id: str = ""
    sku: str
    quantity: Decimal


class TakeBack(Frozen):
    """A return request, a return or a credit note for an order, to be made once under its key.

    `sales_entry` is the order's id in the ERP. `to_stock` says whether a credit note brings the goods back;
    a return always does. Only a credit note carries money without goods: `amounts` (one below zero is a
    deduction) and `shipping`, both net and gross with their tax rate.
    """

    key: str
    kind: PaperKind
    sales_kind: DocumentKind = DocumentKind.ORDER
    sales_entry: str
    on: date
    lines: tuple[TakenLine, ...] = ()
    amounts: tuple[Charge, ...] = ()
    shipping: Charge | None = None
    to_stock: bool = True
    reason: str = ""

    def faults(self) -> Iterator[str]:
        """Yield what makes no sense in it, in words."""
        if self.kind not in TAKES_BACK:
            yield f"a {self.kind.value} takes nothing back"
        if self.kind is not PaperKind.CREDIT_NOTE and (self.amounts or self.shipping or not self.to_stock):
            yield "only a credit note gives money back without goods"
        if not (self.lines or self.amounts or self.shipping):
            yield "nothing is taken back and nothing is given back"
        if any(line.quantity <= 0 for line in self.lines):
            yield "a quantity is not above zero"

    @property
    def money(self) -> Decimal:
        """What is given back besides the goods' worth, with tax."""
        charges = (*self.amounts, *((self.shipping,) if self.shipping else ()))
        return sum((charge.gross for charge in charges), Decimal(0))


class IncomingPayment(Frozen):
    """Money that came in for an order, to be entered once under its key.

    `invoice` is the entry of the invoice it pays; without one it stands on the customer's account. `method`
    is the store's payment method.
    """

    key: str
    order_key: str
    customer_code: str
    amount: Money
    received_on: date
    method: str = ""
    reference: str = ""
    invoice: str = ""


class PaymentEntry(Frozen):
    """A payment as the ERP holds it."""

    entry: str
    number: str
    cancelled: bool = False


def left_to_credit(progress: Progress) -> Money | None:
    """Return what was invoiced and not credited yet; None when nothing was invoiced."""
    invoiced = [paper.total for paper in progress.of_kind(PaperKind.INVOICE) if paper.total]
    credited = [paper.total for paper in progress.of_kind(PaperKind.CREDIT_NOTE) if paper.total]
    if not invoiced:
        return None
    return sum((-amount for amount in credited), sum(invoiced[1:], invoiced[0]))


def left_of(paper: Paper, progress: Progress) -> dict[tuple[str, str], Decimal]:
    """Return the pieces of a paper that nothing was drawn from yet, by line id and article."""
    drawn = (line for each in progress.papers if not each.cancelled for line in each.lines)
    left = _pieces(paper.lines)
    for name, quantity in _pieces(line for line in drawn if line.base == paper.id).items():
        left[name] = left.get(name, Decimal(0)) - quantity
    return {name: quantity for name, quantity in left.items() if quantity > 0}


def drawn_lines(
    progress: Progress,
    kind: PaperKind,
    line_id: str,
    sku: str,
    quantity: Decimal,
    request: str = "",
    *,
    keys: frozenset[str] = frozenset(),
    taken: Sequence[TakenLine] = (),
) -> tuple[TakenLine, ...]:
    """Choose the papers that so many pieces are taken back from; fewer come out when there are no more.

    The return request `request` (its `id`) and what was drawn from it come first. Of the requests that we
    made, only those under one of the `keys` are drawn from: another return waits for the goods of its own.
    `taken` are chosen already.
    """
    found: list[TakenLine] = []
    others = {
        paper.id
        for paper in progress.of_kind(PaperKind.RETURN_REQUEST)
        if paper.key and paper.key not in keys and paper.id != request
    }
    sources = [
        paper
        for source in _SOURCES[kind]
        for paper in progress.of_kind(source)
        if request in paper.follows or not others & {paper.id, *paper.follows}
    ]
    for paper in sorted(sources, key=lambda paper: request not in {paper.id, *paper.follows}):
        chosen = _pieces(line for line in taken if line.base == paper.id)
        for (its_line, its_sku), left in left_of(paper, progress).items():
            if its_sku != sku or (line_id and its_line and its_line != line_id) or quantity <= 0:
                continue
            some = min(left - chosen.get((its_line, its_sku), Decimal(0)), quantity)
            if some <= 0:
                continue
            found.append(TakenLine(base=paper.id, line_id=its_line, sku=sku, quantity=some))
            quantity -= some
    return tuple(found)


def _pieces(lines: Iterable[PaperLine | TakenLine]) -> dict[tuple[str, str], Decimal]:
    found: dict[tuple[str, str], Decimal] = {}
    for line in lines:
        name = (line.line_id, line.sku)
        found[name] = found.get(name, Decimal(0)) + line.quantity
    return found
