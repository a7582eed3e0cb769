"""What rules saw and decided, printed: for `waybill order why` and for trying rules."""

from collections.abc import Iterable

from domain.rules.decisions import RuleDecision, RuleOutcome
from domain.rules.experts import ExpertDefinition
from domain.rules.sentences import seen_sentence
from starter.cli.output import out

_SAID = {True: "yes", False: "no", None: "cannot be judged"}
Experts = tuple[ExpertDefinition, ...]


def show_outcomes(outcomes: Iterable[RuleOutcome], experts: Experts, language: str = "en") -> None:
    """Print each rule's answer, and what it saw."""
    for outcome in outcomes:
        as_if = "" if outcome.followed == bool(outcome.answer) else _otherwise(outcome)
        out.print(f"  {outcome.title}: {_SAID[outcome.answer]}{as_if}", markup=False)
        for seen in outcome.seen:
            line = f"line {seen.line}: " if seen.line else ""
            out.print(f"    {line}{seen_sentence(seen, language, experts)}", markup=False)


def _otherwise(outcome: RuleOutcome) -> str:
    return ", followed all the same" if outcome.followed else ", not followed"


def show_decisions(decisions: Iterable[tuple[RuleDecision, Experts]]) -> None:
    """Print what rules decided on one order, by trigger and version."""
    for decision, experts in decisions:
        trigger = decision.trigger.value.replace("_", " ")
        at = f"{decision.at:%Y-%m-%d %H:%M:%S}"
        out.print(f"{at} {trigger}, by version {decision.version} of the rules:", markup=False)
        show_outcomes(decision.outcomes, experts)
        for text in decision.did:
            out.print(f"  → {text}", markup=False)
