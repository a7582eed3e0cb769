"""Every fault of a rule set has its place, its sentence and its fix."""

from typing import Any

import pytest

from domain.rules.conditions import MOST_LEVELS
from domain.rules.faults import checked, faults_of
from domain.rules.model import MOST_RULES
from tests.domain.rules.specimens import INSTALLATION, NOW, check, only_fault, rule

TELL = {"do": "notify", "audience": "sales", "to": "desk@example.com"}
PAID = {"fact": "paid", "is": "is_true"}
LATER = "Write a trigger that comes later, such as posted or held."


def _of_condition(condition: dict[str, Any], when: str = "validated") -> tuple[str, str, str]:
    place, sentence, fix = only_fault(**{"if": condition, "when": when})
    return place.removeprefix("rules[one].if"), sentence, fix


@pytest.mark.parametrize(
    ("fact", "operator", "value", "place", "sentence", "fix"),
    [
        ("totl", "more_than", "1 EUR", ".fact", "there is no fact totl", "Write total."),
        ("total", "mor_than", "1 EUR", ".is", "there is no operator mor_than", "Write more_than."),
        (
            "paid",
            "equals",
            "yes",
            ".is",
            "equals does not suit paid, which is yes or no",
            "Write one of: is_",
        ),
        (
            "total",
            "more_than",
            "5000",
            ".value",
            "5000 does not suit total",
            "Write an amount with its currency",
        ),
        ("total", "more_than", "5000 EUX", ".value", "EUX is no currency", "Write its code of three letters"),
        ("total", "more_than", "much", ".value", "much does not suit total", "Write an amount"),
        ("total", "more_than", None, ".value", "no value does not suit total", "More_than takes one value."),
        (
            "total",
            "between",
            ["9 EUR", "1 EUR"],
            ".value",
            "9 EUR, 1 EUR does not",
            "Between takes the lower",
        ),
        (
            "total",
            "between",
            ["1 EUR", "2 USD"],
            ".value",
            "1 EUR, 2 USD does",
            "Between takes two amounts of",
        ),
        ("pieces", "more_than", "NaN", ".value", "NaN does not suit pieces", "An amount must be a finite"),
        ("paid", "is_true", "yes", ".value", "yes does not suit paid is_true", "Is_true takes no value."),
        ("country", "equals", "France", ".value", "france is no country's code", "Write FR."),
        ("country", "equals", "UK", ".value", "uk is no country's code", "Write GB."),
        ("currency", "equals", "euro", ".value", "euro is no currency", "Write its code of three letters"),
        ("weekday", "one_of", ["saturday", "sonday"], ".value", "weekday is never sonday", "Write sunday or"),
        ("country", "one_of", "FR", ".value", "FR does not suit country one_of", "One_of takes a list"),
        ("country", "one_of", ["FR", " "], ".value", "an empty text is in the list", "Leave it out; ask"),
        ("country", "equals", "", ".value", " does not suit country", "An empty text; ask is_unknown"),
        ("time", "at_least", "25:00", ".value", "25:00 does not suit time", "Write a time of day as 09:30."),
        (
            "time",
            "at_least",
            "09:30+01:00",
            ".value",
            "09:30+01:00 does not suit",
            "Write a time of day without",
        ),
        (
            "deliver_by",
            "equals",
            "24.12.",
            ".value",
            "24.12. does not suit deliver_by",
            "Write a date as 2026",
        ),
        ("age", "more_than", "4", ".value", "4 does not suit age more_than", "Write a duration as 90s"),
        ("quantity", "more_than", "3", ".fact", "quantity is a fact of a line", "Put it inside any_line or"),
        ("stage", "equals", "held", ".fact", "stage is not known yet at validated", LATER),
        ("expert.risk", "is_true", None, ".fact", "there is no expert rule risk", "Define it under experts"),
    ],
)
def test_what_is_wrong_with_a_comparison(
    fact: str, operator: str, value: Any, place: str, sentence: str, fix: str
) -> None:
    asked = {"fact": fact, "is": operator} | ({} if value is None else {"value": value})

    found = _of_condition(asked)

    assert found[0] == place
    assert found[1].startswith(sentence)
    assert found[2].startswith(fix)


def test_what_is_wrong_deep_in_a_tree_is_found_there() -> None:
    wrong = {
        "all": [
            {"fact": "paid", "is": "is_true"},
            {"none": [{"any_line": {"fact": "total", "is": "is_known"}}]},
        ]
    }

    place, sentence, fix = _of_condition(wrong)

    assert place == ".all[1].none[0].any_line.fact"
    assert (sentence, fix) == (
        "total is a fact of the order, not of a line",
        "Move it out of any_line or all_lines.",
    )


