"""Judging: thresholds are monotone, order does not matter, unknown is neither zero nor no, no float."""

import gc
import time
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from decimal import Decimal
from types import CellType, FunctionType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from domain.order import Discount
from domain.rules.case import Case
from domain.rules.decisions import outcomes_of
from domain.rules.evaluation import Rules, Ruling
from domain.rules.facts import FACTS
from domain.rules.triggers import Trigger
from tests.domain import specimens
from tests.domain.rules.drawn import LINE_FACT_NAMES, cases, comparisons, conditions
from tests.domain.rules.specimens import case, rule, rule_set

GOAL = 0.000_050
"""Seconds for 20 rules with their trace."""


def judged(condition: dict[str, Any], looked_at: Case, **changed: Any) -> Ruling:
    """Judge one rule of this condition."""
    return Rules(rule_set(rule(**{"if": condition}, **changed)).rules).judge(Trigger.VALIDATED, looked_at)


def answer(condition: dict[str, Any], looked_at: Case) -> bool | None:
    """Return yes, no or unknown."""
    return judged(condition, looked_at).judged[0].answer


AMOUNTS = st.decimals("0", "100000", places=2)


def with_discount(gross: Decimal, *off: str, currency: str = "EUR") -> Case:
    """Return the case of an order of one line with discounts."""
    discounts = tuple(Discount(net=Decimal(each), gross=Decimal(each)) for each in off)
    line = specimens.line(net=gross, gross=gross)
    return case(
        order=specimens.order(line, discounts=discounts, gross=gross, currency=currency), base_currency="EUR"
    )


@pytest.mark.parametrize(
    ("gross", "off", "currency", "percent"),
    [
        ("33.33", ["6.67"], "EUR", "20"),
        ("33.33", ["6.68"], "EUR", "20.04"),
        ("0.99", ["0.12"], "EUR", "12"),
        ("80.00", ["10.00"], "EUR", "12.5"),
        ("33.33", ["3.33", "3.33"], "EUR", "20"),
        ("999", ["333"], "JPY", "33.3"),
        ("100.00", ["0.01"], "EUR", "0.01"),
        ("100.00", ["0"], "EUR", "0"),
        ("10.00", ["25.00"], "EUR", "250"),
    ],
)
def test_a_discount_is_the_percentage_that_its_cents_were_rounded_from(
    gross: str, off: list[str], currency: str, percent: str
) -> None:
    looked_at = with_discount(Decimal(gross), *off, currency=currency)

    assert answer({"fact": "discount_percent", "is": "equals", "value": percent}, looked_at)


@given(AMOUNTS.filter(bool), AMOUNTS, AMOUNTS)
def test_a_larger_discount_is_no_smaller_percentage(gross: Decimal, one: Decimal, other: Decimal) -> None:
    low, high = (
        FACTS["discount_percent"].read(with_discount(gross, str(each))) for each in sorted((one, other))
    )

    assert low <= high


@given(AMOUNTS, AMOUNTS, AMOUNTS, st.sampled_from(["more_than", "at_least", "less_than", "at_most"]))
def test_thresholds_are_monotone(total: Decimal, one: Decimal, other: Decimal, operator: str) -> None:
    looked_at = case(order=specimens.order(gross=total))
    low, high = sorted((one, other))
    at_low, at_high = (
        answer({"fact": "total", "is": operator, "value": f"{bound} EUR"}, looked_at) for bound in (low, high)
    )

    grows = operator in {"less_than", "at_most"}
    assert not ((at_low and not at_high) if grows else (at_high and not at_low))


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_a_higher_total_never_falls_below_a_threshold(total: Decimal, more: Decimal, bound: Decimal) -> None:
    asked = {"fact": "total", "is": "more_than", "value": f"{bound} EUR"}
    before, after = (answer(asked, case(order=specimens.order(gross=each))) for each in (total, total + more))

    assert after or not before


@given(
    st.lists(conditions(), min_size=2, max_size=4),
    st.randoms(),
    cases(),
    st.sampled_from(["all", "any", "none"]),
)
def test_the_order_of_parts_does_not_matter(parts: list[Any], random: Any, looked_at: Case, way: str) -> None:
    shuffled = random.sample(parts, len(parts))

    assert answer({way: parts}, looked_at) is answer({way: shuffled}, looked_at)


@given(conditions(), cases())
def test_none_of_none_is_the_condition_itself(condition: Any, looked_at: Case) -> None:
    assert answer({"none": [{"none": [condition]}]}, looked_at) is answer(condition, looked_at)


