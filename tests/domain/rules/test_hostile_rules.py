"""No input raises, and none takes long: garbage, endless and huge trees, and the largest honest set."""

import itertools
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.rules.evaluation import Rules
from domain.rules.faults import checked, faults_of
from domain.rules.triggers import Trigger
from tests.domain.rules.drawn import cases, conditions
from tests.domain.rules.specimens import INSTALLATION, NOW, rule

TELL = {"do": "notify", "audience": "sales", "to": "desk@example.com"}


def _endless_dict() -> Any:
    endless: dict[str, Any] = {"id": "one", "when": "validated"}
    endless["if"] = {"all": [endless]}
    endless["then"] = [endless]
    endless["all"] = endless
    return {"rules": [endless]}


def _endless_list() -> Any:
    endless: list[Any] = []
    endless.append(endless)
    return {"rules": endless, "policies": {"a": endless}}


@pytest.mark.parametrize(
    "raw",
    [
        _endless_dict(),
        _endless_list(),
        {"rules": [{"if": {"all": [{}] * 300_000}}]},
        {"rules": [[[]] * 250_000]},
        {"rules": "x" * 5_000_000},
        {"rules": [rule(id="x" * 100_000, when="y" * 100_000)]},
        {"rules": [rule(**{"if": {"fact": "paid" * 50_000, "is": "is_true"}})]},
        {"rules": [rule(priority="9" * 10_000)]},
        {"rules": [rule(priority=10**5000)]},
        {"rules": [rule(**{"if": {"fact": "pieces", "is": "equals", "value": 10**5000}})]},
        {"rules": [rule(**{"if": {"fact": "total", "is": "equals", "value": 1.5}})]},
        {"rules": [rule(**{"if": {"fact": "country", "is": "equals", "value": "\ud800"}})]},
        {"rules": [rule(name="\ud800", pairs=["\ud800"])], "time_zone": "../../etc/passwd"},
        {1: 2, None: 3, "rules": {}},
        {"experts": [{"name": "a", "returns": "flag", "body": "(" * 200_000}]},
        {"experts": [{"name": "a", "returns": "flag", "kind": "table", "body": "[" * 30_000}]},
        None,
        [],
        "rules",
    ],
    ids=itertools.count(),
)
def test_hostile_input_gives_faults_quickly(raw: Any) -> None:
    begun = time.process_time()

    found = faults_of(raw, INSTALLATION, NOW)

    assert found
    assert all(len(fault.sentence) + len(fault.place) < 600 for fault in found)
    assert time.process_time() - begun < 3


ANYTHING = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=12),
        st.sampled_from(["one", "validated", "on_hold_for", "4h", "total", "more_than", "5 EUR", "yes"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.one_of(
                st.sampled_from(
                    [
                        "rules",
                        "id",
                        "when",
                        "if",
                        "then",
                        "all",
                        "any_line",
                        "fact",
                        "is",
                        "value",
                        "do",
                        "after",
                    ]
                ),
                st.text(max_size=6),
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=20,
)


@settings(max_examples=300)
@given(ANYTHING)
def test_garbage_gives_faults_never_a_traceback(raw: Any) -> None:
    for each in (
        raw,
        {"rules": raw},
        {"rules": [raw]},
        {"rules": [rule(**{"if": raw})]},
        {"rules": [rule(then=raw)]},
    ):
        found = checked(each, INSTALLATION, NOW)

        assert found.faults or found.rule_set is not None


@settings(max_examples=150)
@given(conditions(), cases())
def test_what_passes_never_fails_when_an_order_is_judged(condition: Any, case: Any) -> None:
    found = checked({"rules": [rule(**{"if": condition})]}, INSTALLATION, datetime.now(UTC))

    assert not found.faults
    assert found.rule_set is not None
    assert Rules(found.rule_set.rules).judge(Trigger.VALIDATED, case).judged


def test_five_hundred_rules_about_the_same_are_checked_in_seconds() -> None:
    countries = ("FR", "ES", "DE", "IT", "PT")
    rules = [
        rule(
            id=f"r{number}",
            then=[TELL],
            **{
                "if": {
                    "all": [
                        {"fact": "country", "is": "equals", "value": countries[number % 5]},
                        {"fact": "total", "is": "between", "value": [f"{number} EUR", f"{number}.5 EUR"]},
                    ]
                }
            },
        )
        for number in range(500)
    ]
    begun = time.process_time()

    found = checked({"rules": rules}, INSTALLATION, NOW)

    assert (found.faults, found.warnings) == ((), ())
    assert time.process_time() - begun < 20


def test_five_hundred_rules_of_many_alternatives_are_left_undecided_in_seconds() -> None:
    def either(fact: str, start: int) -> dict[str, Any]:
        asked = [{"fact": fact, "is": "equals", "value": f"{start + number} EUR"} for number in range(6)]
        return {"any": asked}

    rules = [
        rule(
            id=f"r{number}",
            then=[TELL],
            **{"if": {"all": [either("total", number * 10), either("shipping_cost", number)]}},
        )
        for number in range(500)
    ]
    begun = time.process_time()

    found = checked({"rules": rules}, INSTALLATION, NOW)

    assert not found.faults
    assert "cannot be told" in found.warnings[0].sentence
    assert time.process_time() - begun < 40
