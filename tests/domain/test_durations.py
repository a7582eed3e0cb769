"""Durations: written by people as 90s, 30m, 4h, 2d; carried through a history without a loss."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from domain.durations import Duration, duration

WIRE: TypeAdapter[timedelta] = TypeAdapter(Duration)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90s", timedelta(seconds=90)),
        ("30m", timedelta(minutes=30)),
        ("4h", timedelta(hours=4)),
        ("2d", timedelta(days=2)),
        ("0s", timedelta(0)),
        ("1.5h", timedelta(minutes=90)),
        (" 2 d ", timedelta(days=2)),
        ("400d", timedelta(days=400)),
    ],
)
def test_durations_are_read_as_people_write_them(text: str, expected: timedelta) -> None:
    assert duration(text) == expected


@pytest.mark.parametrize(
    "text", ["", "4", "4 hours", "-4h", "h", "4h30m", "1e3s", "P", "PT", "P1W", "P1M", "4H", "nan s", "inf s"]
)
def test_anything_else_is_answered_with_the_ways_to_write_it(text: str) -> None:
    with pytest.raises(ValueError, match="90s, 30m, 4h or 2d"):
        duration(text)


@pytest.mark.parametrize("number", [90, 1.5, None, True])
def test_a_number_without_its_unit_is_refused(number: object) -> None:
    with pytest.raises(ValueError, match="90s, 30m, 4h or 2d"):
        duration(number)


@pytest.mark.parametrize("text", ["99999999999999d", "P99999999999D", "1" + "0" * 400 + "s"])
def test_a_duration_beyond_all_calendars_is_refused_as_a_mistake(text: str) -> None:
    with pytest.raises(ValidationError):
        WIRE.validate_python(text)


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=4000)))
def test_a_history_gives_back_each_duration_to_the_microsecond(time: timedelta) -> None:
    assert WIRE.validate_json(WIRE.dump_json(time)) == time


@pytest.mark.parametrize("days", [364, 365, 366, 400, 730, 1000])
def test_a_duration_of_more_than_a_year_survives_a_history(days: int) -> None:
    wire = WIRE.dump_json(timedelta(days=days))

    assert WIRE.validate_json(wire) == timedelta(days=days)
