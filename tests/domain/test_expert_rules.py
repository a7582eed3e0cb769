"""Expert rules: what is refused before any engine is asked, and which facts they are given."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.facts import Credit, CustomerMatch, Facts, ItemStock, MatchOutcome
from domain.money import Money
from domain.order import Party
from domain.rules.case import Case
from domain.rules.experts import (
    LONGEST_EXPRESSION,
    LONGEST_TABLE,
    ExpertDefinition,
    ExpertKind,
    Returns,
    facts_for,
    sample_facts,
    seen,
)
from domain.rules.facts import FACTS, LINE_FACTS
from tests.domain.graphs import expression, graph, table
from tests.domain.specimens import NOON, line, order


def _case(**changed: Any) -> Case:
    return Case.model_validate({"order": order(), "base_currency": "EUR", "now": NOON, **changed})


def _said(definition: ExpertDefinition) -> str:
    return " | ".join(sentence for _, sentence in definition.faults())


@pytest.mark.parametrize(
    "body",
    [
        "total.amount > 5000 and currency == 'EUR'",
        "some(lines, #.sku == 'A..B' or #.line_total.amount > 10)",
        "sum(map(lines as each, each.quantity)) % 6 == 0",
        "country in ['FR', 'BE'] and not guest",
        "placed_weekday == 'sunday' ? true : 'a;b' == carrier",
        "d(placed_on).add('1d') > d('2026-01-01')",
        "matches(postcode, '^97[0-9]+')",
    ],
)
def test_what_asks_for_facts_by_their_names_is_taken(body: str) -> None:
    assert _said(expression(body)) == ""


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("totl.amount > 5", "there is no fact totl; is total meant?"),
        ("customer.email == ''", "there is no fact customer"),
        ("total > 5000", "write total.amount"),
        ("total.ammount > 5000", "write total.amount"),
        ("country.code == 'FR'", "the fact country has no parts"),
        ("lines.sku == 'A'", "name a line inside a function: some(lines, #.sku"),
        ("some(lines, #.skuu == 'A')", "there is no fact skuu of a line; is sku meant?"),
        ("some(lines, #.line_total > 5)", "write #.line_total.amount"),
        ("pieces in [1..5]", "write limits as two comparisons"),
        ("len(map([1..100000000], #)) > 1", "counted out for minutes"),
        ("rand(10) > 5", "there is no function rand"),
        ("system('ls')", "there is no function system"),
        ("d() > d(placed_on)", "instead of the clock"),
        ("date('Now') > 1", "instead of the clock"),
        ("a = 1; a == 1", "without ; and assignments"),
        ("`${country}` == 'FR'", "not inside back-ticks"),
        ("$root.total == 1", "without $"),
        ("$nodes.x == 1", "without $"),
    ],
)
def test_an_expression_that_could_go_wrong_is_refused_with_the_fix(body: str, said: str) -> None:
    assert said in _said(expression(body))


def test_texts_are_not_taken_for_code() -> None:
    definition = expression("carrier == 'rand(1..9); totl' and hold_reason == \"`$root`\"")

    assert _said(definition) == ""
    assert definition.reads == {"carrier", "hold_reason"}


def test_what_is_longer_than_a_history_should_carry_is_refused() -> None:
    assert "2000 are the most" in _said(expression("1" * (LONGEST_EXPRESSION + 1)))
    rows = [{"_id": str(number), "c": "'FR'", "a": "'x'"} for number in range(LONGEST_TABLE // 30)]
    assert "32000 are the most" in _said(table(*rows))


def test_a_table_that_the_editor_saves_is_taken() -> None:
    definition = table(
        {"_id": "r1", "_description": "near", "c": "'FR', 'BE'", "t": "[0..100)", "w": "guest", "a": "'x'"},
        {"_id": "r2", "a": "null"},
    )

    assert _said(definition) == ""
    assert definition.reads == {"country", "total.amount", "guest"}
    assert definition.table is not None
    assert [(row.number, row.note, row.answer) for row in definition.table.rows] == [
        (1, "near", "'x'"),
        (2, "", "null"),
    ]


def test_a_table_may_stand_in_a_file_as_it_is() -> None:
    raw = {"name": "asked", "kind": "table", "returns": "text", "body": graph({"a": "'x'"})}

    definition = ExpertDefinition.model_validate(raw)

    assert _said(definition) == ""
    assert ExpertDefinition.model_validate_json(definition.model_dump_json()) == definition


def _node(kind: str) -> dict[str, Any]:
    whole = graph({"a": "'x'"})
    whole["nodes"][1] = {"id": "2", "type": kind, "content": {"source": "export const handler = () => ({})"}}
    return whole


@pytest.mark.parametrize(
    ("whole", "said"),
    [
        ("not json", "this is not JSON"),
        ("[" * 100_000, "this is not JSON"),
        ("[]", "save it in GoRules' editor again"),
        ({"nodes": []}, "edges: Field required"),
        (_node("functionNode"), "functions run code: write a hook instead"),
        (_node("decisionNode"), "make two definitions"),
        (_node("switchNode"), "use conditions of the table"),
        (_node("expressionNode"), "a definition of its own"),
        (_node("httpNode"), "node of the type httpNode: only an input, a decision table and an output"),
        (graph(edges=[]), "connect the input with the table"),
        (graph(nodes=graph()["nodes"] * 2), "draw one input, one decision table and one output"),
        (graph(content={"hitPolicy": "collect"}), "choose the hit policy first"),
        (graph(content={"executionMode": "loop"}), "choose the execution mode single"),
        (graph(content={"inputField": "lines"}), "leave input field and output path"),
        (graph(content={"outputs": []}), "outputs"),
        (
            graph(content={"outputs": [{"id": "a", "field": "x"}, {"id": "b", "field": "y"}]}),
            "one output column",
        ),
        (graph(content={"outputs": [{"id": "a", "defaultValue": "1"}]}), "default value"),
        (graph(content={"inputs": [{"id": "a", "field": "country"}]}), "two columns have the same id"),
        (graph({"a": 5}), "row 1, a: write the cell as text"),  # type: ignore[dict-item]
        (graph({"c": "'FR'"}), "row 1: give an answer (null where there is none)"),
        (graph({"t": "some([1..100000000], # == $)", "a": "1"}), "row 1, column Total: write limits as two"),
        (graph({"c": "-", "a": "1"}), "row 1, column Country: leave the cell empty"),
        (graph({"w": "totl.amount > 5", "a": "1"}), "row 1, column When: there is no fact totl"),
        (graph({"a": "rand(5)"}), "row 1, answer: there is no function rand"),
        (graph(content={"inputs": [{"id": "c", "field": "total"}]}), "column total: money has an amount"),
    ],
)
def test_a_graph_that_is_more_than_one_table_is_refused_with_its_place(whole: Any, said: str) -> None:
    body = whole if isinstance(whole, str) else json.dumps(whole)[:LONGEST_TABLE]
    definition = ExpertDefinition(
        name="asked", kind=ExpertKind.TABLE, returns=Returns.TEXT, body=body[:LONGEST_TABLE]
    )

    assert said in _said(definition)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=20,
)


@given(st.text(max_size=200))
def test_any_text_is_judged_as_an_expression(body: str) -> None:
    assert all(sentence for _, sentence in expression(body or "1").faults())


@given(st.sampled_from(["nodes", "edges", "content", "rules", "inputs", "outputs"]), JSON)
def test_any_json_in_place_of_a_part_is_judged_as_a_table(part: str, value: Any) -> None:
    whole = graph({"a": "'x'"})
    place = whole if part in {"nodes", "edges"} else whole["nodes"][1]
    place = place["content"] if part in {"rules", "inputs", "outputs"} else place
    place[part] = value
    body = json.dumps(whole)

    definition = ExpertDefinition(name="asked", kind=ExpertKind.TABLE, returns=Returns.TEXT, body=body)

    assert all(sentence for _, sentence in definition.faults())


def test_a_schema_of_the_input_is_refused() -> None:
    whole = graph({"a": "'x'"})
    whole["nodes"][0]["content"]["schema"] = '{"$ref": "http://127.0.0.1/x"}'

    definition = ExpertDefinition(
        name="asked", kind=ExpertKind.TABLE, returns=Returns.TEXT, body=json.dumps(whole)
    )

    assert "leave the schemas of input and output empty" in _said(definition)


def test_only_the_facts_asked_for_are_given() -> None:
    definition = expression("total.amount > 5 and some(lines, #.sku == 'A' and #.quantity > 1)")
    case = _case(order=order(line(1), line(2), customer=Party(store_id="7", email="anna@example.com")))

    given = facts_for(definition, case)

    assert given == {
        "total": {"amount": Decimal("144.00"), "currency": "EUR"},
        "lines": [
            {"quantity": Decimal(6), "sku": "WINE-1"},
            {"quantity": Decimal(6), "sku": "WINE-2"},
        ],
    }


def test_what_the_erp_did_not_say_is_unknown_and_never_zero() -> None:
    definition = expression("credit_left.amount > 5 and customer_is_new and all(lines, #.stock > 5)")

    before = facts_for(definition, _case())
    known = Facts(
        customer=CustomerMatch(outcome=MatchOutcome.NEW),
        credit=Credit(limit=Money.parse("500.00 EUR"), used=Money.parse("120.50 EUR")),
        items=(ItemStock(sku="WINE-1", available=Decimal(7)),),
    )
    after = facts_for(definition, _case(facts=known))

    unknown = {"amount": None, "currency": None}
    assert before == {"credit_left": unknown, "customer_is_new": None, "lines": [{"stock": None}]}
    assert after["credit_left"] == {"amount": Decimal("379.50"), "currency": "EUR"}
    assert (after["customer_is_new"], after["lines"]) == (True, [{"stock": Decimal(7)}])


def test_times_and_ages_are_given_as_people_write_them() -> None:
    definition = expression("age > 90 and placed_at == '12:00' and placed_on == '2026-11-20'")

    given = facts_for(definition, _case(begun_at=NOON - timedelta(hours=2)))

    assert given == {"age": Decimal(120), "placed_at": "12:00", "placed_on": "2026-11-20"}


def test_what_was_seen_is_told_by_path_and_lines_only_by_their_number() -> None:
    definition = expression("total.amount > 5 and len(lines) > 1 and credit_left.amount > 1")

    found = seen(definition, facts_for(definition, _case()))

    assert found == {"credit_left.amount": None, "lines": "1 lines", "total.amount": Decimal("72.00")}


def test_there_is_a_sample_of_every_fact() -> None:
    sample = sample_facts()

    assert set(sample) == {*FACTS, "lines"}
    assert [name for name, value in sample.items() if value is None] == []
    assert all(set(each) == set(LINE_FACTS) for each in sample["lines"])
