"""Decision tables on GoRules' engine: the row that answers, the cell that fails, what nobody knows."""

import json

import pytest
import zen

from domain.errors import ExpertFailed
from tests.adapters.zen_engine import Engine, money
from tests.domain.graphs import graph, table

NEAR = {"c": "'FR', 'BE'", "t": "", "w": "", "a": "'near'"}
BIG = {"c": "", "t": ">= 5000", "w": "not guest", "a": "'big'"}
MIDDLE = {"c": "", "t": "[100..5000)", "w": "", "a": "country"}
TABLE = table(BIG, NEAR, MIDDLE)


@pytest.mark.parametrize("country", ["FR", "BE", "DE", ""])
@pytest.mark.parametrize("amount", ["-1", "99.99", "100", "4999.99", "5000", "5000.01"])
@pytest.mark.parametrize("guest", [True, False])
def test_a_table_answers_what_gorules_own_evaluation_answers(
    engine: Engine, country: str, amount: str, guest: bool
) -> None:
    answer = engine.evaluate(TABLE, country=country, total=money(amount), guest=guest)

    facts = f'{{"country": "{country}", "total": {{"amount": {amount}}}, "guest": {json.dumps(guest)}}}'
    decision = zen.ZenEngine().create_decision(
        json.dumps(graph(BIG, NEAR, MIDDLE, content={"passThrough": False}))
    )
    assert answer.value == decision.evaluate(facts)["result"].get("answer")


def test_a_table_names_the_row_that_answered(engine: Engine) -> None:
    answer = engine.evaluate(TABLE, country="FR", total=money("10.00"), guest=True)

    assert (answer.value, answer.because[0]) == ("near", "row 2")


def test_a_table_without_a_fitting_row_answers_unknown(engine: Engine) -> None:
    assert engine.evaluate(TABLE, country="DE", total=money("1"), guest=True).value is None


def test_numbers_in_tables_keep_their_digits(engine: Engine) -> None:
    fee = table({"t": "> 0.3", "a": "total.amount * 1.005"}, returns="number")

    assert (
        engine.evaluate(fee, country="FR", total=money("0.30000000000000004")).value
        == "0.30150000000000004020"
    )
    assert engine.evaluate(fee, country="FR", total=money("0.3")).value is None


def test_a_cell_that_fails_is_told_where_gorules_would_take_it_for_one_that_does_not_fit(
    engine: Engine,
) -> None:
    failing = {"c": "> 5", "a": "'x'"}
    decision = zen.ZenEngine().create_decision(json.dumps(graph(failing, content={"passThrough": False})))
    assert decision.evaluate('{"country": "FR"}')["result"] == {}

    assert "row 1, column Country: the engine says: " in engine.faults(table(failing))
    with pytest.raises(
        ExpertFailed, match="the expert rule asked, row 1, column Country: it cannot be evaluated"
    ):
        engine.evaluate(table(failing), country="FR", total=money("1"))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            {"w": "country", "a": "1"},
            "row 1, column When: the engine says: a cell of a column without a field answers",
        ),
        ({"a": "'x'"}, "row 1, answer: it gives text, and number was announced"),
        ({"c": "'FR' +", "a": "1"}, "row 1, column Country: the engine says: "),
        ({"a": "1 +"}, "row 1, answer: the engine says: "),
    ],
)
def test_every_cell_is_tried_before_a_table_is_published(
    engine: Engine, row: dict[str, str], said: str
) -> None:
    assert said in engine.faults(table({"c": "'nowhere'", "a": "1"} | row, returns="number"))


def test_a_table_that_is_wrong_everywhere_is_refused_with_its_first_faults(engine: Engine) -> None:
    rows = [{"c": "> 5", "a": "'x'"}] * 300

    said = engine.faults(table(*rows)).split(" | ")

    assert len(said) == 20
    assert said[19].startswith("row 20, column Country: ")


def test_an_unknown_fact_in_a_table_is_not_taken_for_a_row_that_does_not_fit(engine: Engine) -> None:
    answer = engine.evaluate(TABLE, country="DE", total=money(None), guest=False)

    assert answer.value is None
    assert "total.amount: unknown" in answer.because
