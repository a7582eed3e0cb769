"""Draws values of any domain model at random, from its own annotations: everything a history may carry."""

import types
import typing
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from random import Random
from typing import Any

from pydantic import BaseModel

from domain.life import Hold
from domain.money import Money
from domain.policy import ApprovalPolicy, Approver, Pair
from domain.reasons import REASONS

_EPOCH = datetime(2026, 11, 20, tzinfo=UTC)
_SIGNS = "aZ9 .:/-_'\"\\{}<é€漢😀\x00\n\u2028"
_ODD_DECIMALS = tuple(
    Decimal(text) for text in ("0", "-0.00", "1E+3", "20.230000", "1E-12", "99999999999999.99")
)


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
            datetime: lambda: _EPOCH + timedelta(microseconds=self._random.randint(-(10**15), 10**15)),
            date: lambda: (_EPOCH + timedelta(days=self._random.randint(-20_000, 20_000))).date(),
            timedelta: lambda: timedelta(microseconds=self._random.randint(0, 10**14)),
            types.NoneType: lambda: None,
        }

    def one(self, model: type[BaseModel]) -> Any:
        """Return an instance of a model, nested ones included."""
        fields = {name: self._of(field.annotation) for name, field in model.model_fields.items()}
        return model.model_validate(fields | self._within_its_rules(model))

    def _of(self, annotation: Any) -> object:
        origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
        if origin in (types.UnionType, typing.Union):
            return self._of(self._random.choice(arguments))
        if origin is tuple:
            return tuple(self._of(arguments[0]) for _ in range(self._random.randint(0, 2)))
        if origin is dict:
            return {self._of(arguments[0]): self._of(arguments[1]) for _ in range(self._random.randint(0, 2))}
        if isinstance(annotation, type) and issubclass(annotation, Enum):
            return self._random.choice(list(annotation))
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            return self.one(annotation)
        return self._leaves[annotation]()

    def _within_its_rules(self, model: type[BaseModel]) -> dict[str, object]:
        """Return the fields that a model's own validators bind."""
        if model is Approver:
            name = f"person-{self._random.randint(0, 10**9)}"
            return {"id": name, "email": f"{name}@example.com"}
        if model is ApprovalPolicy:
            return {"expire_after": timedelta(seconds=self._random.randint(1, 30 * 86400))}
        if model is Hold:
            return {"code": self._random.choice(sorted(REASONS))}
        if model is Pair:
            return {
                "tolerance": Decimal(self._random.randint(0, 1000)).scaleb(-3),
                "max_lines": self._random.randint(1, 1000),
                "deliver_days": self._random.randint(0, 365),
                "settle": timedelta(seconds=self._random.randint(1, 600)),
                "placing_wait": timedelta(seconds=self._random.randint(1, 600)),
            }
        return {}

    def _text(self) -> str:
        return "".join(self._random.choices(_SIGNS, k=self._random.randint(0, 8)))

    def _decimal(self) -> Decimal:
        if self._random.random() < 0.3:
            return self._random.choice(_ODD_DECIMALS)
        return Decimal(self._random.randint(-(10**15), 10**15)).scaleb(-self._random.randint(0, 6))
