"""JSON bodies: every number digit by digit."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.exact_json import written

_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.decimals(-(10**15), 10**15, allow_nan=False, places=6)
    | st.text()
)
_VALUES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
)


@given(_VALUES)
def test_what_is_written_is_read_back_exactly(value: Any) -> None:
    assert json.loads(written(value), parse_float=Decimal) == value


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Decimal("0.1"), b"0.1"),
        (Decimal("20.000000"), b"20.000000"),
        (Decimal("1E+3"), b"1000"),
        (Decimal("1E-6"), b"0.000001"),
        (Decimal("-0.01"), b"-0.01"),
        (Decimal("12345678901234.567891"), b"12345678901234.567891"),
    ],
)
def test_decimal_keeps_its_digits(number: Decimal, text: bytes) -> None:
    assert written(number) == text


@pytest.mark.parametrize("value", [0.1, Decimal("NaN"), Decimal("Infinity"), object(), {1, 2}])
def test_what_has_no_exact_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        written({"Price": value})


def test_text_is_written_in_ascii_on_one_line() -> None:
    body = written({"Comments": 'é\r\n--changes_waybill\t"\\\ud800', "DocDate": date(2026, 1, 15)})

    assert b"\n" not in body
    assert body.isascii()
    assert json.loads(body)["DocDate"] == "2026-01-15"
