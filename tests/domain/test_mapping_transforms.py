"""Each transform does its one thing, and never to what it cannot take."""

from datetime import UTC, date, datetime
from decimal import Context, Decimal, localcontext

import pytest
from pydantic import TypeAdapter, ValidationError

from domain.mapping.transforms import DoesNotFit, Step, runner, shape_after
from domain.mapping.values import Kind, Shape, Value

STEP: TypeAdapter[Step] = TypeAdapter(Step)
NOON = datetime(2026, 3, 5, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("step", "given", "made"),
    [
        ("trim", "  a \t b\n", "a b"),
        ("upper", "straße", "STRASSE"),
        ("lower", "ÉTÉ", "été"),
        ({"cut": "3"}, "abcdef", "abc"),
        ({"cut": 3}, "é", "é"),
        ({"replace": {"old": "-", "new": "_"}}, "a-b-c", "a_b_c"),
        ({"replace": {"old": "-"}}, "a-b", "ab"),
        ({"join": ", "}, ("a", "", None, "b"), "a, b"),
        ({"join": "/"}, (Decimal("1.50"), True), "1.50/yes"),
        ({"date": "%d.%m.%Y"}, date(2026, 3, 5), "05.03.2026"),
        ({"date": "%Y-%m-%d %H:%M %%"}, NOON, "2026-03-05 12:30 %"),
        ({"round": "2"}, Decimal("2.345"), Decimal("2.35")),
        ({"round": 0}, Decimal("-2.5"), Decimal(-3)),
        ({"multiply": "0.001"}, Decimal(1250), Decimal("1.250")),
        ({"multiply": "-1"}, Decimal("0.1"), Decimal("-0.1")),
        ({"split": {"at": " "}}, "8 rue du Port", "8"),
        ({"split": {"at": " ", "take": "rest"}}, "8 rue du Port", "rue du Port"),
        ({"split": {"at": "|", "take": "rest"}}, "none", ""),
        ({"default": "none"}, "", "none"),
        ({"default": "none"}, None, "none"),
        ({"default": "none"}, "some", "some"),
        ("upper", ("a", "b"), ("A", "B")),
        ({"round": 1}, (Decimal("1.25"), None), (Decimal("1.3"),)),
        ("upper", None, None),
        ({"cut": 3}, "", ""),
    ],
)
def test_a_transform_does_its_one_thing(step: object, given: Value, made: Value) -> None:
    assert runner(STEP.validate_python(step))(given) == made


@pytest.mark.parametrize(
    ("step", "given", "said"),
    [
        ("upper", Shape(Kind.NUMBER), "upper takes a text, and this is a number"),
        ({"cut": 1}, Shape(Kind.DAY), "cut takes a text"),
        ({"round": 1}, Shape(Kind.TEXT), "round takes a number, and this is a text"),
        ({"multiply": "2"}, Shape(Kind.TEXT), "multiply takes a number"),
        ({"date": "%Y"}, Shape(Kind.TEXT), "date takes a day or a time"),
        ({"date": "%H"}, Shape(Kind.DAY), "a day has no hours"),
        ({"join": ""}, Shape(Kind.TEXT), "join takes several values"),
        ({"default": "x"}, Shape(Kind.NUMBER), "default takes a text"),
        ({"default": "x"}, Shape(Kind.TEXT, many=True), "join them first"),
    ],
)
def test_a_transform_that_cannot_take_what_it_is_given_says_so(step: object, given: Shape, said: str) -> None:
    with pytest.raises(DoesNotFit) as refused:
        shape_after(STEP.validate_python(step), given)

    assert said in str(refused.value)


@pytest.mark.parametrize(
    "step",
    [
        "shout",
        {"shout": "1"},
        {},
        {"cut": 1, "round": 2},
        {"cut": 0},
        {"cut": "x"},
        {"round": 10},
        {"multiply": 1.5},
        {"multiply": "NaN"},
        {"multiply": "1e9"},
        {"date": ""},
        {"date": "%A"},
        {"date": "%"},
        {"replace": {"old": ""}},
        {"split": {"at": ""}},
        {"split": {"at": " ", "take": "last"}},
        {"default": ""},
        ["upper"],
        7,
    ],
)
def test_a_transform_that_makes_no_sense_is_refused(step: object) -> None:
    with pytest.raises(ValidationError):
        STEP.validate_python(step)


def test_a_long_chain_rounds_nothing_on_the_way() -> None:
    steps = [STEP.validate_python({"multiply": "999999.999999999"}) for _ in range(12)]

    value: Value = Decimal("123456789012345.123456789")
    for step in steps:
        value = runner(step)(value)

    assert isinstance(value, Decimal)
    with localcontext(Context(prec=1000)):
        assert value == Decimal("123456789012345.123456789") * Decimal("999999.999999999") ** 12


def test_what_grows_stays_the_content_of_a_field() -> None:
    grow = runner(STEP.validate_python({"replace": {"old": "a", "new": "a" * 5000}}))

    value: Value = "a" * 100
    for _ in range(12):
        value = grow(value)

    assert isinstance(value, str)
    assert len(value) == 10_000
