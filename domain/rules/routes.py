"""Rules that would send an order from one pair to another and back again, without end."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import product
from typing import NamedTuple

from domain.faults import Fault
from domain.rules.actions import Route
from domain.rules.expert_facts import expert_facts
from domain.rules.facts import FACTS, Fact
from domain.rules.installation import Installation
from domain.rules.model import Rule, RuleSet, Unknown
from domain.rules.places import Places
from domain.rules.regions import Term, TooManyTerms, satisfying, terms_of

MOST_ROUTES = 3
"""How often an order is sent to another pair; the next time it is held."""
ROUTED_TO_AND_FRO = "the rules route the order from one pair to the next and back"


class _Way(NamedTuple):
    number: int
    rule: Rule
    start: str
    end: str


def endless_routes(rule_set: RuleSet, places: Places, installation: Installation) -> Iterator[Fault]:
    """Yield the rules that send back what another one sent. The set has no other faults.

    Two rules that both apply in one pair are a conflict there, and no way back.
    """
    facts = {**FACTS, **expert_facts(rule_set.experts)}
    ways = defaultdict[tuple[str, str], list[_Way]](list)
    for way in _ways(rule_set, installation):
        ways[way.start, way.end].append(way)
    returns = [
        (there, back)
        for (start, end), found in ways.items()
        for there in found
        for back in ways.get((end, start), ())
    ]
    for there, back in returns:
        is_later = there.number < back.number
        if is_later and _apart(there, back, installation) and _may_both_match(there, back, facts):
            sentence = (
                f"{there.rule.id} sends orders to {there.end}, and this rule sends them back to {back.end}"
            )
            fix = f"Write a condition that excludes what {there.rule.id} sends."
            yield places.fault(("rules", back.number), sentence, fix)


def _ways(rule_set: RuleSet, installation: Installation) -> Iterator[_Way]:
    for number, rule in enumerate(rule_set.rules):
        ends = [action.pair for action in rule.then if isinstance(action, Route)] if rule.enabled else []
        for start, _ in installation.scope(rule) if ends else ():
            if start != ends[0]:
                yield _Way(number, rule, start, ends[0])


def _apart(there: _Way, back: _Way, installation: Installation) -> bool:
    pairs = installation.pairs
    return not (
        back.rule.applies_to(there.start, pairs[there.start].store)
        or there.rule.applies_to(back.start, pairs[back.start].store)
    )


def _may_both_match(there: _Way, back: _Way, facts: Mapping[str, Fact]) -> bool:
    try:
        both = product(_in_its_pair(there, facts), _in_its_pair(back, facts))
    except TooManyTerms:
        return True
    return any(satisfying(one.joined(other), {}) is not None for one, other in both)


def _in_its_pair(way: _Way, facts: Mapping[str, Fact]) -> list[Term]:
    """Return when the rule matches there; what it asks of the pair is answered by then."""
    terms = terms_of(way.rule.condition, facts, unknown_matches=way.rule.in_doubt is Unknown.MATCH)
    limits = {"pair": frozenset({way.start.casefold()})}
    possible = [term for term in terms if satisfying(term, limits) is not None]
    return [
        Term({each: asked for each, asked in term.literals.items() if each.fact.name != "pair"}, term.certain)
        for term in possible
    ]
