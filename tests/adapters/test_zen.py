"""GoRules' engine behind its port: exact, ended in time, and never silent about what failed."""

import asyncio
import json
import signal
import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
import zen
from hypothesis import given
from hypothesis import strategies as st

from adapters.expressions import zen as adapter
from adapters.expressions.zen import ZenExpressions
from domain.errors import BadConfiguration, ExpertFailed
from domain.rules.case import Case
from domain.rules.experts import ExpertAnswer, ExpertDefinition, Returns, facts_for, sample_facts
from starter.files import read_text
from tests.adapters.zen_engine import Engine, money
from tests.domain.graphs import expression
from tests.domain.specimens import NOON, line, order

EXAMPLES = Path(__file__).parents[2] / "docs/experts"
_TABLE = EXAMPLES / "service_class.json"
SCRIPT = Path(adapter.__file__).with_name("zen_process.py")
SLOW = "sum(map(lines, sum(map(lines, sum(map(lines, sum(map(lines, 1))))))))"
"""Takes minutes for some hundred lines, and contains nothing that could be refused."""


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("0.1 + 0.2", "0.3"),
        ("1.005 * 100", "100.500"),
        ("round(2.675, 2)", "2.68"),
        ("round(2.5)", "3"),
        ("number('1.005') * 100", "100.500"),
        ("10 / 4", "2.50"),
        ("1 / 3", "0.3333333333333333333333333333"),
        ("null", None),
    ],
)
def test_it_calculates_in_decimals(engine: Engine, body: str, value: str | None) -> None:
    assert engine.value(body) == value


def test_the_engine_itself_takes_no_decimal_and_gives_binary_fractions() -> None:
    with pytest.raises(TypeError, match="unsupported type Decimal"):
        zen.evaluate_expression("x", {"x": Decimal("1.5")})

    assert type(zen.evaluate_expression("0.1 + 0.2")) is float


CENTS = st.decimals(min_value=-(10**12), max_value=10**12, places=2)
FINE = st.decimals(min_value=-(10**9), max_value=10**9, places=6)


@given(CENTS, FINE)
def test_no_digit_is_lost_on_the_way_in_and_out(engine: Engine, one: Decimal, other: Decimal) -> None:
    value = engine.value(
        "total.amount + net_total.amount", total={"amount": one}, net_total={"amount": other}
    )

    assert value is not None
    assert Decimal(value) == one + other


@pytest.mark.parametrize("amount", ["1" * 29, "0." + "1" * 29, "1E+40", "1E-30"])
def test_more_digits_than_it_calculates_with_are_refused_not_rounded(engine: Engine, amount: str) -> None:
    with pytest.raises(ExpertFailed, match="more than 28 digits"):
        engine.value("total.amount", total=money(amount))


def test_texts_and_flags_come_back_as_what_was_announced(engine: Engine) -> None:
    assert engine.value("country + '-' + carrier", "text", country="FR", carrier="ü'\"") == "FR-ü'\""
    assert engine.value("paid and not guest", "flag", paid=True, guest=False) == "true"
    assert engine.value("guest", "flag", guest=False) == "false"


@pytest.mark.parametrize(
    ("returns", "body", "said"),
    [
        ("number", "country", "gives text, and number was announced"),
        ("text", "1 + 1", "gives number, and text was announced"),
        ("flag", "'true'", "gives text, and flag was announced"),
        ("text", "tags", "gives array, and text was announced"),
    ],
)
def test_another_kind_of_answer_is_told(engine: Engine, returns: str, body: str, said: str) -> None:
    definition = expression(body, returns)

    assert said.removeprefix("gives") in engine.faults(definition)
    with pytest.raises(ExpertFailed, match=said):
        engine.evaluate(definition, country="FR", tags=["a"])


def test_a_text_too_long_for_a_fact_is_told(engine: Engine) -> None:
    with pytest.raises(ExpertFailed, match="300 signs; 250 are the most"):
        engine.value("carrier", "text", carrier="x" * 300)


def test_what_was_seen_is_kept_with_the_answer(engine: Engine) -> None:
    answer = engine.evaluate(expression("total.amount > 5000 and paid"), total=money("6000.50"), paid=True)

    assert answer == ExpertAnswer(name="asked", value="true", because=("paid: true", "total.amount: 6000.50"))


def test_an_unknown_fact_makes_the_answer_unknown_unless_the_expression_says_what_then(
    engine: Engine,
) -> None:
    unknown = money(None)

    asked = engine.evaluate(expression("credit_left.amount > 0"), credit_left=unknown)
    assert (asked.value, asked.because) == (None, ("credit_left.amount: unknown",))
    assert engine.value("(credit_left.amount ?? 0) > 0", "flag", credit_left=unknown) == "false"
    assert engine.value("credit_left.amount == null", "flag", credit_left=unknown) == "true"


def test_a_failure_over_known_facts_is_told_and_not_taken_for_unknown(engine: Engine) -> None:
    with pytest.raises(ExpertFailed) as failed:
        engine.value("number(postcode) > 1", "flag", postcode="SW1A 1AA")

    assert "Invalid number" in failed.value.problem.quote


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("1 +", "Unexpected end"),
        ("country > 5", "Unsupported type"),
        ("1], 2), map([3", "Incomplete parser output"),
        ("(" * 900 + "1", "the engine says"),
        ("carrier == '", "Unexpected EOF"),
    ],
)
def test_what_does_not_run_on_sample_facts_is_refused(engine: Engine, body: str, said: str) -> None:
    assert said in engine.faults(expression(body))


