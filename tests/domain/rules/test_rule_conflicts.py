"""Conflicts found before publishing: what is called disjoint never matches together, what is claimed does."""

from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from domain.rules.conflicts import meetings
from domain.rules.evaluation import Rules
from domain.rules.triggers import Trigger
from tests.domain.rules.drawn import ORDER_FACTS, cases, conditions
from tests.domain.rules.specimens import INSTALLATION, check, rule, rule_set

REJECT = [{"do": "reject", "reason": "no"}]
UNKNOWNS = st.sampled_from([None, "match", "skip", "hold"])


def _pair(first: Any, second: Any, unknown: tuple[Any, Any] = (None, None)) -> list[dict[str, Any]]:
    rules = [rule(id="one", then=REJECT, **{"if": first}), rule(id="two", then=REJECT, **{"if": second})]
    for each, way in zip(rules, unknown, strict=True):
        each |= {"when_unknown": way} if way else {}
    return rules


@st.composite
def _alike(draw: st.DrawFn) -> tuple[Any, Any]:
    """Two conditions over the same one or two facts: every other pair of them excludes each other."""
    names = tuple(draw(st.lists(st.sampled_from(ORDER_FACTS), min_size=1, max_size=2)))
    lines = draw(st.integers(0, 9)) == 0
    return draw(conditions(lines=lines, names=names)), draw(conditions(lines=lines, names=names))


@settings(max_examples=250)
@given(_alike(), st.tuples(UNKNOWNS, UNKNOWNS), st.lists(cases(), min_size=3, max_size=6))
def test_rules_called_disjoint_never_match_together(
    both: tuple[Any, Any], unknown: tuple[Any, Any], drawn: list[Any]
) -> None:
    written = rule_set(*_pair(*both, unknown))
    disjoint = not list(meetings(written, INSTALLATION))
    event(f"disjoint: {disjoint}")

    for each in drawn:
        matched = Rules(written.rules).judge(Trigger.VALIDATED, each).matched
        in_scope = INSTALLATION.pairs[each.pair].store == each.order.connection
        assert not (disjoint and in_scope and len(matched) == 2)


@settings(max_examples=250)
@given(_alike(), st.tuples(UNKNOWNS, UNKNOWNS))
def test_the_example_of_a_claimed_conflict_matches_both(
    both: tuple[Any, Any], unknown: tuple[Any, Any]
) -> None:
    written = rule_set(*_pair(*both, unknown))
    for meeting in meetings(written, INSTALLATION):
        event(f"claimed: {bool(meeting.example)}")
        if meeting.case is not None:
            assert meeting.example
            assert INSTALLATION.pairs[meeting.case.pair].store == meeting.case.order.connection
            matched = Rules(written.rules).judge(Trigger.VALIDATED, meeting.case).matched
            assert [each.id for each in matched] == ["one", "two"]


@settings(max_examples=100)
@given(conditions(lines=False), cases())
def test_a_condition_and_its_contrary_are_disjoint_or_not_decided(condition: Any, case: Any) -> None:
    written = rule_set(*_pair(condition, {"none": [condition]}))
    found = list(meetings(written, INSTALLATION))

    assert not [meeting for meeting in found if meeting.example]
    assert len(Rules(written.rules).judge(Trigger.VALIDATED, case).matched) < 2


def test_a_claimed_conflict_names_an_order_that_both_match() -> None:
    high = {"all": [_is("total", "more_than", "5000 EUR"), _is("country", "equals", "FR")]}

    found = next(meetings(rule_set(*_pair(high, _is("total", "at_least", "100 EUR"))), INSTALLATION))

    assert (found.first.id, found.second.id, found.example) == ("one", "two", "total 6000 EUR, country FR")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("total", "more_than", "100 EUR"), ("total", "at_most", "100 EUR")),
        (("total", "between", ["1 EUR", "2 EUR"]), ("total", "between", ["2.01 EUR", "3 EUR"])),
        (("country", "equals", "FR"), ("country", "one_of", ["ES", "PT"])),
        (("country", "equals", "FR"), ("country", "none_of", ["FR"])),
        (("country", "is_unknown", None), ("country", "is_known", None)),
        (("paid", "is_true", None), ("paid", "is_false", None)),
        (("tags", "has_all", ["a", "b"]), ("tags", "has_none", ["b"])),
        (("weekday", "one_of", ["saturday", "sunday"]), ("weekday", "equals", "monday")),
        (("time", "between", ["22:00", "06:00"]), ("time", "between", ["06:01", "21:59"])),
        (("postcode", "starts_with", "35"), ("postcode", "starts_with", "97")),
        (("postcode", "equals", "35001"), ("postcode", "starts_with", "97")),
        (("placed_on", "less_than", "2026-12-01"), ("placed_on", "at_least", "2026-12-01")),
        (("age", "less_than", "2h"), ("age", "more_than", "2h")),
        (("line_count", "more_than", "3"), ("line_count", "less_than", "4")),
        (("customer_is_new", "is_true", None), ("customer_is_new", "is_unknown", None)),
    ],
)
def test_what_excludes_each_other_is_fine(first: tuple[Any, ...], second: tuple[Any, ...]) -> None:
    assert not list(meetings(rule_set(*_pair(_is(*first), _is(*second))), INSTALLATION))


