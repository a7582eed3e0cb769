"""What is wrong with a rule's conditions: facts, operators and values that do not go together."""

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache

from babel import Locale
from babel.core import get_global
from babel.numbers import is_currency

from domain.faults import Fault
from domain.money import Money
from domain.rules.conditions import AllLines, AnyLine, Comparison, Condition
from domain.rules.facts import EXPERT, LINE_FACTS, Fact
from domain.rules.operators import OPERATORS, Kind, Operator, ValueRefused, read_value
from domain.rules.places import Parts, Places, nearest, shortened
from domain.rules.triggers import PHASES, Phase, Trigger

Facts = Mapping[str, Fact]

KIND_WORDS: Mapping[Kind, str] = {
    Kind.MONEY: "an amount",
    Kind.NUMBER: "a number",
    Kind.TEXT: "a text",
    Kind.FLAG: "yes or no",
    Kind.TAGS: "a list of tags",
    Kind.DATE: "a date",
    Kind.CLOCK: "a time of day",
    Kind.AGE: "a duration",
}
_COUNTRIES = frozenset({"country", "billing_country"})
_WHOLE = frozenset({Operator.EQUALS, Operator.NOT_EQUALS, Operator.ONE_OF, Operator.NONE_OF})


@lru_cache
def country_codes() -> frozenset[str]:
    """Return the two-letter codes of ISO 3166-1, in small letters as rules compare them."""
    old = get_global("territory_aliases")
    codes = (str(code) for code in Locale("en").territories if code not in old)
    return frozenset(code.casefold() for code in codes if len(code) == 2 and code.isalpha())


class ConditionFaults:
    """Judges the conditions of one rule, which is looked at when `trigger` fires."""

    def __init__(self, places: Places, trigger: Trigger, facts: Facts, currencies: Collection[str]) -> None:
        self._places, self._trigger, self._facts = places, trigger, facts
        self._currencies = currencies

    def of(self, condition: Condition, parts: Parts, *, on_line: bool = False) -> Iterator[Fault]:
        """Yield what is wrong with a condition and all below it."""
        if isinstance(condition, Comparison):
            yield from self._comparison(condition, parts, on_line)
        elif isinstance(condition, AnyLine | AllLines):
            name = "any_line" if isinstance(condition, AnyLine) else "all_lines"
            if on_line:
                sentence = f"{name} stands inside any_line or all_lines: a line has no lines of its own"
                yield self._places.fault((*parts, name), sentence, f"Leave the inner {name} out.")
            else:
                yield from self.of(condition.part, (*parts, name), on_line=True)
        else:
            name = type(condition).model_fields["parts"].alias or ""
            for number, part in enumerate(condition.parts):
                yield from self.of(part, (*parts, name, number), on_line=on_line)

    def _comparison(self, asked: Comparison, parts: Parts, on_line: bool) -> Iterator[Fault]:
        fact = (LINE_FACTS if on_line else self._facts).get(asked.fact)
        if fact is None:
            yield self._places.fault((*parts, "fact"), *self._no_such_fact(asked.fact, on_line))
            return
        if early := self._too_early(fact):
            yield self._places.fault((*parts, "fact"), *early)
        if asked.operator not in OPERATORS[fact.kind]:
            sentence = f"{asked.operator.value} does not suit {fact.name}, which is {KIND_WORDS[fact.kind]}"
            fix = nearest(asked.operator.value, OPERATORS[fact.kind])
            yield self._places.fault((*parts, "is"), sentence, fix)
            return
        if wrong := self._wrong_value(fact, asked):
            yield self._places.fault((*parts, "value"), *wrong)

    def _no_such_fact(self, name: str, on_line: bool) -> tuple[str, str]:
        if on_line and name in self._facts:
            return f"{name} is a fact of the order, not of a line", "Move it out of any_line or all_lines."
        if not on_line and name in LINE_FACTS:
            return f"{name} is a fact of a line", "Put it inside any_line or all_lines."
        if name.startswith(EXPERT):
            known = [each for each in self._facts if each.startswith(EXPERT)]
            fix = nearest(name, known) if known else "Define it under experts, or leave it out."
            return f"there is no expert rule {shortened(name.removeprefix(EXPERT))}", fix
        return f"there is no fact {shortened(name)}", nearest(name, LINE_FACTS if on_line else self._facts)

    def _too_early(self, fact: Fact) -> tuple[str, str] | None:
        phase = PHASES[self._trigger]
        if phase is Phase.OUTSIDE:
            return f"{fact.name} is a fact of an order, and {self._trigger.value} has none", "Leave if out."
        if fact.from_erp and phase is Phase.CAPTURE:
            sentence = f"{fact.name} is not known yet at {self._trigger.value}: the ERP was not asked"
            return sentence, "Write when: validated."
        if fact.beside and phase in {Phase.CAPTURE, Phase.CHECKED}:
            sentence = f"{fact.name} is not known yet at {self._trigger.value}"
            return sentence, "Write a trigger that comes later, such as posted or held."
        return None

    def _wrong_value(self, fact: Fact, asked: Comparison) -> tuple[str, str] | None:
        try:
            value = read_value(fact.kind, asked.operator, asked.value)
        except ValueRefused as refused:
            fix = str(refused)
            written = "no value" if asked.value is None else shortened(_as_written(asked.value))
            return (
                f"{written} does not suit {fact.name} {asked.operator.value}",
                f"{fix[:1].upper()}{fix[1:]}.",
            )
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, Money):
                wrong = self._wrong_currency(each.currency)
            elif isinstance(each, str):
                wrong = _wrong_text(fact, asked.operator, each)
            else:
                wrong = None
            if wrong:
                return wrong
        return None

    def _wrong_currency(self, currency: str) -> tuple[str, str] | None:
        if currency in self._currencies or is_currency(currency):
            return None
        fix = nearest(currency, self._currencies, "Write its code of three letters: {}.")
        return f"{currency} is no currency", fix


def _as_written(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else ", ".join(value[:5])


def _wrong_text(fact: Fact, operator: Operator, value: str) -> tuple[str, str] | None:
    if not value:
        return "an empty text is in the list", "Leave it out; ask is_unknown for what the order does not say."
    if operator not in _WHOLE:
        return None
    if fact.choices and value not in fact.choices:
        return f"{fact.name} is never {shortened(value)}", nearest(value, fact.choices)
    if fact.name in _COUNTRIES and value not in country_codes():
        return f"{shortened(value)} is no country's code", _country_fix(value)
    if fact.name == "currency" and not is_currency(value.upper()):
        return f"{shortened(value)} is no currency", "Write its code of three letters, such as EUR."
    return None


def _country_fix(value: str) -> str:
    if value == "uk":
        return "Write GB."
    for language in ("en", "es", "fr"):
        for code, name in Locale(language).territories.items():
            if name.casefold() == value and len(code) == 2:
                return f"Write {code}."
    return "Write its two letters of ISO 3166, such as FR."