TOKENS = st.sampled_from(
    [
        *(
            "total.amount",
            "pieces",
            "country",
            "lines",
            "tags",
            "guest",
            "#.sku",
            "#.quantity",
            "'FR'",
            "1",
            "0.5",
        ),
        *(
            "null",
            "true",
            "(",
            ")",
            "[",
            "]",
            ",",
            "+",
            "-",
            "*",
            "/",
            "%",
            "==",
            ">",
            "<",
            "and",
            "or",
            "not",
            "in",
        ),
        *("??", "?", ":", "sum(", "map(", "some(", "filter(", "len(", "number(", "string(", "round("),
        *("\\", '"', "'", ";", "{", "}"),
    ]
)


@given(st.lists(TOKENS, min_size=1, max_size=12).map(" ".join), st.sampled_from(Returns))
def test_what_is_not_refused_runs_on_sample_facts_and_gives_what_was_announced(
    engine: Engine, body: str, returns: Returns
) -> None:
    definition = expression(body, returns)

    if not engine.faults(definition):
        answer = engine.evaluate(definition, **sample_facts())
        assert answer.value is None or (returns is not Returns.NUMBER) or Decimal(answer.value).is_finite()


async def test_an_evaluation_that_takes_too_long_is_ended_and_the_next_one_works() -> None:
    port = ZenExpressions(timedelta(milliseconds=300))
    lines = [{"sku": "A"}] * 300

    with pytest.raises(ExpertFailed, match=r"asked: it took longer than 0\.3 s and was ended"):
        await port.evaluate(expression(SLOW, "number"), {"lines": lines})

    after = await port.evaluate(expression("1 + 1", "number"), {})
    await port.close()
    assert after.value == "2"


async def test_an_evaluation_that_takes_too_much_memory_is_ended_and_the_next_one_works() -> None:
    port = ZenExpressions(timedelta(seconds=10))
    greedy = expression(
        "len(flatMap(lines, flatMap(lines, flatMap(lines, map(lines, #.sku + #.sku)))))", "number"
    )

    with pytest.raises(ExpertFailed, match="most likely for lack of memory"):
        await port.evaluate(greedy, {"lines": [{"sku": "A" * 200}] * 100})

    after = await port.evaluate(expression("1 + 1", "number"), {})
    await port.close()
    assert after.value == "2"


async def test_whoever_is_cancelled_in_the_middle_leaves_no_answer_for_the_next() -> None:
    port = ZenExpressions(timedelta(seconds=1))
    await port.evaluate(expression("1 + 1", "number"), {})
    asking = asyncio.create_task(port.evaluate(expression(SLOW, "number"), {"lines": [{"sku": "A"}] * 300}))
    await asyncio.sleep(0)
    asking.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asking

    after = await port.evaluate(expression("3 + 4", "number"), {})
    await port.close()
    assert after.value == "7"


def test_the_process_ends_by_itself_when_nobody_is_left_to_end_it() -> None:
    request = {"do": "judge", "seconds": 0.2, "expression": SLOW, "facts": json.dumps({"lines": [{}] * 300})}
    with subprocess.Popen([sys.executable, "-I", str(SCRIPT)], stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        process.stdin.write(json.dumps(request).encode() + b"\n")
        process.stdin.flush()

        assert process.wait(20) == -signal.SIGALRM


async def test_without_the_engine_everything_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_name: str) -> str:
        raise PackageNotFoundError

    monkeypatch.setattr(adapter, "version", missing)
    port = ZenExpressions()

    with pytest.raises(BadConfiguration) as refused:
        await port.evaluate(expression("1 == 1"), {})
    assert "pip install 'waybill[expert]'" in refused.value.problem.remedy
    assert "pip install 'waybill[expert]'" in " ".join(await port.faults(expression("1 == 1")))
    assert [(found.ok, found.fix) for found in await port.test()] == [(False, adapter.INSTALL)]


async def test_with_the_engine_doctor_says_that_it_calculates_exactly() -> None:
    port = ZenExpressions()

    (found,) = await port.test()
    await port.close()

    assert found.ok
    assert found.what.endswith("runs and calculates exactly")


def _examples() -> dict[str, ExpertDefinition]:
    """Return the definitions of the documentation; the table is pasted into a rules file as it is."""
    pasted = (
        "experts: [{name: service_class, kind: table, returns: text, body: "
        + _TABLE.read_text("utf-8")
        + "}]"
    )
    texts = (EXAMPLES / "rules.yaml").read_text("utf-8"), pasted
    raw = [definition for text in texts for definition in read_text(text, "rules.yaml").content["experts"]]
    return {definition.name: definition for definition in map(ExpertDefinition.model_validate, raw)}


def test_the_examples_of_the_documentation_answer_what_it_says(engine: Engine) -> None:
    wine, cups = (
        line(1, quantity="90", net="900.00", gross="1080.00"),
        line(2, sku="CUP", net="300.00", gross="360.00"),
    )
    case = Case(order=order(wine, cups), base_currency="EUR", now=NOON)
    examples = _examples()

    assert {name: engine.faults(each) for name, each in examples.items()} == dict.fromkeys(examples, "")
    answers = {name: engine.evaluate(each, **facts_for(each, case)).value for name, each in examples.items()}
    assert answers == {
        "wine_share": "0.75",
        "odd_pallet": "true",
        "loyalty_points": "144",
        "service_class": "standard",
    }
