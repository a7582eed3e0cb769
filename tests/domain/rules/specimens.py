"""An installation of three pairs, and rule sets as people write them."""

from datetime import UTC, datetime
from typing import Any

from domain.hooks import HookPoint
from domain.notices import Channel
from domain.rules.case import Case
from domain.rules.faults import Checked, checked, faults_of
from domain.rules.installation import Installation
from domain.rules.model import RuleSet
from starter.files import read_text
from tests.domain import specimens

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
INSTALLATION = Installation(
    pairs={
        "main": specimens.pair(),
        "overseas": specimens.pair(name="overseas", erp="sap-fr", by_rule=True),
        "iberia": specimens.pair(name="iberia", store="tienda", erp="sap-es"),
    },
    channels={"chat": Channel.SLACK, "texts": Channel.SMS, "partner": Channel.WEBHOOK},
    names={"main": {"series": frozenset({"web", "export"}), "price_list": frozenset()}},
    hooks={"score_buyer": frozenset({HookPoint.CAPTURED, HookPoint.VALIDATED})},
)


def check(text: str) -> Checked:
    """Check a rule set written as YAML against the installation."""
    return checked(read_text(text, "rules.yaml").content, INSTALLATION, NOW)


def rule(**changed: Any) -> dict[str, Any]:
    """Return a rule that holds every order."""
    return {"id": "one", "when": "validated", "then": [{"do": "hold", "reason": "look at it"}], **changed}


def rule_set(*rules: dict[str, Any], **changed: Any) -> RuleSet:
    """Return a rule set of rules as they are written in files."""
    return RuleSet.model_validate({"rules": list(rules), **changed}, extra="forbid")


def case(**changed: Any) -> Case:
    """Return the case of an ordinary order, checked against the ERP, at noon of a Friday in UTC."""
    facts: dict[str, Any] = {
        "order": specimens.order(),
        "pair": "main",
        "base_currency": "EUR",
        "now": NOW,
        "facts": specimens.facts(),
    }
    return Case.model_validate(facts | changed)


def only_fault(**changed: Any) -> tuple[str, str, str]:
    """Return the only fault of a rule: place, sentence, fix."""
    found = faults_of({"rules": [rule(**changed)]}, INSTALLATION, NOW)
    assert len(found) == 1, found
    return found[0].place, found[0].sentence, found[0].fix
