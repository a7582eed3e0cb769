"""Draws values of any domain model at random, from its own annotations: everything a history may carry."""

import types
import typing
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from random import Random
from typing import Any

from annotated_types import Ge, Gt, Le, MaxLen, MinLen
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator
from pydantic.fields import FieldInfo

from domain.approvals.calendar import HOURS_PATTERN
from domain.hook_points import PAIR_POINTS, PairHook
from domain.hooks import EarlyAnswer, PostingAnswer
from domain.life import Hold
from domain.money import Money
from domain.reasons import REASONS
from domain.rules.conditions import All, AllLines, AnyLine, AnyOf, Comparison, NoneOf

_EPOCH = datetime(2026, 11, 20, tzinfo=UTC)
_SIGNS = "aZ9 .:/-_'\"\\{}<é€漢😀\x00\n\u2028"
_ODD_DECIMALS = tuple(
    Decimal(text) for text in ("0", "-0.00", "1E+3", "20.230000", "1E-12", "99999999999999.99")
)


_FITTING: dict[str, tuple[str, ...]] = {
    r"^[0-9a-f]{64}$": ("0a" * 32, "f" * 64),
    r"^[A-Za-z0-9_.-]{0,20}$": ("R1", "slip-7", ""),
    r"^[A-Za-z0-9_.-]{1,20}$": ("R1", "slip-7"),
    r"^(https://.*\{number\}.*)?$": ("", "https://carrier.example/{number}"),
    r"^([UW][A-Z0-9]{1,20})?$": ("", "U024BE7LH"),
    r"^(en|es|fr)?$": ("", "es"),
    r"^[a-z0-9_.-]{1,40}$": ("dora", "carl"),
    r"^[^@\s]+@[^@\s]+$": ("dora@example.com",),
    r"^[a-z_]+:\w+$": ("delivery:4",),
    r"^[\w.-]{1,40}$": ("vat-check",),
    r"^[a-z0-9][a-z0-9_-]{0,59}$": ("large-orders",),
    r"^[a-z][a-z0-9_]{0,39}$": ("size",),
    HOURS_PATTERN: ("09:00-12:30", "22:00-24:00"),
}
"""Texts for each pattern of the domain; a new pattern wants its own."""


def _pattern(rules: Iterable[Any]) -> str:
    return next((rule.pattern for rule in rules if getattr(rule, "pattern", None)), "")


class Drawing:
    """One series of drawn values; the same seed draws the same."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - not for secrets
        self._leaves: dict[Any, Callable[[], object]] = {
            str: self._text,
            Any: self._text,
            bool: lambda: self._random.random() < 0.5,
            int: lambda: self._random.randint(-(2**53), 2**53),
            Decimal: self._decimal,
            Money: lambda: Money(self._decimal(), self._random.choice(["EUR", "JPY", "KWD"])),
            AwareDatetime: lambda: _EPOCH + timedelta(minutes=self._random.randint(0, 10**6)),
            datetime: lambda: _EPOCH + timedelta(microseconds=self._random.randint(-(10**15), 10**15)),
            date: lambda: (_EPOCH + timedelta(days=self._random.randint(-20_000, 20_000))).date(),
            timedelta: lambda: timedelta(microseconds=self._random.randint(0, 10**14)),
            types.NoneType: lambda: None,
        }

    def one(self, model: type[BaseModel]) -> Any:
        """Return an instance of a model, nested ones included."""
        bound = self._within_its_rules(model)
        free = {name: field for name, field in model.model_fields.items() if name not in bound}
        return model.model_validate({name: self._field(field) for name, field in free.items()} | bound)

    def _of(self, annotation: Any) -> object:
        origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
        if origin is typing.Annotated:
            pattern = _pattern(rule for each in arguments[1:] for rule in getattr(each, "metadata", [each]))
            return self._random.choice(_FITTING[pattern]) if pattern else self._of(arguments[0])
        if origin in (types.UnionType, typing.Union):
            return self._of(self._random.choice(arguments))
        if origin is tuple and Ellipsis not in arguments:
            return tuple(self._of(each) for each in arguments)
        if origin is tuple:
            return tuple(self._of(arguments[0]) for _ in range(self._random.randint(0, 2)))
        if origin is typing.Literal:
            return self._random.choice(arguments)
        if origin is dict:
            return {self._of(arguments[0]): self._of(arguments[1]) for _ in range(self._random.randint(0, 2))}
        if isinstance(annotation, type) and issubclass(annotation, Enum):
            return self._random.choice(list(annotation))
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            return self.one(annotation)
        return self._leaves[annotation]()

    def _field(self, field: FieldInfo) -> object:
        """Draw a field's value within its own limits."""
        if field.is_required() is False and self._random.random() < 0.2:
            return field.get_default(call_default_factory=True, validated_data={})
        rules = [each for each in field.metadata if not isinstance(each, BeforeValidator | AfterValidator)]
        pattern = _pattern(rules)
        if pattern:
            return self._random.choice(_FITTING[pattern])
        drawn = self._of(field.annotation)
        bounded = any(isinstance(rule, Gt | Ge | Le | MinLen | MaxLen) for rule in rules)
        return self._small(drawn, field.annotation) if bounded else drawn

    def _small(self, drawn: object, annotation: Any) -> object:
        """Return a value of the same kind that any sensible limit lets through."""
        if isinstance(drawn, str):
            return "some text"
        if isinstance(drawn, Decimal):
            return Decimal(self._random.randint(1, 1000)).scaleb(-3)
        if isinstance(drawn, int):
            return self._random.randint(1, 20)
        if isinstance(drawn, timedelta):
            return timedelta(seconds=self._random.randint(1, 600))
        if isinstance(drawn, tuple):
            return drawn or (self._of(typing.get_args(annotation)[0]),)
        return drawn

    def _within_its_rules(self, model: type[BaseModel]) -> dict[str, object]:
        """Return the fields that a model's own validators bind."""
        if model is PairHook:
            return {"point": self._random.choice(sorted(PAIR_POINTS))}
        if issubclass(model, EarlyAnswer | PostingAnswer):
            return {"fields": {"comment": "some text"}}
        if model in {All, AnyOf, NoneOf}:
            return {"parts": (self.one(Comparison),)}
        if model in {AnyLine, AllLines}:
            return {"part": self.one(Comparison)}
        return {"code": self._random.choice(sorted(REASONS))} if model is Hold else {}

    def _text(self) -> str:
        return "".join(self._random.choices(_SIGNS, k=self._random.randint(0, 8)))

    def _decimal(self) -> Decimal:
        if self._random.random() < 0.3:
            return self._random.choice(_ODD_DECIMALS)
        return Decimal(self._random.randint(-(10**15), 10**15)).scaleb(-self._random.randint(0, 6))
