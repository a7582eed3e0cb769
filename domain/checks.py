"""The checks an order passes before it is posted: pure judgements over the order and the ERP's facts."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from domain.facts import Facts, ItemStock, MatchOutcome
from domain.model import Frozen
from domain.money import Money
from domain.order import Address, Order, OrderLine
from domain.policy import Pair, PaymentTiming, StockRule
from domain.reasons import REASONS
from domain.totals import adds_up_to


class Verdict(StrEnum):
    """What a check says, from good to bad."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    WARN = "warn"
    HOLD = "hold"


class CheckResult(Frozen):
    """One check's answer. `field` names the place to correct; `facts` what was seen, in words."""

    check: str
    verdict: Verdict
    code: str = ""
    sentence: str = ""
    field: str = ""
    facts: dict[str, str] = Field(default_factory=dict)

    @property
    def remedy(self) -> str:
        """What to do about it, from the catalogue."""
        return REASONS[self.code].remedy if self.code else ""


class CheckReport(Frozen):
    """The answers of all checks."""

    results: tuple[CheckResult, ...]

    @property
    def holding(self) -> tuple[CheckResult, ...]:
        """Those that stop the order."""
        return tuple(result for result in self.results if result.verdict is Verdict.HOLD)

    @property
    def passed(self) -> bool:
        """Whether nothing stops the order."""
        return not self.holding


def _stop(check: str, code: str, detail: str, field: str = "", **facts: str) -> CheckResult:
    sentence = f"{REASONS[code].title}: {detail}" if detail else REASONS[code].title
    return CheckResult(
        check=check, verdict=Verdict.HOLD, code=code, sentence=sentence, field=field, facts=facts
    )


def _numbered(order: Order) -> Iterator[tuple[int, OrderLine]]:
    """Yield the lines with their places among the store's, which a mapping may have rearranged."""
    for position, line in enumerate(order.lines, 1):
        yield line.position or position, line


def _check_lines(order: Order, _facts: Facts, pair: Pair) -> Iterator[CheckResult]:
    if order.lines_left_out:
        count = len(order.lines) + order.lines_left_out
        yield _stop("lines", "too_many_lines", f"{count} lines, allowed are {pair.max_lines}", "lines")
    if not order.lines:
        yield _stop("lines", "no_lines", "", "lines")
    for position, line in _numbered(order):
        if not line.sku:
            yield _stop("lines", "sku_missing", f"line {position}, {line.name}", f"line.{position}.sku")
        if line.quantity <= 0:
            detail = f"line {position}, {line.sku}: {line.quantity:f}"
            yield _stop("lines", "quantity_wrong", detail, f"line.{position}.quantity")


def _check_addresses(order: Order, _facts: Facts, _pair: Pair) -> Iterator[CheckResult]:
    places: tuple[tuple[str, Address], ...] = (("delivery", order.delivery), ("billing", order.billing))
    for name, place in places:
        if not re.fullmatch(r"[A-Z]{2}", place.country):
            yield _stop("addresses", "country_missing", f"the {name} address", f"{name}.country")
        if not place.street.strip() or not place.city.strip():
            field = f"{name}.street" if not place.street.strip() else f"{name}.city"
            yield _stop("addresses", "address_incomplete", f"the {name} address", field)


def _check_customer(order: Order, facts: Facts, pair: Pair) -> Iterator[CheckResult]:
    vat_id = order.customer.vat_id
    if vat_id and not re.fullmatch(r"[A-Za-z0-9]{4,20}", vat_id):
        suggestion = re.sub(r"[^A-Za-z0-9]", "", vat_id).upper()
        yield _stop("customer", "vat_id_malformed", "", "customer.vat_id", suggestion=suggestion)
    if not order.customer.name:
        yield _stop("customer", "customer_incomplete", "", "customer.last_name")
    match = facts.customer
    if match.outcome is MatchOutcome.AMBIGUOUS:
        yield _stop("customer", "customer_ambiguous", ", ".join(match.candidates), "customer.code")
    if match.outcome is MatchOutcome.BLOCKED:
        yield _stop("customer", "customer_blocked", match.code, "customer.code")
    if match.outcome is MatchOutcome.NEW and not pair.create_customers:
        yield _stop("customer", "customer_unknown", "", "customer.code")


def _check_credit(order: Order, facts: Facts, pair: Pair) -> Iterator[CheckResult]:
    rule = pair.payments.get(order.payment.method)
    on_account = rule is not None and rule.timing is PaymentTiming.ON_ACCOUNT
    if not pair.check_credit or not on_account or facts.customer.outcome is not MatchOutcome.FOUND:
        return
    total = order.in_base(pair.base_currency)
    if total is None:
        yield _stop("credit", "rate_unknown", order.currency)
    elif facts.credit is None or not facts.credit.known:
        yield _stop("credit", "credit_unknown", facts.customer.code)
    elif facts.credit.limit is not None:
        yield from _judge_credit(total, facts.credit.limit, facts.credit.used)


