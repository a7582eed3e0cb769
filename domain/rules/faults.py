"""Checking a rule set before it is published: every fault with its place, its sentence and its fix.

Nothing that passes here fails when an order is judged.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import available_timezones

from domain.faults import Fault
from domain.rules.action_faults import ActionFaults
from domain.rules.condition_faults import ConditionFaults
from domain.rules.conflicts import contradictions, possible_conflicts
from domain.rules.expert_facts import expert_facts
from domain.rules.facts import FACTS
from domain.rules.installation import Installation
from domain.rules.model import MOST_BYTES, OrderRules, Rule, RuleSet
from domain.rules.places import Parts, Places, nearest, shortened
from domain.rules.reading import MOST_FAULTS, read_rules
from domain.rules.routes import endless_routes
from domain.rules.triggers import DEADLINES

LONGEST_WAIT = timedelta(days=3650)
"""Of a deadline; beyond some thousand years a calendar ends, and the order's life with it."""


class Checked(NamedTuple):
    """A rule set as read, None where it could not be. With faults it is not published; warnings are said."""

    rule_set: RuleSet | None
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...] = ()


def checked(raw: Any, installation: Installation, now: datetime) -> Checked:
    """Read and check a rule set, made of dicts, lists and texts. `now` is with its zone. Never raises."""
    rule_set, faults = read_rules(raw)
    if rule_set is None:
        return Checked(None, faults)
    places = Places(raw)
    faults = tuple(_faults(rule_set, places, installation))[:MOST_FAULTS]
    if faults:
        return Checked(rule_set, faults)
    sure, doubtful = possible_conflicts(rule_set, places, installation)
    warnings = (*doubtful, *contradictions(rule_set, places), *_past(rule_set, places, now))
    sure = (*sure, *endless_routes(rule_set, places, installation))
    return Checked(rule_set, sure[:MOST_FAULTS], warnings[:MOST_FAULTS])


def faults_of(raw: Any, installation: Installation, now: datetime) -> tuple[Fault, ...]:
    """Return what keeps a rule set from being published."""
    return checked(raw, installation, now).faults


def _faults(rule_set: RuleSet, places: Places, installation: Installation) -> Iterator[Fault]:
    if rule_set.time_zone not in _zones():
        sentence = f"there is no time zone {shortened(rule_set.time_zone)}"
        fix = nearest(rule_set.time_zone, _zones(), "Write it as Europe/Paris.")
        yield places.fault(("time_zone",), sentence, fix)
    yield from _doubles(rule_set, places)
    for name, policy in rule_set.policies.items():
        for key, sentence in policy.faults(installation.approvers):
            yield places.fault(
                ("policies", name, *_split(key)), sentence, f"{sentence[:1].upper()}{sentence[1:]}."
            )
        if policy.limit:
            sentence = "a policy of rules has no limit of its own: the rule says when it is asked for"
            yield places.fault(("policies", name, "limit"), sentence, "Write it as a condition over total.")
    for number, expert in enumerate(rule_set.experts):
        for key, sentence in expert.faults():
            yield places.fault(("experts", number, key), sentence, f"{sentence[:1].upper()}{sentence[1:]}.")
    facts = {**FACTS, **expert_facts(rule_set.experts)}
    currencies = {pair.base_currency for pair in installation.pairs.values()}
    actions = ActionFaults(places, rule_set, installation)
    for number, rule in enumerate(rule_set.rules):
        parts: Parts = ("rules", number)
        yield from _rule_faults(rule, parts, places, installation)
        if rule.condition is not None:
            conditions = ConditionFaults(places, rule.when, facts, currencies)
            yield from conditions.of(rule.condition, (*parts, "if"))
        yield from actions.of(rule, parts)
    yield from _unreachable(rule_set, places, installation)
    yield from _too_large(rule_set, places, installation)


@lru_cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _split(key: str) -> Parts:
    return tuple(int(part) if part.isdecimal() else part for part in key.split("."))


def _doubles(rule_set: RuleSet, places: Places) -> Iterator[Fault]:
    ids = [rule.id for rule in rule_set.rules]
    names = [expert.name for expert in rule_set.experts]
    for kind, key, found in (("rules", "id", ids), ("experts", "name", names)):
        seen: set[str] = set()
        for number, each in enumerate(found):
            if each in seen:
                sentence = f"two {kind} have the {key} {each}"
                yield places.fault((kind, number, key), sentence, f"Give one of them another {key}.")
            seen.add(each)


