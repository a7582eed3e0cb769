"""The facts of an order that rules may ask for: names, kinds, how they are read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from domain.facts import MatchOutcome
from domain.fulfilment import Delivery
from domain.money import Money, currency_digits, rounded
from domain.policy import DocumentKind
from domain.posting import ErpState
from domain.reasons import REASONS, Group
from domain.rules.case import Case, age
from domain.rules.operators import Kind
from domain.stages import Stage

_MOST_DECIMALS = 5
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact. `read` returns None for what is unknown; `choices` are all values it may have.

    `from_erp`: unknown until the checks. `beside`: unknown before the order is posted or held.
    """

    name: str
    kind: Kind
    read: Callable[[Any], Any]
    choices: tuple[str, ...] = ()
    from_erp: bool = False
    beside: bool = False


def _money(read: Callable[[Case], Decimal]) -> Callable[[Case], Money]:
    return lambda case: Money(read(case), case.order.currency)


def _known(text: str) -> str | None:
    return text if text.strip() else None


def _local(moment: datetime, case: Case) -> datetime:
    return moment.astimezone(ZoneInfo(case.time_zone))


def _pieces(case: Case) -> Decimal | None:
    """Unknown where lines were left out: the others are not all."""
    if case.order.lines_left_out:
        return None
    return sum((line.quantity for line in case.order.lines), Decimal(0))


def _discount_percent(case: Case) -> Decimal | None:
    if case.order.lines_left_out:
        return None
    gross = sum((line.gross for line in case.order.lines), Decimal(0))
    off = sum((each.gross for each in case.order.discounts), Decimal(0))
    digits, parts = currency_digits(case.order.currency), max(len(case.order.discounts), 1)
    return _percentage(off, gross, parts * Decimal(5).scaleb(-digits - 1)) if gross > 0 else None


def _percentage(part: Decimal, whole: Decimal, rounding: Decimal) -> Decimal:
    """Return the percentage of fewest decimals that gives the part, as far as rounding can tell.

    A fifth off 33.33 is 6.67: twenty per cent, and not more than that.
    """
    exact = part * 100 / whole
    if exact > 100:
        return exact
    shorter = (rounded(exact, decimals) for decimals in range(_MOST_DECIMALS))
    return next((each for each in shorter if abs(each * whole / 100 - part) <= rounding), exact)


def _credit_left(case: Case) -> Money | None:
    credit = case.facts.credit if case.facts else None
    if credit is None or not credit.known or credit.limit is None or credit.used is None:
        return None
    return credit.limit - credit.used if credit.limit.currency == credit.used.currency else None


def _credit(name: str) -> Callable[[Case], Money | None]:
    def read(case: Case) -> Money | None:
        credit = case.facts.credit if case.facts else None
        found: Money | None = getattr(credit, name) if credit and credit.known else None
        return found

    return read


def _is_outcome(outcome: MatchOutcome) -> Callable[[Case], bool | None]:
    return lambda case: None if case.facts is None else case.facts.customer.outcome is outcome


def _in_stock(case: Case) -> bool | None:
    """Whether every article is there in the quantity asked; unknown when one is unknown."""
    wanted: dict[str, Decimal] = {}
    for line in case.order.lines:
        wanted[line.sku] = wanted.get(line.sku, Decimal(0)) + line.quantity
    enough: list[bool | None] = [None] if case.order.lines_left_out else []
    for sku, pieces in wanted.items():
        item = case.items.get(sku)
        if item is None or (item.stocked and item.available is None):
            enough.append(None)
        else:
            enough.append(not item.stocked or (item.available or Decimal(0)) >= pieces)
    if False in enough:
        return False
    return None if None in enough else True


def _days_to_deliver(case: Case) -> Decimal | None:
    wanted = case.order.deliver_by
    return None if wanted is None else Decimal((wanted - _local(case.now, case).date()).days)


def _differ(case: Case) -> bool:
    billing, delivery = case.order.billing, case.order.delivery
    return (billing.country, billing.postcode, billing.city) != (
        delivery.country,
        delivery.postcode,
        delivery.city,
    )


def _has_vat_id(case: Case) -> bool:
    return case.has_vat_id if case.has_vat_id is not None else bool(case.order.customer.vat_id)


