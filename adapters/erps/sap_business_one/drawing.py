"""What is drawn from which line when goods are taken back, and what it is worth. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from adapters.erps.sap_business_one.codes import Codes
from adapters.erps.sap_business_one.kinds import BY_PAPER, FOLLOWERS, Ref
from adapters.erps.sap_business_one.mapping import freight_line
from adapters.erps.sap_business_one.models import BaseDocument, BaseLine
from adapters.erps.sap_business_one.settings import SapBusinessOneSettings
from domain.errors import Refused
from domain.fulfilment import Progress
from domain.money import Money, currency_digits, rounded
from domain.order import Charge
from domain.policy import PaperKind
from domain.returns import TakeBack, TakenLine, left_to_credit

_NO_STOCK = {"WithoutInventoryMovement": "tYES"}
_HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Base:
    """A document that goods are taken back from, with the store's id of each of its lines."""

    ref: Ref
    document: BaseDocument
    line_ids: tuple[str, ...]

    @property
    def left_of_discount(self) -> Decimal:
        """The part of a line's worth that its document's discount leaves."""
        return 1 - (self.document.DiscountPercent or Decimal(0)) / _HUNDRED


@dataclass(frozen=True)
class Drawn:
    """Pieces drawn from one line, and their worth with tax in the document's currency."""

    base: Base
    line: BaseLine
    quantity: Decimal
    worth: Decimal


def ref_of(line: TakenLine, kind: PaperKind, progress: Progress) -> Ref:
    """Return the document a line is taken back from; refused when it is none of the order's."""
    paper = next((each for each in progress.papers if each.id == line.base), None)
    if paper is None or paper.cancelled:
        raise Refused(f"{line.base} is no document of this order, or was cancelled", field="lines.base")
    base, target = BY_PAPER[paper.kind], BY_PAPER[kind]
    if target not in FOLLOWERS[base.number]:
        raise Refused(f"a {target.word} cannot be drawn from {line.base}", field="lines.base")
    return base.number, int(paper.entry)


def draw(lines: Sequence[tuple[Ref, TakenLine]], bases: Mapping[Ref, Base], *, foreign: bool) -> list[Drawn]:
    """Spread the pieces over the lines of their bases; refused when fewer are open there."""
    taken: dict[tuple[Ref, int], Decimal] = {}
    found: list[Drawn] = []
    for ref, wanted in lines:
        missing, base = wanted.quantity, bases[ref]
        for line, line_id in zip(base.document.DocumentLines, base.line_ids, strict=True):
            if line.ItemCode != wanted.sku or (wanted.line_id and line_id != wanted.line_id):
                continue
            place = (ref, line.LineNum)
            open_quantity = (
                line.Quantity if line.RemainingOpenQuantity is None else line.RemainingOpenQuantity
            )
            some = min(missing, open_quantity - taken.get(place, Decimal(0)))
            if some > 0:
                taken[place] = taken.get(place, Decimal(0)) + some
                missing -= some
                found.append(Drawn(base, line, some, _worth(base, line, some, foreign=foreign)))
        if missing > 0:
            raise Refused(
                f"{missing.normalize():f} × {wanted.sku} more than {wanted.base} has left to take back",
                code="more_than_left",
                field="lines.quantity",
            )
    return found


def check_worth(wanted: TakeBack, drawn: Sequence[Drawn], progress: Progress) -> None:
    """Refuse a credit note of more than was invoiced less what was credited.

    Goods may be worth a cent a line more, because the company rounds each line; money alone may not.
    """
    if wanted.kind is not PaperKind.CREDIT_NOTE:
        return
    left = left_to_credit(progress)
    if left is None:
        raise Refused("nothing of the order is invoiced, so nothing can be credited", code="nothing_invoiced")
    digits = currency_digits(left.currency)
    goods = sum((rounded(each.worth, digits) for each in drawn), Decimal(0))
    asked, cent = goods + wanted.money, Decimal(1).scaleb(-digits)
    if asked <= 0:
        raise Refused("a credit note must give something back", code="nothing_credited")
    if asked > left.amount + cent * len(drawn):
        raise Refused(
            f"{Money(asked, left.currency)} is more than the {left} that were invoiced and not credited",
            code="more_than_invoiced",
        )


def take_back_body(
    wanted: TakeBack,
    drawn: Sequence[Drawn],
    progress: Progress,
    settings: SapBusinessOneSettings,
    codes: Codes,
) -> dict[str, Any]:
    """Return the document as it is posted; prices are inherited from the lines it is drawn from."""
    discount = max((each.base.document.DiscountPercent or Decimal(0) for each in drawn), default=Decimal(0))
    # A document without lines is refused: shipping that is given back alone becomes a line of money.
    alone = wanted.shipping if not (drawn or wanted.amounts) else None
    charges = (alone,) if alone else wanted.amounts
    lines = [_drawn_line(each, to_stock=wanted.to_stock) for each in drawn]
    lines += [_money_line(charge, discount, settings, codes) for charge in charges]
    total = progress.document.total
    body: dict[str, Any] = {
        "CardCode": progress.document.customer_code,
        "DocDate": wanted.on,
        "TaxDate": wanted.on,
        "DocDueDate": wanted.on,
        settings.paper_column: wanted.key,
        settings.order_column: progress.document.key,
        "DocumentLines": lines,
    }
    if total is not None:
        body["DocCurrency"] = codes.currency(total.currency)
    if wanted.reason:
        body["Comments"] = wanted.reason[:254]
    if discount:
        body["DiscountPercent"] = discount
    if settings.branch is not None:
        body["BPL_IDAssignedToInvoice"] = settings.branch
    if wanted.shipping and not alone:
        body["DocumentAdditionalExpenses"] = [freight_line(wanted.shipping, settings, codes)]
    return body


def _drawn_line(drawn: Drawn, *, to_stock: bool) -> dict[str, Any]:
    line = {
        "BaseType": drawn.base.ref[0],
        "BaseEntry": drawn.base.ref[1],
        "BaseLine": drawn.line.LineNum,
        "Quantity": drawn.quantity,
    }
    return line if to_stock else {**line, **_NO_STOCK}


def _worth(base: Base, line: BaseLine, quantity: Decimal, *, foreign: bool) -> Decimal:
    gross = line.GrossTotalFC if foreign and line.GrossTotalFC is not None else line.GrossTotal
    return gross / line.Quantity * quantity * base.left_of_discount if line.Quantity else Decimal(0)


def _money_line(
    charge: Charge, discount: Decimal, settings: SapBusinessOneSettings, codes: Codes
) -> dict[str, Any]:
    """Return money as a line of its own. The document's discount would make it less, so it is made more."""
    rate = charge.tax_rate if charge.tax_rate is not None else Decimal(0)
    price = abs(charge.gross) / (1 - discount / _HUNDRED)
    named = {"ItemDescription": charge.name[:100]} if charge.name else {}
    return {
        "ItemCode": codes.refund(),
        "Quantity": Decimal(-1) if charge.gross < 0 else Decimal(1),
        "PriceAfterVAT": rounded(price, settings.price_digits),
        settings.tax_field.value: codes.tax(rate),
        **named,
    }