def _judge_credit(total: Money, limit: Money, used: Money | None) -> Iterator[CheckResult]:
    if used is None:
        yield _stop("credit", "credit_unknown", "what is used of it")
    elif {used.currency, limit.currency} != {total.currency}:
        yield _stop("credit", "credit_unknown", f"the ERP counts in {limit.currency}")
    elif used + total > limit:
        yield _stop("credit", "credit_exceeded", f"{used} used, {total} asked, limit {limit}")


def _check_stock(order: Order, facts: Facts, pair: Pair) -> Iterator[CheckResult]:
    wanted: dict[str, Decimal] = {}
    for position, line in _numbered(order):
        if not line.sku:
            continue
        wanted[line.sku] = wanted.get(line.sku, Decimal(0)) + line.quantity
        item = facts.item(line.sku)
        if item is None or not item.known:
            yield _stop("articles", "sku_unknown", f"line {position}, {line.sku}", f"line.{position}.sku")
        elif item.blocked:
            yield _stop("articles", "item_blocked", f"line {position}, {line.sku}", f"line.{position}.sku")
    if pair.stock is StockRule.IGNORE:
        return
    for sku, quantity in wanted.items():
        item = facts.item(sku)
        if item is not None and item.known and item.stocked:
            yield from _judge_stock(item, quantity, pair)


def _judge_stock(item: ItemStock, quantity: Decimal, pair: Pair) -> Iterator[CheckResult]:
    # Unknown stock is not zero stock, and not enough stock either: a person looks.
    left = None if item.available is None else item.available - quantity
    if left is None or left < 0:
        seen = "unknown" if item.available is None else f"{item.available:f}"
        stop = _stop("stock", "out_of_stock", f"{item.sku}: {quantity:f} wanted, {seen} available", "lines")
        yield stop if pair.stock is StockRule.HOLD else stop.model_copy(update={"verdict": Verdict.WARN})
    if left is not None and item.minimum is not None and left < item.minimum:
        detail = f"{item.sku}: {left:f} left, minimum {item.minimum:f}"
        stop = _stop("stock", "below_minimum", detail, sku=item.sku, missing=f"{item.minimum - left:f}")
        yield stop.model_copy(update={"verdict": Verdict.WARN})


def _check_payment(order: Order, _facts: Facts, pair: Pair) -> Iterator[CheckResult]:
    rule = pair.payments.get(order.payment.method)
    if rule is None:
        yield _stop(
            "payment", "payment_method_unknown", order.payment.method or "none named", "payment.method"
        )
    elif rule.timing is PaymentTiming.PREPAID and not order.payment.paid:
        yield _stop("payment", "payment_pending", order.payment.method)


def _check_totals(order: Order, _facts: Facts, pair: Pair) -> Iterator[CheckResult]:
    for position, line in _numbered(order):
        if line.tax_rate is None:
            yield _stop("totals", "tax_unknown", f"line {position}, {line.sku}", f"line.{position}.tax_rate")
    if order.lines_left_out:
        return
    difference = order.gross - adds_up_to(order)
    if abs(difference) > pair.tolerance:
        detail = f"they add up to {adds_up_to(order):f}, the total says {order.gross:f} {order.currency}"
        yield _stop("totals", "order_does_not_add_up", detail)


_CHECKS: tuple[tuple[str, Callable[[Order, Facts, Pair], Iterator[CheckResult]]], ...] = (
    ("lines", _check_lines),
    ("addresses", _check_addresses),
    ("customer", _check_customer),
    ("payment", _check_payment),
    ("totals", _check_totals),
    ("articles and stock", _check_stock),
    ("credit", _check_credit),
)


def examine(order: Order, facts: Facts, pair: Pair, accepted: frozenset[str] = frozenset()) -> CheckReport:
    """Run all checks. Codes in `accepted` were overruled by a person and only warn, where that is allowed."""
    results: list[CheckResult] = []
    for name, check in _CHECKS:
        found = [_overruled(result, accepted) for result in check(order, facts, pair)]
        results += found or [CheckResult(check=name, verdict=Verdict.PASS)]
    return CheckReport(results=tuple(results))


def _overruled(result: CheckResult, accepted: frozenset[str]) -> CheckResult:
    if result.verdict is Verdict.HOLD and result.code in accepted and REASONS[result.code].releasable:
        return result.model_copy(update={"verdict": Verdict.WARN})
    return result
