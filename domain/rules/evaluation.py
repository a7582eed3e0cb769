"""Judging rules over a case, with a trace of every condition: pure, in Decimal, the same on every replay."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from domain.rules.actions import Action, subject_of
from domain.rules.case import Case
from domain.rules.compiling import Answer, Judge, Look, Seen, compile_condition
from domain.rules.conditions import Comparison
from domain.rules.expert_facts import expert_facts
from domain.rules.experts import ExpertDefinition
from domain.rules.facts import FACTS
from domain.rules.model import Rule, Unknown
from domain.rules.triggers import Trigger


class CompiledRule(NamedTuple):
    """A rule made ready: its judge, and its comparisons in the order in which the trace numbers them."""

    rule: Rule
    judge: Judge | None
    comparisons: tuple[Comparison, ...]
    is_timed: bool


class Judged(NamedTuple):
    """One rule's outcome: whether it matched, None when a fact was unknown, and what was seen."""

    rule: Rule
    comparisons: tuple[Comparison, ...]
    answer: Answer
    seen: list[Seen]


@dataclass(slots=True)
class Ruling:
    """What the rules say at one trigger: every rule looked at, those that matched, conflicts among them."""

    judged: list[Judged] = field(default_factory=list)
    matched: list[Rule] = field(default_factory=list)
    unjudged: list[Rule] = field(default_factory=list)
    conflicts: list[tuple[str, tuple[Rule, ...]]] = field(default_factory=list)

    @property
    def actions(self) -> Iterable[tuple[Rule, Action]]:
        """The actions of the rules that matched, in order."""
        return ((rule, action) for rule in self.matched for action in rule.then)


class Rules:
    """Rules made ready to be judged, by their triggers, in the order of their priorities.

    Rules that were published have no faults; others raise `ValueRefused` or KeyError here.
    """

    def __init__(self, rules: Iterable[Rule], experts: Iterable[ExpertDefinition] = ()) -> None:
        facts = {**FACTS, **expert_facts(experts)}
        self._by_trigger: dict[Trigger, list[CompiledRule]] = {}
        for rule in sorted((rule for rule in rules if rule.enabled), key=lambda rule: rule.priority):
            comparisons: list[Comparison] = []
            judge = compile_condition(rule.condition, comparisons, facts) if rule.condition else None
            is_timed = rule.valid_from is not None or rule.valid_until is not None
            ready = CompiledRule(rule, judge, tuple(comparisons), is_timed)
            self._by_trigger.setdefault(rule.when, []).append(ready)

    def of(self, trigger: Trigger) -> list[Rule]:
        """Return the rules of a trigger."""
        return [each.rule for each in self._by_trigger.get(trigger, ())]

    def judge(self, trigger: Trigger, case: Case, only: Collection[str] = ()) -> Ruling:
        """Judge the rules of a trigger; `only` names those whose deadline is over."""
        ruling, look = Ruling(), Look(case)
        now = case.now
        for ready in self._by_trigger.get(trigger, ()):
            rule, condition, comparisons, is_timed = ready
            if (only and rule.id not in only) or (is_timed and not rule.is_valid_at(now)):
                continue
            look.seen = []
            answer = True if condition is None else condition(look, None)
            ruling.judged.append(Judged(rule, comparisons, answer, look.seen))
            if _matches_in_doubt(rule, ruling) if answer is None else answer:
                ruling.matched.append(rule)
                if rule.stop:
                    break
        if len(ruling.matched) > 1:
            ruling.conflicts = conflicts_among(ruling.matched)
        return ruling


def _matches_in_doubt(rule: Rule, ruling: Ruling) -> bool:
    if rule.in_doubt is Unknown.HOLD:
        ruling.unjudged.append(rule)
    return rule.in_doubt is Unknown.MATCH


def conflicts_among(rules: Iterable[Rule]) -> list[tuple[str, tuple[Rule, ...]]]:
    """Return what more than one of the rules would do that cannot be undone, with those rules."""
    by_subject: dict[str, list[Rule]] = {}
    for rule in rules:
        for subject in dict.fromkeys(subject_of(action) for action in rule.then):
            if subject:
                by_subject.setdefault(subject, []).append(rule)
    return [(subject, tuple(found)) for subject, found in by_subject.items() if len(found) > 1]