@given(st.lists(conditions(), min_size=1, max_size=3), cases())
def test_none_is_all_of_the_contraries_and_any_is_not_none(parts: list[Any], looked_at: Case) -> None:
    contraries = [{"none": [part]} for part in parts]

    assert answer({"none": parts}, looked_at) is answer({"all": contraries}, looked_at)
    assert answer({"any": parts}, looked_at) is answer({"none": [{"none": parts}]}, looked_at)


@given(
    st.recursive(
        comparisons(LINE_FACT_NAMES), lambda part: st.fixed_dictionaries({"none": st.lists(part, min_size=1)})
    ),
    cases(),
)
def test_no_line_is_so_where_every_line_is_not(part: Any, looked_at: Case) -> None:
    every = answer({"all_lines": {"none": [part]}}, looked_at)

    assert answer({"none": [{"any_line": part}]}, looked_at) is every


@given(comparisons(), conditions(), cases(), st.sampled_from(["all", "any"]))
def test_other_conditions_never_turn_unknown_into_an_answer(
    asked: dict[str, Any], other: dict[str, Any], looked_at: Case, way: str
) -> None:
    """An unknown part leaves only the answers that the others would give whatever it were."""
    if answer(asked, looked_at) is not None:
        return
    alone = answer(other, looked_at)

    assert answer({way: [asked, other]}, looked_at) is (alone if alone is (way == "any") else None)


@given(comparisons(), cases())
def test_unknown_is_neither_zero_nor_no(asked: dict[str, Any], looked_at: Case) -> None:
    name = asked["fact"]
    known = answer({"fact": name, "is": "is_known"}, looked_at)
    assert answer({"fact": name, "is": "is_unknown"}, looked_at) is (not known)
    if not known and asked["is"] not in {"is_known", "is_unknown"}:
        assert answer(asked, looked_at) is None
        assert answer({"none": [asked]}, looked_at) is None


@pytest.mark.parametrize("operator", ["less_than", "at_most", "more_than", "equals", "not_equals"])
def test_an_unknown_credit_is_not_a_credit_of_zero(operator: str) -> None:
    looked_at = case(facts=specimens.facts(credit=None))

    assert answer({"fact": "credit_left", "is": operator, "value": "0 EUR"}, looked_at) is None


def test_lines_that_were_left_out_are_unknown() -> None:
    looked_at = case(order=specimens.order(lines_left_out=3))
    wine, other = ({"fact": "sku", "is": "equals", "value": sku} for sku in ("WINE-1", "BEER"))

    assert answer({"any_line": wine}, looked_at) is True
    assert answer({"any_line": other}, looked_at) is None
    assert answer({"all_lines": wine}, looked_at) is None
    assert answer({"all_lines": other}, looked_at) is False
    assert answer({"fact": "pieces", "is": "at_least", "value": "0"}, looked_at) is None
    assert answer({"fact": "line_count", "is": "equals", "value": "4"}, looked_at) is True


def test_an_order_of_no_lines_has_no_line_and_not_every_line() -> None:
    looked_at = case(order=specimens.order().model_copy(update={"lines": ()}))
    wine = {"fact": "sku", "is": "is_known"}

    assert (answer({"any_line": wine}, looked_at), answer({"all_lines": wine}, looked_at)) == (False, False)


@pytest.mark.parametrize(
    ("currency", "rate", "asked", "expected"),
    [
        ("EUR", None, "99 EUR", True),
        ("USD", Decimal("1.25"), "79 EUR", True),
        ("USD", Decimal("1.25"), "80 EUR", False),
        ("USD", None, "99 USD", True),
        ("USD", None, "1 EUR", None),
        ("EUR", Decimal("1.25"), "1 USD", None),
        ("USD", Decimal(0), "1 EUR", None),
    ],
)
def test_money_is_compared_in_the_orders_or_the_base_currency(
    currency: str, rate: Decimal | None, asked: str, expected: bool | None
) -> None:
    looked_at = case(order=specimens.order(currency=currency, rate=rate, gross=Decimal(100)))

    assert answer({"fact": "total", "is": "more_than", "value": asked}, looked_at) is expected


@pytest.mark.parametrize(
    ("way", "matched", "unjudged"),
    [("match", True, False), ("skip", False, False), ("hold", False, True)],
)
def test_a_rule_says_what_unknown_means_for_it(way: str, matched: bool, unjudged: bool) -> None:
    ruling = judged({"fact": "state", "is": "equals", "value": "x"}, case(), when_unknown=way)

    assert (bool(ruling.matched), bool(ruling.unjudged)) == (matched, unjudged)


