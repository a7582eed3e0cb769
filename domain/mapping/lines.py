"""Lines that are no plain article of the ERP: rewritten by the mapping's policies, sums kept to the coin.

What comes out is an order again: what is known of orders (totals, checks, comparison) holds for it too.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from pydantic import Field

from domain.mapping.model import Bundle, BundleWay, LinePolicies, LinePolicy, LineWay, Part
from domain.model import Frozen
from domain.money import currency_digits, rounded
from domain.order import Charge, Order, OrderLine
from domain.texts import one_line
from domain.totals import split

ZERO = Decimal(0)
BETWEEN = "/"
"""Stands between a store line's id and the number of its part."""


class TextLine(Frozen):
    """A text between the document's lines: after so many of them."""

    after: int
    text: str


class LinePart(Frozen):
    """An article that a line of the store's order was written as: `quantity` for all of its pieces."""

    of: str
    line_id: str
    sku: str
    quantity: Decimal


def parts_of(before: Order, after: Order) -> tuple[LinePart, ...]:
    """Tell what lines were written as, where it is not what they say themselves."""
    if before is after:
        return ()
    found: dict[str, list[LinePart]] = {line.id: [] for line in before.lines}
    for line in after.lines:
        of = before.lines[line.position - 1].id
        found[of].append(LinePart(of=of, line_id=line.id, sku=line.sku, quantity=line.quantity))
    plain = {line.id: (line.id, line.sku, line.quantity) for line in before.lines}
    return tuple(
        part
        for of, parts in found.items()
        for part in parts
        if [(each.line_id, each.sku, each.quantity) for each in parts] != [plain[of]]
    )


class Rearranged(Frozen):
    """The order as the ERP gets it. `descriptions` are of lines with a placeholder, by line id."""

    order: Order
    texts: tuple[TextLine, ...] = ()
    descriptions: dict[str, str] = Field(default_factory=dict)
    gift_cards: tuple[OrderLine, ...] = ()


def rearranged(
    order: Order, policies: LinePolicies, skus: Mapping[str, str], unknown: frozenset[str]
) -> Rearranged:
    """Rewrite an order's lines.

    `skus` are article numbers that the mapping gives lines, by line id. `unknown` are articles (of the ERP)
    that the ERP does not know. A line that no policy helps stays as it is, for the checks to hold.
    """
    work = _Work(policies, unknown, currency_digits(order.currency))
    for position, line in enumerate(order.lines, 1):
        named = {"sku": skus[line.id]} if line.id in skus else {}
        work.take(line.model_copy(update={"position": position, **named}))
    return Rearranged(
        order=order.model_copy(update={"lines": tuple(work.lines), "charges": tuple(work.charges)}),
        texts=tuple(work.texts),
        descriptions=work.descriptions,
        gift_cards=tuple(work.gift_cards),
    )


class _Work:
    def __init__(self, policies: LinePolicies, unknown: frozenset[str], digits: int) -> None:
        self._policies, self._unknown, self._digits = policies, unknown, digits
        self.lines: list[OrderLine] = []
        self.texts: list[TextLine] = []
        self.charges: list[Charge] = []
        self.descriptions: dict[str, str] = {}
        self.gift_cards: list[OrderLine] = []

    def take(self, line: OrderLine) -> None:
        """Write one of the store's lines."""
        cards = self._policies.gift_cards
        if not line.sku:
            self._instead(line, self._policies.without_sku)
        elif cards.cover(line.sku):
            if cards.do is LineWay.HOLD:
                self.gift_cards.append(line)
            self._instead(line, cards)
        else:
            for part in _opened(line, self._policies.bundles, self._digits):
                self._known(part)

    def _known(self, line: OrderLine) -> None:
        if line.sku in self._unknown:
            self._instead(line, self._policies.unknown_sku)
        else:
            self.lines.append(line)

    def _instead(self, line: OrderLine, policy: LinePolicy) -> None:
        said = one_line(f"{line.sku} {line.name}")
        if policy.do is LineWay.PLACEHOLDER:
            self.descriptions[line.id] = said
            line = line.model_copy(update={"sku": policy.item})
        elif policy.do in (LineWay.TEXT, LineWay.CHARGE) and not (line.net or line.gross):
            # A text carries no amount: a line with one stays, and holds the order.
            self.texts.append(TextLine(after=len(self.lines), text=f"{line.quantity:f} × {said}"))
            return
        elif policy.do is LineWay.CHARGE and line.tax_rate is not None and line.net > 0:
            self.charges.append(
                Charge(
                    code=policy.item,
                    name=f"{line.quantity:f} × {said}",
                    # Charges are written net: the one whose tax gives what the store asked for.
                    net=rounded(line.gross * 100 / (100 + line.tax_rate), self._digits),
                    gross=line.gross,
                    tax_rate=line.tax_rate,
                )
            )
            return
        self.lines.append(line)


def _opened(line: OrderLine, bundles: Mapping[str, Bundle], digits: int) -> Iterator[OrderLine]:
    """Yield what a line becomes, parts that are bundles opened too. Published ones are in no circle."""
    bundle = bundles.get(line.sku)
    if bundle is None or bundle.do is BundleWay.PARENT:
        yield line
        return
    if bundle.do is BundleWay.PARENT_AND_PARTS:
        yield line
        nothing = tuple((ZERO, ZERO) for _ in bundle.parts)
        yield from _parts(line, bundle.parts, nothing)
        return
    for part in _parts(line, bundle.parts, _shares(line, bundle.parts, digits)):
        yield from _opened(part, bundles, digits)


def _parts(
    line: OrderLine, parts: Sequence[Part], amounts: Sequence[tuple[Decimal, Decimal]]
) -> Iterator[OrderLine]:
    for number, (part, (net, gross)) in enumerate(zip(parts, amounts, strict=True), 1):
        yield OrderLine(
            id=f"{line.id}{BETWEEN}{number}",
            sku=part.sku,
            name=line.name,
            quantity=line.quantity * part.quantity,
            net=net,
            gross=gross,
            tax_rate=line.tax_rate,
            position=line.position,
        )


def _shares(line: OrderLine, parts: Sequence[Part], digits: int) -> list[tuple[Decimal, Decimal]]:
    """Split a line's amounts so that both sides add up to it, whatever its digits are."""
    weighed = any(part.share is not None for part in parts)
    weights = {
        number: (part.share or ZERO) if weighed else part.quantity for number, part in enumerate(parts)
    }
    nets, grosses = _split(line.net, weights, digits), _split(line.gross, weights, digits)
    return list(zip(nets, grosses, strict=True))


def _split(amount: Decimal, weights: Mapping[int, Decimal], digits: int) -> list[Decimal]:
    # An amount finer than the coin, of stores that round only the total, is split as fine as it is.
    finest = max(digits, -int(amount.as_tuple().exponent))
    return list(split(amount, dict(weights), finest).values())