def _rule_faults(rule: Rule, parts: Parts, places: Places, installation: Installation) -> Iterator[Fault]:
    known: Mapping[str, tuple[str, ...]] = {
        "pairs": tuple(installation.pairs),
        "connections": installation.stores,
    }
    for key, names in (("pairs", rule.pairs), ("connections", rule.connections)):
        for number, name in enumerate(names):
            if name not in known[key]:
                what = "pair" if key == "pairs" else "store"
                sentence = f"there is no {what} {shortened(name)}"
                yield places.fault((*parts, key, number), sentence, nearest(name, known[key]))
    named = set(rule.pairs) <= set(known["pairs"]) and set(rule.connections) <= set(known["connections"])
    if named and installation.pairs and not any(installation.scope(rule)):
        yield places.fault(
            (*parts, "pairs"), "none of these pairs takes orders of these stores", "Leave one out."
        )
    yield from _times(rule, parts, places)


def _times(rule: Rule, parts: Parts, places: Places) -> Iterator[Fault]:
    if rule.when in DEADLINES:
        if rule.after is None:
            yield places.fault((*parts, "after"), f"{rule.when.value} needs a time", "Write after: 4h.")
        elif not rule.after:
            yield places.fault((*parts, "after"), "no time at all is no deadline", "Write after: 4h.")
        elif rule.after > LONGEST_WAIT:
            sentence = f"no order waits that long; {LONGEST_WAIT.days}d are the most"
            yield places.fault((*parts, "after"), sentence, "Write it shorter, such as 30d.")
        if rule.stop:
            sentence = f"{rule.when.value} is judged for each rule by itself, so there is nothing to stop"
            yield places.fault((*parts, "stop"), sentence, "Leave stop out.")
    elif rule.after is not None:
        sentence = f"{rule.when.value} happens at once; only deadlines take after"
        fix = f"Leave after out, or write when: one of {', '.join(sorted(DEADLINES))}."
        yield places.fault((*parts, "after"), sentence, fix)
    if rule.valid_from and rule.valid_until and rule.valid_from >= rule.valid_until:
        sentence = "the rule ends before it begins"
        yield places.fault((*parts, "valid_until"), sentence, "Write a later instant than valid_from.")


def _past(rule_set: RuleSet, places: Places, now: datetime) -> Iterator[Fault]:
    for number, rule in enumerate(rule_set.rules):
        if rule.enabled and rule.valid_until and rule.valid_until <= now:
            sentence = f"the rule is over since {rule.valid_until:%Y-%m-%d %H:%M} and never matches"
            yield places.fault(("rules", number, "valid_until"), sentence, "Take the rule out.")


def _too_large(rule_set: RuleSet, places: Places, installation: Installation) -> Iterator[Fault]:
    for name, pair in installation.pairs.items():
        try:
            size = OrderRules.of(rule_set, 1, name, pair.store).size
        except UnicodeEncodeError:
            sentence = "there are signs in it that no text can have (half a pair of surrogates)"
            yield places.fault(("rules",), sentence, "Write the text anew.")
            return
        if size > MOST_BYTES:
            kibibytes = f"{size // 1024} KiB of rules; {MOST_BYTES // 1024} are the most"
            sentence = f"every order of the pair {name} would carry {kibibytes}"
            fix = (
                "Write pairs: in rules that are not for all, shorten texts, or join rules that differ little."
            )
            yield places.fault(("rules",), sentence, fix)
            return


def _unreachable(rule_set: RuleSet, places: Places, installation: Installation) -> Iterator[Fault]:
    ordered = sorted(enumerate(rule_set.rules), key=lambda each: each[1].priority)
    ends: list[Rule] = []
    for number, rule in ordered:
        if not rule.enabled or rule.when in DEADLINES:
            continue
        before = next((end for end in ends if _covers(end, rule, installation)), None)
        if before is not None:
            sentence = f"the rule is never looked at: {before.id} always matches before it and stops"
            fix = f"Give it a smaller priority than {before.id}, or take stop from {before.id}."
            yield places.fault(("rules", number), sentence, fix)
        elif rule.stop and rule.condition is None:
            ends.append(rule)


def _covers(end: Rule, rule: Rule, installation: Installation) -> bool:
    if end.when is not rule.when:
        return False
    scope = {name for name, _ in installation.scope(rule)}
    if not scope <= {name for name, _ in installation.scope(end)}:
        return False
    starts = end.valid_from is None or (rule.valid_from is not None and end.valid_from <= rule.valid_from)
    ends = end.valid_until is None or (rule.valid_until is not None and rule.valid_until <= end.valid_until)
    return starts and ends