_STORE = (
    Fact("total", Kind.MONEY, lambda case: case.order.total),
    Fact("net_total", Kind.MONEY, _money(lambda case: case.order.net)),
    Fact(
        "discount",
        Kind.MONEY,
        _money(lambda case: sum((each.gross for each in case.order.discounts), Decimal(0))),
    ),
    Fact("discount_percent", Kind.NUMBER, _discount_percent),
    Fact("shipping_cost", Kind.MONEY, _money(lambda case: case.order.shipping.gross)),
    Fact("currency", Kind.TEXT, lambda case: case.order.currency),
    Fact("line_count", Kind.NUMBER, lambda case: Decimal(len(case.order.lines) + case.order.lines_left_out)),
    Fact("pieces", Kind.NUMBER, _pieces),
    Fact("store", Kind.TEXT, lambda case: case.order.connection),
    Fact("store_status", Kind.TEXT, lambda case: _known(case.order.store_status)),
    Fact("pair", Kind.TEXT, lambda case: _known(case.pair)),
    Fact("country", Kind.TEXT, lambda case: _known(case.order.delivery.country)),
    Fact("postcode", Kind.TEXT, lambda case: _known(case.order.delivery.postcode)),
    Fact("state", Kind.TEXT, lambda case: _known(case.order.delivery.state)),
    Fact("billing_country", Kind.TEXT, lambda case: _known(case.order.billing.country)),
    Fact("addresses_differ", Kind.FLAG, _differ),
    Fact("carrier", Kind.TEXT, lambda case: _known(case.order.shipping.code or case.order.shipping.name)),
    Fact("payment_method", Kind.TEXT, lambda case: _known(case.order.payment.method)),
    Fact("paid", Kind.FLAG, lambda case: case.order.payment.paid),
    Fact("customer_group", Kind.TEXT, lambda case: _known(case.order.customer.group)),
    Fact("customer_language", Kind.TEXT, lambda case: _known(case.order.customer.language)),
    Fact("guest", Kind.FLAG, lambda case: case.order.customer.is_guest),
    Fact("company", Kind.FLAG, lambda case: bool(case.order.customer.company)),
    Fact("has_vat_id", Kind.FLAG, _has_vat_id),
    Fact("placed_on", Kind.DATE, lambda case: _local(case.order.placed_at, case).date()),
    Fact("placed_at", Kind.CLOCK, lambda case: _local(case.order.placed_at, case).time()),
    Fact(
        "placed_weekday",
        Kind.TEXT,
        lambda case: WEEKDAYS[_local(case.order.placed_at, case).weekday()],
        WEEKDAYS,
    ),
    Fact("time", Kind.CLOCK, lambda case: _local(case.now, case).time()),
    Fact("weekday", Kind.TEXT, lambda case: WEEKDAYS[_local(case.now, case).weekday()], WEEKDAYS),
    Fact("deliver_by", Kind.DATE, lambda case: case.order.deliver_by),
    Fact("days_to_deliver", Kind.NUMBER, _days_to_deliver),
    Fact("tags", Kind.TAGS, lambda case: case.tags),
)

_ERP = (
    Fact("customer_is_new", Kind.FLAG, _is_outcome(MatchOutcome.NEW), from_erp=True),
    Fact(
        "customer_code",
        Kind.TEXT,
        lambda case: _known(case.facts.customer.code) if case.facts else None,
        from_erp=True,
    ),
    Fact("credit_limit", Kind.MONEY, _credit("limit"), from_erp=True),
    Fact("credit_used", Kind.MONEY, _credit("used"), from_erp=True),
    Fact("credit_left", Kind.MONEY, _credit_left, from_erp=True),
    Fact("in_stock", Kind.FLAG, _in_stock, from_erp=True),
    Fact("findings", Kind.TAGS, lambda case: case.findings if case.facts else None, from_erp=True),
)


def _codes(kind: type[StrEnum]) -> tuple[str, ...]:
    return tuple(each.value.casefold() for each in kind)


_LIFE = (
    Fact("age", Kind.AGE, lambda case: age(case.begun_at, case.now)),
    Fact("stage", Kind.TEXT, lambda case: _known(case.stage), _codes(Stage), beside=True),
    Fact("stage_age", Kind.AGE, lambda case: age(case.since, case.now), beside=True),
    Fact("hold_reason", Kind.TEXT, lambda case: _known(case.hold_code), tuple(REASONS), beside=True),
    Fact("hold_group", Kind.TEXT, lambda case: _known(case.hold_group), _codes(Group), beside=True),
    Fact(
        "document_kind", Kind.TEXT, lambda case: _known(case.document_kind), _codes(DocumentKind), beside=True
    ),
    Fact(
        "document_state", Kind.TEXT, lambda case: _known(case.document_state), _codes(ErpState), beside=True
    ),
    Fact("delivery", Kind.TEXT, lambda case: _known(case.delivery), _codes(Delivery), beside=True),
    Fact("return_amount", Kind.MONEY, lambda case: case.return_amount, beside=True),
    Fact("return_pieces", Kind.NUMBER, lambda case: case.return_pieces, beside=True),
)

FACTS: Mapping[str, Fact] = MappingProxyType({fact.name: fact for fact in (*_STORE, *_ERP, *_LIFE)})
"""The facts of the order, by name."""


def _of_item(name: str) -> Callable[[Any], Any]:
    return lambda line: None if line.item is None else getattr(line.item, name)


def _below_minimum(line: Any) -> bool | None:
    if line.left is None or line.item is None or line.item.minimum is None:
        return None
    return bool(line.left < line.item.minimum)


def _line_money(name: str) -> Callable[[Any], Any]:
    def read(line: Any) -> Money | None:
        amount = getattr(line.line, name)
        return None if amount is None else Money(amount, line.case.order.currency)

    return read


_LINES = (
    Fact("sku", Kind.TEXT, lambda line: _known(line.line.sku)),
    Fact("name", Kind.TEXT, lambda line: _known(line.line.name)),
    Fact("quantity", Kind.NUMBER, lambda line: line.line.quantity),
    Fact("unit", Kind.TEXT, lambda line: _known(line.line.unit)),
    Fact("line_total", Kind.MONEY, _line_money("gross")),
    Fact("line_net", Kind.MONEY, _line_money("net")),
    Fact("unit_price", Kind.MONEY, _line_money("unit_gross")),
    Fact("tax_rate", Kind.NUMBER, lambda line: line.line.tax_rate),
    Fact("lot", Kind.TEXT, lambda line: _known(line.line.lot)),
    Fact("stock", Kind.NUMBER, _of_item("available"), from_erp=True),
    Fact("stock_left", Kind.NUMBER, lambda line: line.left, from_erp=True),
    Fact("stock_minimum", Kind.NUMBER, _of_item("minimum"), from_erp=True),
    Fact("below_minimum", Kind.FLAG, _below_minimum, from_erp=True),
    Fact("known_article", Kind.FLAG, _of_item("known"), from_erp=True),
)

LINE_FACTS: Mapping[str, Fact] = MappingProxyType({fact.name: fact for fact in _LINES})
"""The facts of one line, by name: asked inside `any_line` and `all_lines`."""

EXPERT = "expert."
"""What the names of expert expressions' answers begin with."""
