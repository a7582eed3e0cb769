"""An exchange: what a buyer gets instead of what comes back, as an order of the same buyer.

Prices are certain or refused. An article of the order costs what it did there; any other what whoever asks
says, taxed as what comes back. Discounts, shipping and wrapping of the order are not part of it.
"""

from collections.abc import Iterable
from decimal import Decimal

from domain.fulfilment import Progress, delivery_of
from domain.money import Money, currency_digits, rounded
from domain.order import Charge, Order, OrderLine
from domain.policy import PaperKind
from domain.returning import Replaced, Replacement, ReturnAsked, ReturnRefused, lines_coming_back
from domain.texts import pieces


def replacement_order(order: Order, asked: ReturnAsked) -> Order:
    """Return what is to be ordered instead. Raises `ReturnRefused` where a price or a tax is not certain."""
    back = lines_coming_back(asked, order)
    if not back:
        raise ReturnRefused("say which pieces come back, that others are sent instead of")
    lines = tuple(
        _line(order, back, wanted, f"{asked.reference}-{position}")
        for position, wanted in enumerate(asked.instead, 1)
    )
    return order.model_copy(
        update={
            "lines": lines,
            "lines_left_out": 0,
            "discounts": (),
            "shipping": Charge(),
            "wrapping": Charge(),
            "net": sum((line.net for line in lines), Decimal(0)),
            "gross": sum((line.gross for line in lines), Decimal(0)),
            # What is to be settled is the difference to the credit note: nothing waits for its payment.
            "payment": order.payment.model_copy(update={"paid": True}),
            "deliver_by": None,
            "comment": f"instead of what return {asked.reference} of order {order.number} brings back",
        }
    )


def left_to_settle(credited: Money | None, replacement: Money | None) -> str:
    """Say who owes whom after an exchange, in words; "" when nobody does, or nothing was credited."""
    if credited is None or replacement is None:
        return ""
    left = (replacement - credited).rounded()
    if left.amount > 0:
        return f"the buyer owes {left}"
    return f"{-left} are owed to the buyer" if left.amount else ""


def followed(known: Replaced, progress: Progress, *, with_papers: bool) -> Replaced:
    """Return what is sent instead as the ERP shows it now: its goods, and its deliveries and invoices."""
    deliveries = progress.of_kind(PaperKind.DELIVERY)
    papers = (*deliveries, *progress.of_kind(PaperKind.INVOICE)) if with_papers else ()
    return known.model_copy(
        update={
            "delivery": delivery_of(progress),
            "tracking": tuple(dict.fromkeys(number for paper in deliveries for number in paper.tracking)),
            "papers": tuple(paper.model_copy(update={"lines": ()}) for paper in papers),
        }
    )


def _line(order: Order, back: tuple[OrderLine, ...], wanted: Replacement, line_id: str) -> OrderLine:
    digits = currency_digits(order.currency)
    known = [line for line in (*back, *order.lines) if line.sku == wanted.sku and line.quantity]
    if wanted.price is None:
        found = _only_price(known, wanted)
        share = wanted.quantity / found.quantity
        update = {
            "id": line_id,
            "quantity": wanted.quantity,
            "net": rounded(found.net * share, digits),
            "gross": rounded(found.gross * share, digits),
            "lot": "",
            "serials": (),
            "expires": None,
        }
        return found.model_copy(update=update)
    rate = known[0].tax_rate if known else _only_rate(back, wanted)
    gross = rounded(wanted.price * wanted.quantity, digits)
    return OrderLine(
        id=line_id,
        sku=wanted.sku,
        name=known[0].name if known else "",
        quantity=wanted.quantity,
        unit_gross=wanted.price,
        net=rounded(gross * 100 / (100 + (rate or 0)), digits),
        gross=gross,
        tax_rate=rate,
    )


def _only_price(known: list[OrderLine], wanted: Replacement) -> OrderLine:
    with_price = f"{wanted.sku}={pieces(wanted.quantity)}@PRICE"
    if not known:
        raise ReturnRefused(
            f"the order has no {wanted.sku} that would tell its price; say it, with tax, as {with_price}"
        )
    if len({line.gross / line.quantity for line in known}) > 1:
        raise ReturnRefused(
            f"the order has {wanted.sku} at several prices; say which, with tax, as {with_price}"
        )
    return known[0]


def _only_rate(back: Iterable[OrderLine], wanted: Replacement) -> Decimal | None:
    rates = {line.tax_rate for line in back}
    if len(rates) > 1:
        raise ReturnRefused(
            f"what comes back is taxed at several rates, and {wanted.sku} by which is not certain;"
            " register a return for each rate"
        )
    return rates.pop()
