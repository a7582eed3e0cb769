"""Money: a Decimal with its currency, rounded to the currency's own digits. Never a float.

On the wire and on disk an amount is the text `"20.23 EUR"`, which a person can read in a history.
"""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from babel.numbers import get_currency_precision
from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

LARGEST = Decimal("1e15")
"""No amount of a real order comes near it; beyond it Decimal's context would round silently."""
_FINEST = 20


class MixedCurrencies(ValueError):
    """Two amounts of different currencies were added or compared."""


@lru_cache
def currency_digits(currency: str) -> int:
    """Return the decimals of an ISO 4217 currency: EUR 2, JPY 0, KWD 3."""
    return int(get_currency_precision(currency))


# Babel reads its tables when it is first asked: now, since a workflow may open no file.
currency_digits("EUR")


def rounded(amount: Decimal, digits: int) -> Decimal:
    """Round half up, as invoices do."""
    return amount.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def exact(text: object) -> Decimal:
    """Read a Decimal from a text or a whole number; ValueError for floats, NaN and infinities."""
    if isinstance(text, bool | float):
        raise ValueError("an amount is written as text, not as a binary fraction")
    try:
        number = Decimal(str(text).strip())
    except InvalidOperation:
        raise ValueError(f"not a number: {str(text)[:40]!r}") from None
    # Judged without arithmetic: an exponent of a million overflows it, and fills pages when written out.
    if not number.is_finite() or number.copy_abs() > LARGEST or int(number.as_tuple().exponent) < -_FINEST:
        raise ValueError("an amount must be a finite number of sensible size")
    return number


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in a currency (three capital letters)."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not self.amount.is_finite():
            raise ValueError("an amount must be a finite number")
        if not re.fullmatch("[A-Z]{3}", self.currency):
            raise ValueError(f"not a currency: {self.currency[:10]!r}")

    @classmethod
    def parse(cls, text: str) -> "Money":
        """Read `"5000.00 EUR"`; ValueError when the amount or the currency is missing."""
        amount, _, currency = text.strip().partition(" ")
        if not currency:
            raise ValueError(
                f'write an amount with its currency, for example "5000.00 EUR", not {text[:40]!r}'
            )
        return cls(exact(amount), currency.strip())

    def rounded(self) -> "Money":
        """Return the amount rounded to the currency's digits."""
        return Money(rounded(self.amount, currency_digits(self.currency)), self.currency)

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.amount >= self._same(other)

    def _same(self, other: "Money") -> Decimal:
        if other.currency != self.currency:
            raise MixedCurrencies(f"{self.currency} and {other.currency}")
        return other.amount

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: type[Any], _handler: GetCoreSchemaHandler) -> CoreSchema:
        def read(value: object) -> Money:
            if isinstance(value, Money):
                return value
            if isinstance(value, str):
                return cls.parse(value)
            raise ValueError("money is written as text with its currency, for example '5000.00 EUR'")

        return core_schema.no_info_plain_validator_function(
            read,
            serialization=core_schema.to_string_ser_schema(),
            json_schema_input_schema=core_schema.str_schema(pattern=r"^-?\d+(\.\d+)? [A-Z]{3}$"),
        )
