"""The page about rules is current, and what it shows is true."""

import re
from pathlib import Path

from docs import rules_page
from domain.rules.facts import FACTS, LINE_FACTS
from domain.rules.faults import faults_of
from domain.rules.sentences import rule_sentence
from domain.rules.triggers import Trigger
from starter.files import read_text
from tests.domain.rules.specimens import INSTALLATION, NOW, check, rule, rule_set

PAGE = Path(__file__).parents[2] / "docs/rules.md"


def test_the_page_is_current_and_names_everything() -> None:
    text = PAGE.read_text("utf-8")

    assert text == rules_page.page()
    assert all(f"| `{name}` |" in text for name in (*FACTS, *LINE_FACTS))
    assert all(f"| `{trigger.value}`" in text for trigger in Trigger)


def test_its_examples_are_right_and_say_what_it_says() -> None:
    whole, condition = re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    found = check(whole)
    assert found.rule_set is not None
    assert (found.faults, found.warnings) == ((), ())
    said = rule_sentence(found.rule_set.rules[0], "en").replace("\u00a0", " ")
    assert f"*{said}*" in " ".join(PAGE.read_text("utf-8").split())

    wanted = read_text(condition, "condition.yaml").content
    assert rule_set(rule(**wanted)).rules
    assert not faults_of({"rules": [rule(**wanted)]}, INSTALLATION, NOW)


def test_the_fault_and_the_conflict_that_it_quotes_are_what_is_said() -> None:
    text = " ".join(PAGE.read_text("utf-8").split())
    typo = {"all": [{"fact": "totl", "is": "more_than", "value": "5000 EUR"}]}
    fault = faults_of({"rules": [rule(id="large-orders", **{"if": typo})]}, INSTALLATION, NOW)[0]
    assert f"{fault} {fault.fix}".replace(fault.sentence, f"{fault.sentence}.") in text

    reject = [{"do": "reject", "reason": "no"}]
    france = {"fact": "country", "is": "equals", "value": "FR"}
    high = {"all": [{"fact": "total", "is": "more_than", "value": "5000 EUR"}, france]}
    low = {"fact": "total", "is": "more_than", "value": "100 EUR"}
    rules = [rule(id="high", then=reject, **{"if": high}), rule(id="low", then=reject, **{"if": low})]
    conflict = faults_of({"rules": rules}, INSTALLATION, NOW)[0]
    assert conflict.sentence.partition(", which")[0] in text