def test_a_place_by_numbers_goes_with_the_one_by_names() -> None:
    rules = [rule(id="first"), rule(id="second", **{"if": {"fact": "x", "is": "is_true"}})]

    found = faults_of({"rules": rules}, INSTALLATION, NOW)

    assert [(fault.place, fault.path) for fault in found] == [("rules[second].if.fact", "rules.1.if.fact")]


@pytest.mark.parametrize(
    ("when", "fact"), [("captured", "customer_is_new"), ("captured", "stage"), ("validated", "hold_reason")]
)
def test_what_is_not_known_yet_is_refused(when: str, fact: str) -> None:
    place, sentence, _ = _of_condition({"fact": fact, "is": "is_known"}, when)

    assert (place, sentence.startswith(f"{fact} is not known yet at {when}")) == (".fact", True)


def test_a_connection_has_no_facts_of_an_order_and_no_customer() -> None:
    place, sentence, fix = only_fault(
        when="connection_down", then=[TELL], **{"if": {"fact": "total", "is": "is_known"}}
    )
    assert (place, fix) == ("rules[one].if.fact", "Leave if out.")
    assert "connection_down has none" in sentence

    customer = {"do": "notify", "audience": "customer"}
    assert only_fault(when="connection_down", then=[customer])[0] == "rules[one].then[0].audience"


@pytest.mark.parametrize(
    ("changed", "place", "sentence", "fix"),
    [
        ({"when": "posed"}, "when", "there is no trigger posed", "Write posted."),
        ({"afer": "4h"}, "afer", "there is no field afer here", "Write after."),
        ({"after": "4h"}, "after", "validated happens at once", "Leave after out, or"),
        ({"when": "on_hold_for"}, "after", "on_hold_for needs a time", "Write after: 4h."),
        ({"when": "on_hold_for", "after": "0s"}, "after", "no time at all", "Write after: 4h."),
        (
            {"when": "on_hold_for", "after": "4h", "stop": "yes"},
            "stop",
            "on_hold_for is judged",
            "Leave stop",
        ),
        (
            {"valid_from": "2026-12-01"},
            "valid_from",
            "an instant needs its zone",
            "Write it as 2026-12-01T00:00",
        ),
        (
            {"valid_from": "2026-12-02T00:00Z", "valid_until": "2026-12-01T00:00Z"},
            "valid_until",
            "the rule ends before it begins",
            "Write a later instant",
        ),
        ({"pairs": ["mian"]}, "pairs[0]", "there is no pair mian", "Write main."),
        ({"connections": ["shoop"]}, "connections[0]", "there is no store shoop", "Write shop."),
        (
            {"pairs": ["main"], "connections": ["tienda"]},
            "pairs",
            "none of these pairs takes",
            "Leave one out.",
        ),
        ({"priority": "high"}, "priority", "this is no whole number", "Write a number such as 100."),
        ({"enabled": "maybe"}, "enabled", "this is neither yes nor no", "Write yes or no."),
        ({"then": []}, "then", "there is nothing here", "Write at least one entry."),
        ({"when_unknown": "hodl"}, "when_unknown", "there is no when_unknown hodl", "Write hold."),
        ({"if": {"al": []}}, "if", "this is no condition", "Write fact (with is and value), all, any"),
        (
            {"if": {"all": [PAID], "any": [PAID]}},
            "if.any",
            "a condition is one thing, and any is a second one",
            "Put both into all, as a list of two.",
        ),
        (
            {"if": {"fact": "country", "is": "one_of", "value": [["FR"]]}},
            "if.value[0]",
            "this is no text",
            "Write one text.",
        ),
        (
            {"if": {"fact": "total", "is": "more_than", "value": {"amount": "5"}}},
            "if.value",
            "this is no text",
            "Write one text.",
        ),
        (
            {"when": "on_hold_for", "after": "9999999d"},
            "after",
            "no order waits that long; 3650d are the most",
            "Write it shorter, such as 30d.",
        ),
        ({"priority": "-1"}, "priority", "this is too small", "Write 0 or more."),
        ({"valid_from": "20261201"}, "valid_from", "this is no instant", "Write it as 2026-12-01T00:00"),
        ({"valid_until": 1796083200}, "valid_until", "this is no instant", "Write it as 2026-12-01T00:00"),
    ],
)
def test_what_is_wrong_with_a_rule(changed: dict[str, Any], place: str, sentence: str, fix: str) -> None:
    found = only_fault(**changed)

    assert found[0] == f"rules[one].{place}"
    assert found[1].startswith(sentence)
    assert found[2].startswith(fix)


