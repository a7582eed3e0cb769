"""Making conditions ready to be judged: each becomes a function over one look at a case.

Conditions know three answers: yes, no, and unknown (None). Unknown is not zero and not no: what it means for
a rule is the rule's own business (`Rule.in_doubt`).
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from domain.money import Money
from domain.rules.case import Case, CaseLine, lines_of
from domain.rules.conditions import All, AllLines, AnyLine, AnyOf, Comparison, Condition
from domain.rules.facts import LINE_FACTS, Fact
from domain.rules.operators import ABOUT_KNOWING, Kind, Operator, Test, comparable, read_value, test_of

Answer = bool | None
Seen = tuple[int, int, Any, Answer]
"""Which comparison of the rule, on which line (0: the order), the fact's value, the answer."""


class Look:
    """One look at a case: facts are read once, however many rules ask."""

    __slots__ = ("case", "facts", "lines", "seen")

    def __init__(self, case: Case) -> None:
        self.case = case
        self.facts: dict[str, tuple[Any, Any]] = {}
        self.lines: list[CaseLine] | None = None
        self.seen: list[Seen] = []

    def all_lines(self) -> list[CaseLine]:
        if self.lines is None:
            self.lines = lines_of(self.case)
        return self.lines


Judge = Callable[[Look, CaseLine | None], Answer]


def compile_condition(
    condition: Condition, comparisons: list[Comparison], facts: Mapping[str, Fact]
) -> Judge:
    if isinstance(condition, Comparison):
        return _comparison(condition, comparisons, facts)
    if isinstance(condition, AnyLine | AllLines):
        part = compile_condition(condition.part, comparisons, LINE_FACTS)
        return _any_line(part) if isinstance(condition, AnyLine) else _all_lines(part)
    parts = tuple(compile_condition(part, comparisons, facts) for part in condition.parts)
    if isinstance(condition, All):
        return _all(parts)
    return _any(parts) if isinstance(condition, AnyOf) else _none(parts)


def _comparison(condition: Comparison, comparisons: list[Comparison], facts: Mapping[str, Fact]) -> Judge:
    place, name = len(comparisons), condition.fact
    comparisons.append(condition)
    fact = facts[name]
    wanted = read_value(fact.kind, condition.operator, condition.value)
    reads = _in_currency(fact, wanted) if fact.kind is Kind.MONEY and wanted is not None else fact.read
    if condition.operator in ABOUT_KNOWING:
        return _knowing(reads, condition.operator is Operator.IS_KNOWN, place)
    return _testing(_cached_as(name, wanted), reads, test_of(fact.kind, condition.operator, wanted), place)


def _cached_as(name: str, wanted: Any) -> str:
    first = wanted[0] if isinstance(wanted, tuple) and wanted else wanted
    return f"{name} {first.currency}" if isinstance(first, Money) else name


def _testing(cached: str, reads: Callable[[Any], Any], test: Test, place: int) -> Judge:
    def judge(look: Look, line: CaseLine | None) -> Answer:
        if line is not None:
            seen = reads(line)
            known = seen, comparable(seen)
        elif cached in look.facts:
            known = look.facts[cached]
        else:
            seen = reads(look.case)
            known = look.facts[cached] = seen, comparable(seen)
        answer = None if known[1] is None else test(known[1])
        look.seen.append((place, line.position if line is not None else 0, known[0], answer))
        return answer

    return judge


def _knowing(reads: Callable[[Any], Any], wanted: bool, place: int) -> Judge:
    def judge(look: Look, line: CaseLine | None) -> Answer:
        seen = reads(look.case if line is None else line)
        answer = (seen is not None) is wanted
        look.seen.append((place, line.position if line is not None else 0, seen, answer))
        return answer

    return judge


def _in_currency(fact: Fact, wanted: Any) -> Callable[[Any], Decimal | None]:
    """Read money as an amount in the currency that the rule names: the order's own or the base currency."""
    currency = (wanted[0] if isinstance(wanted, tuple) else wanted).currency

    def read(subject: Case | CaseLine) -> Decimal | None:
        money: Money | None = fact.read(subject)
        if money is None or money.currency == currency:
            return None if money is None else money.amount
        case = subject.case if isinstance(subject, CaseLine) else subject
        return _converted(money, currency, case)

    return read


def _converted(money: Money, currency: str, case: Case) -> Decimal | None:
    order = case.order
    rate = order.rate
    if rate is None or rate <= 0 or currency != case.base_currency or money.currency != order.currency:
        return None
    return Money(money.amount / rate, currency).rounded().amount


def _all(parts: tuple[Judge, ...]) -> Judge:
    def judge(look: Look, line: CaseLine | None) -> Answer:
        found: Answer = True
        for part in parts:
            answer = part(look, line)
            if answer is False:
                return False
            if answer is None:
                found = None
        return found

    return judge


def _any(parts: tuple[Judge, ...]) -> Judge:
    def judge(look: Look, line: CaseLine | None) -> Answer:
        found: Answer = False
        for part in parts:
            answer = part(look, line)
            if answer:
                return True
            if answer is None:
                found = None
        return found

    return judge


def _none(parts: tuple[Judge, ...]) -> Judge:
    at_least_one = _any(parts)

    def judge(look: Look, line: CaseLine | None) -> Answer:
        answer = at_least_one(look, line)
        return None if answer is None else not answer

    return judge


def _any_line(part: Judge) -> Judge:
    def judge(look: Look, _line: CaseLine | None) -> Answer:
        found: Answer = None if look.case.order.lines_left_out else False
        for line in look.all_lines():
            answer = part(look, line)
            if answer:
                return True
            if answer is None:
                found = None
        return found

    return judge


def _all_lines(part: Judge) -> Judge:
    def judge(look: Look, _line: CaseLine | None) -> Answer:
        lines = look.all_lines()
        found: Answer = None if look.case.order.lines_left_out else bool(lines)
        for line in lines:
            answer = part(look, line)
            if answer is False:
                return False
            if answer is None:
                found = None
        return found

    return judge
