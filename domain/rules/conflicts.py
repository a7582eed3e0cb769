"""Two rules that would both do what cannot be undone: found before they are published.

Proof goes both ways: rules that no order can satisfy at once are fine, rules that an example satisfies are a
conflict. What neither shows is a warning, and the order would be held when it happens.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import chain, combinations, islice, product
from typing import Any, NamedTuple

from domain.faults import Fault
from domain.money import Money
from domain.policy import Pair
from domain.rules.actions import subject_of
from domain.rules.case import Case
from domain.rules.evaluation import Rules
from domain.rules.examples import NoExample, Setting, example_case, in_words
from domain.rules.expert_facts import expert_facts
from domain.rules.facts import FACTS, Fact
from domain.rules.installation import Installation
from domain.rules.model import Rule, RuleSet, Unknown
from domain.rules.places import Places
from domain.rules.regions import Term, TooManyTerms, Variable, satisfying, terms_of
from domain.rules.triggers import DEADLINES

_MOST_REPORTED = 50
_MOST_EXAMPLES = 24
_MOST_TERMS_SHOWN = 8
_MOST_COMPARED = 150_000
"""Alternatives compared in one set, some seconds: whoever writes more is told that it cannot be decided."""
_SOME_DAY = datetime(2026, 11, 20, 9, tzinfo=UTC)


class Meeting(NamedTuple):
    """Two rules that may match at once: what both would do, and an example when one was found."""

    first: Rule
    second: Rule
    subject: str
    example: str = ""
    case: Case | None = None


class _Example(NamedTuple):
    words: str
    case: Case | None = None


_UNDECIDED = _Example("")


class _Candidate(NamedTuple):
    number: int
    rule: Rule
    terms: list[Term] | None
    subjects: frozenset[str]


def possible_conflicts(
    rule_set: RuleSet, places: Places, installation: Installation
) -> tuple[tuple[Fault, ...], tuple[Fault, ...]]:
    """Return the conflicts that are sure, and those that cannot be decided. The set has no other faults."""
    numbers = {rule.id: number for number, rule in enumerate(rule_set.rules)}
    sure, doubtful = list[Fault](), list[Fault]()
    for meeting in islice(meetings(rule_set, installation), _MOST_REPORTED):
        parts = ("rules", numbers[meeting.second.id])
        (sure if meeting.example else doubtful).append(places.fault(parts, *_said(meeting)))
    return tuple(sure), tuple(doubtful)


def meetings(rule_set: RuleSet, installation: Installation) -> Iterator[Meeting]:
    """Yield the pairs of rules that may match at once and would both do what cannot be undone."""
    facts = {**FACTS, **expert_facts(rule_set.experts)}
    ordered = sorted(enumerate(rule_set.rules), key=lambda each: each[1].priority)
    ready = [_candidate(number, rule, facts) for number, rule in ordered if rule.enabled]
    witness, left = _Witness(rule_set), _MOST_COMPARED
    for one, two in combinations([each for each in ready if each.subjects], 2):
        shared = one.subjects & two.subjects
        if not shared or not _may_be_judged_together(one.rule, two.rule):
            continue
        wider = installation.scope(one.rule)
        scope = [(name, pair) for name, pair in wider if two.rule.applies_to(name, pair.store)]
        if not scope:
            continue
        left -= len(one.terms or ()) * len(two.terms or ())
        found = _meet(one, two, scope, witness) if left >= 0 else _UNDECIDED
        if found is not None:
            yield Meeting(one.rule, two.rule, min(shared), found.words, found.case)


def contradictions(rule_set: RuleSet, places: Places) -> Iterator[Fault]:
    """Yield the rules whose conditions no order can satisfy."""
    facts = {**FACTS, **expert_facts(rule_set.experts)}
    for number, rule in enumerate(rule_set.rules):
        try:
            terms = terms_of(rule.condition, facts, unknown_matches=False)
        except TooManyTerms:
            continue
        if all(satisfying(term, {}) is None for term in terms):
            sentence = "no order can satisfy this: its conditions exclude each other"
            fix = "Take one of them out, or write any for all."
            yield places.fault(("rules", number, "if"), sentence, fix)


def _candidate(number: int, rule: Rule, facts: Mapping[str, Fact]) -> _Candidate:
    subjects = frozenset(subject_of(action) for action in rule.then) - {""}
    try:
        terms = terms_of(rule.condition, facts, unknown_matches=rule.in_doubt is Unknown.MATCH)
    except TooManyTerms:
        return _Candidate(number, rule, None, subjects)
    return _Candidate(number, rule, terms, subjects)


def _may_be_judged_together(first: Rule, second: Rule) -> bool:
    """Deadlines of other times are other moments; a rule that stops leaves none after it."""
    if first.when is not second.when or first.stop:
        return False
    if first.when in DEADLINES and first.after != second.after:
        return False
    starts = [each for each in (first.valid_from, second.valid_from) if each]
    ends = [each for each in (first.valid_until, second.valid_until) if each]
    return not starts or not ends or max(starts) < min(ends)


def _meet(
    one: _Candidate, two: _Candidate, scope: list[tuple[str, Pair]], witness: "_Witness"
) -> _Example | None:
    """Return an example of both matching, one without words when it is not decided, None if they cannot."""
    if one.terms is None or two.terms is None:
        return _UNDECIDED
    limits = {
        "pair": frozenset(name.casefold() for name, _ in scope),
        "store": frozenset(pair.store.casefold() for _, pair in scope),
    }
    joined = (left.joined(right) for left, right in product(one.terms, two.terms))
    possible = [(term, values) for term in joined if (values := satisfying(term, limits)) is not None]
    if not possible:
        return None
    shown = [values for term, values in possible if term.certain and all(values.values())]
    for values in shown[:_MOST_TERMS_SHOWN]:
        if example := witness.of(one.rule, two.rule, scope, values):
            return example
    return _UNDECIDED


class _Witness:
    """Looks for an order that two rules both match, and lets the evaluator confirm it."""

    def __init__(self, rule_set: RuleSet) -> None:
        self._rule_set = rule_set
        self._ready: dict[tuple[str, str], Rules] = {}

    def of(
        self, one: Rule, two: Rule, scope: list[tuple[str, Pair]], values: Mapping[Variable, list[Any]]
    ) -> _Example | None:
        """Return such an order with its facts in words, None when none was found."""
        starts = [each for each in (one.valid_from, two.valid_from, _SOME_DAY) if each]
        ends = [each for each in (one.valid_until, two.valid_until) if each]
        now = max(starts) if not ends else min(max(starts), min(ends) - timedelta(seconds=1))
        for name, pair in scope[:3]:
            setting = Setting(
                pair=name,
                store=pair.store,
                base_currency=pair.base_currency,
                time_zone=self._rule_set.time_zone,
                now=now,
            )
            for chosen in islice(_choices(values), _MOST_EXAMPLES):
                try:
                    case = example_case(chosen, setting)
                except NoExample:
                    continue
                pair_of_example = next((each for name, each in scope if name == case.pair), None)
                if pair_of_example is None or pair_of_example.store != case.order.connection:
                    continue
                if self._both_match(one, two, case):
                    return _Example(in_words(chosen), case)
        return None

    def _both_match(self, one: Rule, two: Rule, case: Case) -> bool:
        rules = self._rules(case.pair, case.order.connection)
        both = {one.id, two.id}
        ruling = rules.judge(one.when, case, only=both if one.when in DEADLINES else ())
        return both <= {rule.id for rule in ruling.matched}

    def _rules(self, pair: str, store: str) -> Rules:
        if (pair, store) not in self._ready:
            applying = [rule for rule in self._rule_set.rules if rule.applies_to(pair, store)]
            self._ready[pair, store] = Rules(applying, self._rule_set.experts)
        return self._ready[pair, store]


def _choices(values: Mapping[Variable, list[Any]]) -> Iterable[dict[str, Any]]:
    """Yield facts by name, the likeliest values first, without those that contradict each other."""
    variables = list(values)
    for chosen in product(*(values[variable] for variable in variables)):
        facts: dict[str, Any] = {}
        known = zip(variables, chosen, strict=True)
        for variable, value in known:
            name = variable.fact.name
            is_amount = variable.currency and value is not None
            facts[name] = Money(value, variable.currency) if is_amount else facts.get(name, value)
        if _is_plain(variables, facts):
            yield facts


def _is_plain(variables: Iterable[Variable], facts: Mapping[str, Any]) -> bool:
    """An amount that is only asked whether it is known has no currency; it is shown where none is needed."""
    bare = {each.fact.name for each in variables if each.fact.kind == "money"}
    return all(facts[name] is None or isinstance(facts[name], Money) for name in bare)


def _said(meeting: Meeting) -> tuple[str, str]:
    first, second, subject, example, _ = meeting
    deed = "decide the order's fate" if subject == "fate" else f"do the same: {_deed(subject)}"
    fix = (
        f"Make their conditions exclude each other, make one rule of them, or write stop: yes in {first.id}."
    )
    if example:
        meet = f"{first.id} and {second.id} both match ({example})"
        return f"{meet} and would both {deed}, which cannot be undone", fix
    held = "the order would be held when both match"
    return f"whether {first.id} and {second.id} can both match cannot be told; both {deed}: {held}", fix


def _deed(subject: str) -> str:
    return " ".join(chain.from_iterable(part.split("_") for part in subject.split(":") if part))
