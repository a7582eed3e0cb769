"""Rules, and what they saw, as plain sentences: English, Spanish, French."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from domain.money import Money
from domain.rules.action_phrases import action_phrase
from domain.rules.comparison_phrases import COMPARISONS, NEGATED, TAG_COMPARISONS
from domain.rules.conditions import All, AllLines, AnyLine, AnyOf, Comparison, Condition
from domain.rules.decisions import SeenFact
from domain.rules.expert_facts import expert_facts
from domain.rules.experts import ExpertDefinition
from domain.rules.fact_words import FACT_WORDS, FLAG_NEGATIONS, LINE_FACT_WORDS
from domain.rules.facts import EXPERT, FACTS, LINE_FACTS, Fact
from domain.rules.model import Rule
from domain.rules.operators import ABOUT_KNOWING, Kind, Operator, Value, read_value, shown
from domain.rules.phrases import EXPERT as EXPERT_WORDS
from domain.rules.phrases import EXPERT_SAYS, LINES, SEEN, TRIGGERS, WHOLE
from domain.rules.wording import Joining, Wording

_JOINED = {
    Operator.ONE_OF: Joining.OR,
    Operator.NONE_OF: Joining.NEITHER,
    Operator.HAS_ANY: Joining.OR,
}
_DE = frozenset({Operator.EQUALS, Operator.NOT_EQUALS, Operator.ONE_OF, Operator.NONE_OF})
_SIZES = frozenset({Kind.MONEY, Kind.NUMBER, Kind.AGE})
_AGE = re.compile(r"(?:(-?\d+) days?, )?(\d+):(\d+):(\d+)(?:\.\d+)?")


@lru_cache
def _wording(language: str) -> Wording:
    return Wording(language)


def rule_sentence(rule: Rule, language: str, experts: Iterable[ExpertDefinition] = ()) -> str:
    """Return a rule without faults as one sentence in `en`, `es` or `fr`."""
    wording = _wording(language)
    phrases = Phrases(wording, {**FACTS, **expert_facts(experts)})
    after = wording.duration(rule.after) if rule.after else ""
    when = wording.said(TRIGGERS[rule.when], after=after)
    then = wording.listed(action_phrase(action, wording) for action in rule.then)
    if rule.condition is None:
        text = wording.said(WHOLE["always"], when=when, then=then)
    else:
        condition = phrases.of(rule.condition)
        text = wording.said(WHOLE["conditional"], when=when, then=then, **{"if": condition})
    text = _with_scope(rule, wording, _with_ends(rule, wording, text))
    return _finished(text, language)


def condition_phrase(condition: Condition, language: str, experts: Iterable[ExpertDefinition] = ()) -> str:
    """Return a condition without faults as a clause."""
    return Phrases(_wording(language), {**FACTS, **expert_facts(experts)}).of(condition)


def seen_sentence(seen: SeenFact, language: str, experts: Iterable[ExpertDefinition] = ()) -> str:
    """Return what a rule asked and saw: `the total is more than 5,000.00 EUR: yes, it was 6,200.00 EUR`."""
    wording = _wording(language)
    facts = LINE_FACTS if seen.line else {**FACTS, **expert_facts(experts)}
    if seen.fact not in facts:
        # Its expert rule, or the release that knew it, is gone.
        return f"{seen.fact} {seen.asked.replace('_', ' ')} {shown(seen.value)}: {seen.seen}"
    operator = Operator(seen.asked)
    asked = Comparison(fact=seen.fact, operator=operator, value=seen.value)
    phrases = Phrases(wording, facts)
    text = phrases.of(asked)
    answer = {True: "yes", False: "no", None: "unknown"}[seen.answer]
    text = wording.said(SEEN[answer], asked=text)
    fact = phrases.fact(seen.fact)
    knowing = operator in ABOUT_KNOWING
    is_known = seen.answer is (operator is Operator.IS_KNOWN) if knowing else seen.answer is not None
    if is_known and fact.kind is not Kind.FLAG:
        value = _seen_value(fact, seen, wording)
        text = wording.said(SEEN["was" if value else "empty"], rest=text, value=value)
    return wording.said(SEEN["line"], number=seen.line, rest=text) if seen.line else text


def _with_ends(rule: Rule, wording: Wording, text: str) -> str:
    if rule.when_unknown:
        text = wording.said(WHOLE[rule.when_unknown.value], rest=text)
    return wording.said(WHOLE["stop"], rest=text) if rule.stop else text


def _with_scope(rule: Rule, wording: Wording, text: str) -> str:
    where = [
        wording.said(WHOLE[kind], names=wording.listed(map(wording.quoted, names), Joining.OR))
        for kind, names in (("pairs", rule.pairs), ("stores", rule.connections))
        if names
    ]
    if where:
        text = wording.said(WHOLE["scope"], what=wording.listed(where), rest=text)
    start = wording.moment(rule.valid_from) if rule.valid_from else ""
    end = wording.moment(rule.valid_until) if rule.valid_until else ""
    if start and end:
        text = wording.said(WHOLE["from_until"], start=start, end=end, rest=text)
    elif start or end:
        text = wording.said(WHOLE["from" if start else "until"], moment=start or end, rest=text)
    return text if rule.enabled else wording.said(WHOLE["off"], rest=text)


def _finished(text: str, language: str) -> str:
    if language == "fr":
        text = text.replace(", si il ", ", s'il ")
    end = "" if text.endswith((".", "!", "?")) else "."
    return f"{text[:1].upper()}{text[1:]}{end}"


class Phrases:
    """Says conditions in one language."""

    def __init__(self, wording: Wording, facts: Mapping[str, Fact]) -> None:
        self._wording, self._facts = wording, facts

    def fact(self, name: str) -> Fact:
        """Return a fact of the order, of an expert rule or of a line."""
        return self._facts.get(name) or LINE_FACTS[name]

    def of(self, condition: Condition, *, negated: bool = False, nested: bool = False) -> str:
        """Return a condition as a clause. `none` is said by the contrary of each of its parts."""
        if isinstance(condition, Comparison):
            return self._comparison(condition, negated)
        if isinstance(condition, AnyLine | AllLines):
            return self._of_lines(condition, negated, nested)
        inner = negated if isinstance(condition, All | AnyOf) else not negated
        is_every = (
            isinstance(condition, AnyOf) is negated if isinstance(condition, All | AnyOf) else not negated
        )
        if not is_every and (together := self._together(condition.parts, inner)):
            return together
        alone = len(condition.parts) == 1
        ordered = sorted(condition.parts, key=_is_of_lines)
        parts = [self.of(part, negated=inner, nested=nested if alone else True) for part in ordered]
        joined = self._wording.listed(parts, Joining.AND if is_every else Joining.OR)
        return f"({joined})" if nested and not alone else joined

    def _together(self, parts: tuple[Condition, ...], negated: bool) -> str:
        """Say what a text begins with, ends with or contains once for all alternatives."""
        asked = [part for part in parts if isinstance(part, Comparison)]
        first = asked[0] if asked else None
        if first is None or negated or len(parts) != len(asked) or first.operator not in _PARTS_OF_TEXT:
            return ""
        if any((each.fact, each.operator) != (first.fact, first.operator) for each in asked):
            return ""
        fact = self.fact(first.fact)
        values = [value for each in asked for value in self._values(fact, first.operator, each.value)]
        words = COMPARISONS[fact.kind.value][first.operator.value]
        listed = self._wording.listed(values, Joining.OR)
        return self._wording.said(words, fact=self._name(fact), value=listed)

    def _of_lines(self, condition: AnyLine | AllLines, negated: bool, nested: bool) -> str:
        lines = Phrases(self._wording, LINE_FACTS)
        if isinstance(condition, AnyLine):
            key, part = ("no_line" if negated else "any_line"), lines.of(condition.part)
        else:
            key, part = ("any_line" if negated else "all_lines"), lines.of(condition.part, negated=negated)
        phrase = self._wording.said(LINES[key], part=part)
        return f"({phrase})" if nested and not isinstance(condition.part, Comparison) else phrase

    def _comparison(self, asked: Comparison, negated: bool) -> str:
        operator, key = asked.operator, asked.operator.value
        if negated and operator in NEGATED:
            operator = NEGATED[operator]
            key = operator.value
        elif negated:
            key = f"not {key}"
        fact = self.fact(asked.fact)
        if fact.kind is Kind.FLAG and operator not in ABOUT_KNOWING:
            return self._flag(fact, is_so=operator is Operator.IS_TRUE)
        values = self._values(fact, operator, asked.value)
        if len(values) == 1 and operator in _SINGLE:
            operator = _SINGLE[operator]
            key = operator.value
        if operator is Operator.HAS_NONE and len(values) > 1:
            key = f"{key} many"
        words = TAG_COMPARISONS[fact.name] if fact.kind is Kind.TAGS else COMPARISONS[fact.kind.value]
        value = self._wording.listed(values, _JOINED.get(operator, Joining.AND)) if values else ""
        return self._wording.said(words[key], fact=self._name(fact), value=value)

    def _flag(self, fact: Fact, *, is_so: bool) -> str:
        if fact.name.startswith(EXPERT):
            return self._wording.said(EXPERT_SAYS[is_so], name=self._wording.quoted(_bare(fact)))
        return self._name(fact) if is_so else self._wording.said(FLAG_NEGATIONS[fact.name])

    def _name(self, fact: Fact) -> str:
        if fact.name.startswith(EXPERT):
            if fact.kind is Kind.FLAG:
                return self._flag(fact, is_so=True)
            return self._wording.said(EXPERT_WORDS, name=self._wording.quoted(_bare(fact)))
        return self._wording.said(FACT_WORDS.get(fact.name) or LINE_FACT_WORDS[fact.name])

    def _values(self, fact: Fact, operator: Operator, value: Value) -> list[str]:
        if value is None:
            return []
        if fact.kind in {Kind.TEXT, Kind.TAGS}:
            read: tuple[Any, ...] = value if isinstance(value, tuple) else (value,)
        else:
            found = read_value(fact.kind, operator, value)
            read = found if isinstance(found, tuple) else (found,)
        said = [self._wording.value(fact, each) for each in read]
        says_de = fact.kind in _SIZES and operator in _DE and self._wording.language != "en"
        said = [f"de {each}" for each in said] if says_de else said
        says_le = fact.kind is Kind.DATE and operator is Operator.BETWEEN
        article = {"es": "el ", "fr": "le "}.get(self._wording.language, "") if says_le else ""
        return [f"{article}{each}" for each in said]


def _is_of_lines(condition: Condition) -> bool:
    """What is said of lines comes last, so that nothing after it is taken to be said of them, too."""
    return isinstance(condition, AnyLine | AllLines)


_PARTS_OF_TEXT = frozenset({Operator.CONTAINS, Operator.STARTS_WITH, Operator.ENDS_WITH})
_SINGLE = {
    Operator.ONE_OF: Operator.EQUALS,
    Operator.NONE_OF: Operator.NOT_EQUALS,
    Operator.HAS_ALL: Operator.HAS_ANY,
}


def _bare(fact: Fact) -> str:
    return fact.name.removeprefix(EXPERT)


def _seen_value(fact: Fact, seen: SeenFact, wording: Wording) -> str:
    value = _typed(fact.kind, seen)
    if fact.kind is Kind.TAGS:
        tags = [wording.quoted(tag) for tag in seen.seen.split(", ")] if seen.seen != "none" else []
        return wording.listed(tags) if tags else ""
    return wording.value(fact, value)


def _typed(kind: Kind, seen: SeenFact) -> Any:
    """Read a value as it was kept: amounts are in the currency asked for."""
    text = seen.seen
    if kind is Kind.MONEY:
        asked = seen.value if isinstance(seen.value, str) else (seen.value or ("",))[0]
        currency = text.partition(" ")[2] or Money.parse(asked).currency
        return Money(Decimal(text.partition(" ")[0]), currency)
    if kind is Kind.NUMBER:
        return Decimal(text)
    if kind is Kind.DATE:
        return date.fromisoformat(text)
    if kind is Kind.CLOCK:
        return time.fromisoformat(text)
    if kind is Kind.AGE and (match := _AGE.fullmatch(text)):
        days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=0 if hours or minutes else seconds)
    return text