@settings(max_examples=60)
@given(st.lists(conditions(), min_size=1, max_size=4), cases())
def test_nothing_in_compiled_rules_or_traces_is_a_float(drawn: list[Any], looked_at: Case) -> None:
    rules = Rules(rule_set(*(rule(id=f"r{n}", **{"if": each}) for n, each in enumerate(drawn))).rules)
    ruling = rules.judge(Trigger.VALIDATED, looked_at)

    found = list(_floats((rules, ruling, outcomes_of(ruling), looked_at)))
    assert not found


def test_the_walk_sees_floats_where_they_could_hide() -> None:
    hidden, deeper = 0.5, 0.25
    places: list[Any] = [[hidden], {"a": hidden}, lambda: hidden, Decimal(1), [lambda: [deeper]]]

    assert len(list(_floats(places))) == 4


def _floats(value: Any, seen: set[int] | None = None) -> Iterator[float]:
    """Yield every float that a value holds, closures and slots included."""
    seen = set() if seen is None else seen
    if isinstance(value, float):
        yield value
        return
    if id(value) in seen or isinstance(value, str | bytes | int | Decimal | type):
        return
    seen.add(id(value))
    for inner in _held_by(value):
        yield from _floats(inner, seen)


def _held_by(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    if isinstance(value, list | tuple | set | frozenset):
        return list(value)
    if isinstance(value, FunctionType):
        return [*(value.__closure__ or ()), *(value.__defaults__ or ())]
    if isinstance(value, CellType):
        return [value.cell_contents]
    if isinstance(value, BaseModel):
        return [getattr(value, name) for name in type(value).model_fields]
    if is_dataclass(value):
        return [getattr(value, each.name) for each in fields(value)]
    return list(vars(value).values()) if hasattr(value, "__dict__") else []


def test_twenty_rules_with_their_trace_are_judged_in_fifty_microseconds(
    record_testsuite_property: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    order = specimens.order(*(specimens.line(number) for number in range(1, 6)))
    rules, looked_at = Rules(rule_set(*_twenty()).rules), case(order=order)
    assert len(rules.judge(Trigger.VALIDATED, looked_at).judged) == 20

    best = min(_seconds(rules, looked_at) for _ in range(15))

    with capsys.disabled():
        print(f"\n20 rules with trace: {best * 1e6:.1f} µs (goal {GOAL * 1e6:.0f} µs)")  # noqa: T201
    record_testsuite_property("judging_20_rules_us", round(best * 1e6, 1))
    # A neighbour on the same core doubles CPU time, too; three times the goal is another program.
    assert best < GOAL * 3


def _seconds(rules: Rules, looked_at: Case, times: int = 300) -> float:
    gc.collect()
    gc.disable()
    try:
        begun = time.process_time()
        for _ in range(times):
            rules.judge(Trigger.VALIDATED, looked_at)
        return (time.process_time() - begun) / times
    finally:
        gc.enable()


def _twenty() -> list[dict[str, Any]]:
    """Return rules as order desks have them: one to three comparisons, some over lines."""
    asked: list[dict[str, Any]] = [
        {"fact": "total", "is": "more_than", "value": "5000 EUR"},
        {
            "all": [
                {"fact": "guest", "is": "is_true"},
                {"fact": "total", "is": "more_than", "value": "800 EUR"},
            ]
        },
        {"fact": "country", "is": "none_of", "value": ["FR", "ES", "DE", "IT", "PT"]},
        {
            "all": [
                {"fact": "country", "is": "equals", "value": "FR"},
                {"fact": "postcode", "is": "starts_with", "value": "97"},
            ]
        },
        {"fact": "discount_percent", "is": "more_than", "value": "20"},
        {"fact": "customer_is_new", "is": "is_true"},
        {"fact": "placed_at", "is": "between", "value": ["23:00", "05:00"]},
        {"any_line": {"fact": "sku", "is": "starts_with", "value": "GIFT-"}},
        {
            "any": [
                {"fact": "paid", "is": "is_false"},
                {"fact": "credit_left", "is": "less_than", "value": "100 EUR"},
            ]
        },
        {"fact": "tags", "is": "has_any", "value": ["vip", "export"]},
    ]
    return [rule(id=f"r{number}", **{"if": asked[number % 10]}) for number in range(20)]