def test_what_is_wrong_with_the_set_as_a_whole() -> None:
    found = check(
        """
        time_zone: Europe/Pari
        rules:
        - {id: one, when: held, then: [{do: release}]}
        - {id: one, when: held, then: [{do: release}]}
        policies:
          board: {role: bord}
        experts:
        - {name: risk, returns: flag, kind: table, body: "[]"}
        """
    )

    assert [fault.place for fault in found.faults] == [
        "time_zone",
        "rules[one].id",
        "policies.board.role",
        "experts[risk].body",
    ]
    assert found.faults[0].fix == "Write Europe/Paris or Europe/Madrid."


@pytest.mark.parametrize(
    ("policy", "place", "sentence", "fix"),
    [
        ({"quorum": "0"}, "quorum", "this is too small", "Write 1 or more."),
        ({"tolerated_rise": "5%"}, "tolerated_rise", "this is no number", "Write a number such as 5"),
        ({"expire_after": "90d"}, "expire_after", "this is too large", "Write 30 days or less."),
        ({"calendar": {"hours": ["9-17"]}}, "calendar.hours[0]", "9-17 has signs", "Write open hours as"),
        ({"calendar": {"days_off": ["24.12."]}}, "calendar.days_off[0]", "this is no date", "Write it as 20"),
        (
            {"calendar": {"work_days": ["monday"]}},
            "calendar.work_days[0]",
            "there is no work_days monday",
            "Write one of: fri, mon",
        ),
    ],
)
def test_what_is_wrong_with_a_policy(policy: dict[str, Any], place: str, sentence: str, fix: str) -> None:
    (found,) = faults_of({"rules": [], "policies": {"board": policy}}, INSTALLATION, NOW)

    assert found.place == f"policies.board.{place}"
    assert found.sentence.startswith(sentence)
    assert found.fix.startswith(fix)


def test_a_rule_after_one_that_always_stops_is_never_reached() -> None:
    stops = rule(id="all", stop="yes", priority="5")

    def places(**changed: Any) -> list[str]:
        found = faults_of({"rules": [rule(id="late", **changed), stops]}, INSTALLATION, NOW)
        return [fault.place for fault in found]

    assert places() == ["rules[late]"]
    assert places(pairs=["iberia"]) == ["rules[late]"]
    assert places(priority="4") == []
    assert places(when="captured") == []
    assert places(enabled="no") == []
    conditional = stops | {"if": {"fact": "paid", "is": "is_true"}}
    assert not faults_of({"rules": [rule(id="late"), conditional]}, INSTALLATION, NOW)
    for_one_pair = stops | {"pairs": ["main"]}
    assert not faults_of({"rules": [rule(id="late"), for_one_pair]}, INSTALLATION, NOW)


def test_a_rule_that_is_over_is_a_warning_so_that_an_old_version_can_come_back() -> None:
    found = checked({"rules": [rule(valid_until="2026-01-06T00:00Z")]}, INSTALLATION, NOW)

    assert not found.faults
    assert [fault.place for fault in found.warnings] == ["rules[one].valid_until"]


def test_a_tree_that_is_too_deep_or_a_set_that_is_too_large_is_refused() -> None:
    deep: dict[str, Any] = {"fact": "paid", "is": "is_true"}
    for _ in range(MOST_LEVELS):
        deep = {"all": [deep]}
    many = [rule(id=f"r{number}") for number in range(MOST_RULES + 1)]

    assert only_fault(**{"if": deep})[1] == "the tree is deeper than 16 levels or has more than 2000 parts"
    assert not faults_of({"rules": [rule(**{"if": deep["all"][0]})]}, INSTALLATION, NOW)
    assert (
        faults_of({"rules": many}, INSTALLATION, NOW)[0].sentence == "there are 501 rules; 500 are the most"
    )


def test_rules_that_no_history_could_carry_are_refused() -> None:
    long = [{"do": "set_field", "target": f"U_F{number}", "value": "x" * 250} for number in range(20)]

    rules = [rule(id=f"r{number}", then=long) for number in range(200)]

    (fault,) = faults_of({"rules": rules}, INSTALLATION, NOW)
    assert fault.place == "rules"
    assert "KiB of rules; 512 are the most" in fault.sentence


def test_five_hundred_rules_as_people_write_them_fit_into_a_history() -> None:
    condition = [{"fact": "country", "is": "one_of", "value": ["FR", "DE", "ES"]}] * 6
    rules = [
        rule(id=f"r{number}", name=f"Rule number {number}", **{"if": {"all": condition}})
        for number in range(MOST_RULES)
    ]

    assert not faults_of({"rules": rules}, INSTALLATION, NOW)


def test_what_no_history_can_hold_is_refused_wherever_it_stands() -> None:
    condition = {"fact": "tags", "is": "has_any", "value": ["\ud800"]}

    (fault,) = faults_of({"rules": [rule(**{"if": condition})]}, INSTALLATION, NOW)

    assert "no text can have" in fault.sentence
