"""Money is a Decimal with a currency: exact in, exact out, never a float, never two currencies in one sum."""

import operator
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from domain.money import LARGEST, MixedCurrencies, Money, currency_digits, exact, rounded

AMOUNTS = st.decimals(-LARGEST, LARGEST, places=6)
WIRE: TypeAdapter[Money] = TypeAdapter(Money)
EUR, JPY = "EUR", "JPY"
NO_AMOUNTS = ["", "EUR", "EUR 20.23", "20,23 EUR", "5.000,00 EUR", "1 000 EUR"]
NO_CURRENCIES = ["20.23", "20.23 eur", "20.23 EURO", "20.23 €", "20.23 A1B", "20.23 E-R", "20.23 ÉUR"]
NOT_FINITE = ["NaN EUR", "sNaN EUR", "Infinity EUR", "-inf EUR"]
OUT_OF_ALL_SIZE = [
    "1000000000000000.01 EUR",
    "1e16 EUR",
    "1e1000000 EUR",
    "-1e999999999 EUR",
    "1e-1000000 EUR",
]


@given(amount=AMOUNTS, currency=st.sampled_from(["EUR", "JPY", "KWD"]))
def test_what_is_written_is_read_back_to_the_last_digit(amount: Decimal, currency: str) -> None:
    money = Money(amount, currency)

    read = Money.parse(str(money))

    assert (read.amount.as_tuple(), read.currency) == (amount.as_tuple(), currency)


@given(amount=AMOUNTS)
def test_on_the_wire_money_is_text_and_comes_back_exact(amount: Decimal) -> None:
    money = Money(amount, EUR)

    wire = WIRE.dump_json(money)

    assert wire.decode() == f'"{amount:f} EUR"'
    assert WIRE.validate_json(wire) == money


@pytest.mark.parametrize(
    "text", ["1E+3 EUR", " 20.23 EUR ", "20.23  EUR", "-0.05 KWD", "1000000000000000 JPY"]
)
def test_common_spellings_are_read(text: str) -> None:
    amount, currency = text.split()

    assert Money.parse(text) == Money(Decimal(amount), currency)


@pytest.mark.parametrize(
    "text",
    [*NO_AMOUNTS, *NO_CURRENCIES, *NOT_FINITE, *OUT_OF_ALL_SIZE],
)
def test_what_is_not_an_amount_with_its_currency_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Money.parse(text)


def test_an_amount_without_a_currency_is_answered_with_an_example() -> None:
    with pytest.raises(ValueError, match=r'for example "5000.00 EUR"'):
        Money.parse("5000.00")


@pytest.mark.parametrize("number", [0.1, 5000.0, float("nan"), float("inf"), True, False])
def test_a_binary_fraction_is_never_read_as_an_amount(number: object) -> None:
    with pytest.raises(ValueError, match="binary fraction"):
        exact(number)


@pytest.mark.parametrize("number", [0.1, 5000, "20.23", None])
def test_money_is_made_of_a_decimal_only(number: object) -> None:
    with pytest.raises((TypeError, AttributeError)):
        Money(number, EUR)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wire", ["0.1", "5000", "null", '{"amount": "1", "currency": "EUR"}', '["1", "EUR"]']
)
def test_on_the_wire_nothing_but_text_is_money(wire: str) -> None:
    with pytest.raises(ValidationError):
        WIRE.validate_json(wire)


@pytest.mark.parametrize(
    "amount", [Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("-Infinity")]
)
def test_money_is_finite(amount: Decimal) -> None:
    with pytest.raises(ValueError, match="finite"):
        Money(amount, EUR)


@given(st.text(max_size=30) | st.from_regex(r"[+-]?\d{0,20}\.?\d{0,20}([eE][+-]?\d{1,9})?", fullmatch=True))
def test_any_text_is_an_exact_amount_of_sensible_size_or_a_value_error(text: str) -> None:
    try:
        number = exact(text)
    except ValueError:
        return

    assert abs(number) <= LARGEST
    assert number == Decimal(text.strip())
    assert len(f"{number:f}") < 100


@pytest.mark.parametrize(("currency", "digits"), [("EUR", 2), ("USD", 2), ("JPY", 0), ("KWD", 3), ("CLP", 0)])
def test_a_currency_has_the_digits_of_its_coins(currency: str, digits: int) -> None:
    assert currency_digits(currency) == digits


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        ("0.005", "EUR", "0.01"),
        ("-0.005", "EUR", "-0.01"),
        ("2.675", "EUR", "2.68"),
        ("1234.5", "JPY", "1235"),
        ("1.0005", "KWD", "1.001"),
        ("7.1", "EUR", "7.10"),
    ],
)
def test_a_half_is_rounded_away_from_zero(amount: str, currency: str, expected: str) -> None:
    assert str(Money(Decimal(amount), currency).rounded()) == f"{expected} {currency}"


@given(amount=AMOUNTS, digits=st.integers(0, 6))
def test_rounding_moves_by_half_a_step_at_most_and_only_once(amount: Decimal, digits: int) -> None:
    result = rounded(amount, digits)

    assert abs(result - amount) * 2 <= Decimal(1).scaleb(-digits)
    assert rounded(result, digits) == result


@pytest.mark.parametrize(
    "mix", [operator.add, operator.sub, operator.lt, operator.le, operator.gt, operator.ge]
)
def test_two_currencies_are_never_added_or_compared(mix: Callable[[Money, Money], object]) -> None:
    with pytest.raises(MixedCurrencies, match="EUR and JPY"):
        mix(Money(Decimal(1), EUR), Money(Decimal(1), JPY))


def test_equal_amounts_of_two_currencies_are_not_equal() -> None:
    assert Money(Decimal(1), EUR) != Money(Decimal(1), JPY)


@given(first=AMOUNTS, second=AMOUNTS)
def test_sums_and_comparisons_are_those_of_the_amounts(first: Decimal, second: Decimal) -> None:
    one, other = Money(first, EUR), Money(second, EUR)

    assert (one + other).amount == first + second
    assert one - other == one + -other
    assert (one < other, one <= other, one > other, one >= other) == (
        first < second,
        first <= second,
        first > second,
        first >= second,
    )