@pytest.mark.parametrize(
    ("first", "second", "example"),
    [
        (("time", "between", ["22:00", "06:00"]), ("time", "less_than", "08:00"), "time 03:00"),
        (("postcode", "starts_with", "97"), ("country", "equals", "FR"), "postcode 97, country FR"),
        (("paid", "is_false", None), ("guest", "is_true", None), "paid no, guest yes"),
        (
            ("customer_is_new", "is_true", None),
            ("in_stock", "is_false", None),
            "customer_is_new yes, in_stock no",
        ),
        (
            ("credit_left", "less_than", "10 EUR"),
            ("total", "more_than", "1 USD"),
            "credit_left 8 EUR, total 2 USD",
        ),
        (("tags", "has_any", ["a"]), ("tags", "has_all", ["b"]), "tags a and b"),
        (("weekday", "equals", "sunday"), ("placed_on", "equals", "2026-11-20"), "weekday sunday"),
        (
            ("discount_percent", "at_least", "30"),
            ("pieces", "more_than", "10"),
            "discount_percent 36, pieces 12",
        ),
        (("country", "is_unknown", None), ("line_count", "equals", "3"), "country unknown, line_count 3"),
        (("age", "more_than", "2h"), ("deliver_by", "is_unknown", None), "age 3:00:00, deliver_by unknown"),
    ],
)
def test_what_can_meet_is_a_conflict_with_an_example(
    first: tuple[Any, ...], second: tuple[Any, ...], example: str
) -> None:
    found = list(meetings(rule_set(*_pair(_is(*first), _is(*second))), INSTALLATION))

    assert [meeting.example.startswith(example) for meeting in found] == [True], found


@pytest.mark.parametrize(
    ("changed", "first"),
    [
        ({"then": [{"do": "hold", "reason": "may be done twice"}]}, {}),
        ({"when": "captured"}, {}),
        ({"enabled": "no"}, {}),
        ({"pairs": ["iberia"]}, {"pairs": ["main"]}),
        ({"connections": ["tienda"]}, {"pairs": ["main"]}),
        ({"valid_from": "2027-01-01T00:00Z"}, {"valid_until": "2027-01-01T00:00Z"}),
        ({}, {"stop": "yes"}),
        ({"priority": "5", "stop": "yes"}, {}),
    ],
)
def test_rules_that_are_never_looked_at_together_are_fine(
    changed: dict[str, Any], first: dict[str, Any]
) -> None:
    rules = [rule(**{"id": "one", "then": REJECT, **first}), rule(**{"id": "two", "then": REJECT, **changed})]

    assert not list(meetings(rule_set(*rules), INSTALLATION))
    assert list(meetings(rule_set(*_pair(None, None)), INSTALLATION)), "else they would meet"


def test_deadlines_of_one_time_meet_and_those_of_two_do_not() -> None:
    tell = [{"do": "notify", "audience": "sales", "to": "desk@example.com"}]
    late = {"when": "on_hold_for", "then": tell}

    same = rule_set(rule(id="one", after="4h", **late), rule(id="two", after="240m", **late))
    other = rule_set(rule(id="one", after="4h", **late), rule(id="two", after="8h", **late))

    assert [meeting.example for meeting in meetings(same, INSTALLATION)] == ["any order"]
    assert not list(meetings(other, INSTALLATION))


def test_conflicts_refuse_publishing_and_what_cannot_be_told_is_a_warning() -> None:
    found = check(
        """
        rules:
        - id: high
          when: validated
          if: {fact: total, is: more_than, value: 9 EUR}
          then: [{do: reject, reason: no}]
        - id: low
          when: validated
          if: {fact: total, is: more_than, value: 5 EUR}
          then: [{do: reject, reason: no}]
        - id: wine
          when: validated
          if: {any_line: {fact: sku, is: equals, value: WINE}}
          then: [{do: reject, reason: no}]
        """
    )

    assert [str(fault) for fault in found.faults] == [
        "rules[low]: high and low both match (total 11 EUR) and would both decide the order's fate,"
        " which cannot be undone"
    ]
    assert [fault.place for fault in found.warnings] == ["rules[wine]", "rules[wine]"]
    assert "the order would be held when both match" in found.warnings[0].sentence


def test_a_condition_that_excludes_itself_is_a_warning() -> None:
    found = check(
        """
        rules:
        - id: never
          when: validated
          if:
            all:
            - {fact: paid, is: is_true}
            - any: [{fact: paid, is: is_false}, {fact: paid, is: is_unknown}]
          then: [{do: hold, reason: never}]
        """
    )

    assert not found.faults
    assert [str(each) for each in found.warnings] == [
        "rules[never].if: no order can satisfy this: its conditions exclude each other"
    ]


def _is(fact: str, operator: str, value: Any) -> dict[str, Any]:
    return {"fact": fact, "is": operator} | ({} if value is None else {"value": value})
