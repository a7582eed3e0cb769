"""What may happen to a value on its way. Each says what it takes and gives, and cannot fail when it runs."""

import datetime
import re
from abc import abstractmethod
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema, field_validator

from domain.mapping.values import WIDE, Kind, Scalar, Shape, Value, as_text, is_empty
from domain.model import Strict
from domain.money import exact

Exact = Annotated[
    Decimal,
    BeforeValidator(exact),
    WithJsonSchema({"type": ["string", "number"], "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}),
]
"""A number written as text, never a binary fraction."""
_DIRECTIVES = frozenset("YymdHMSjVGu%")
_OF_TIMES = frozenset("HMS")


class DoesNotFit(ValueError):
    """A transform is given what it cannot take; the text says so in words of the business."""


class Word(StrEnum):
    """Transforms that need nothing but their name."""

    TRIM = "trim"
    UPPER = "upper"
    LOWER = "lower"


_WORDS: dict[Word, Callable[[str], str]] = {
    Word.TRIM: lambda text: " ".join(text.split()),
    Word.UPPER: str.upper,
    Word.LOWER: str.lower,
}


class Transform(Strict):
    """A transform with what it is told. One key, which is its name."""

    def shape(self, given: Shape) -> Shape:
        """Return what comes out; `DoesNotFit` where it cannot take what it is given."""
        return wants(given, self.name, Kind.TEXT)

    @abstractmethod
    def one(self, value: Any) -> Scalar:
        """Transform one value that is there."""

    def apply(self, value: Value) -> Value:
        """Transform what is there; nothing stays nothing, of several each is transformed."""
        if isinstance(value, tuple):
            return tuple(self.one(each) for each in value if not is_empty(each))
        return value if is_empty(value) else self.one(value)

    @property
    def name(self) -> str:
        """How the file calls it."""
        return next(iter(type(self).model_fields))


def wants(given: Shape, name: str, *kinds: Kind) -> Shape:
    """Return the shape where it is one of the kinds; `DoesNotFit` otherwise."""
    if given.kind not in kinds:
        raise DoesNotFit(f"{name} takes {' or '.join(kinds)}, and this is {given}")
    return given


class Cut(Transform):
    """The first so many characters."""

    cut: int = Field(ge=1, le=10_000)

    def one(self, value: str) -> str:
        """Cut a text."""
        return value[: self.cut]


class Replacement(Strict):
    """A text, and what is written in its place."""

    old: str = Field(min_length=1)
    new: str = ""


class Replace(Transform):
    """Every occurrence of a text becomes another one."""

    replace: Replacement

    def one(self, value: str) -> str:
        """Replace in a text."""
        # What grows on the way stays a field's content, not a book.
        return value[:10_000].replace(self.replace.old, self.replace.new)[:10_000]


class Join(Transform):
    """Several values as one text, with a text between; empty ones are left out."""

    join: str

    def shape(self, given: Shape) -> Shape:
        """One text comes out of several values."""
        if not given.many:
            raise DoesNotFit(f"join takes several values, and this is {given}")
        return Shape(Kind.TEXT)

    def one(self, value: Scalar) -> str:
        """Write one of the values."""
        return as_text(value)

    def apply(self, value: Value) -> Value:
        """Join what is there."""
        given = value if isinstance(value, tuple) else (value,)
        return self.join.join(as_text(each) for each in given if not is_empty(each))


class DateFormat(Transform):
    """A day or time as text, in the signs of strftime that mean the same everywhere: `%d.%m.%Y`."""

    date: str = Field(min_length=1, max_length=60)

    @field_validator("date")
    @classmethod
    def _known(cls, text: str) -> str:
        unknown = [sign for sign in re.findall("%(.?)", text.replace("%%", "")) if sign not in _DIRECTIVES]
        if unknown:
            known = " ".join(f"%{sign}" for sign in sorted(_DIRECTIVES - {"%"}))
            raise ValueError(f"%{unknown[0]} is not known; there are {known}")
        return text

    def shape(self, given: Shape) -> Shape:
        """A text comes out of a day or a time."""
        wants(given, "date", Kind.DAY, Kind.TIME)
        hours = _OF_TIMES & set(re.findall("%(.)", self.date.replace("%%", "")))
        if given.kind is Kind.DAY and hours:
            raise DoesNotFit(f"date asks for %{sorted(hours)[0]}, and a day has no hours")
        return Shape(Kind.TEXT, given.many)

    def one(self, value: datetime.date) -> str:
        """Write a day or a time."""
        return value.strftime(self.date)


class Round(Transform):
    """A number rounded half up to so many decimals."""

    round: int = Field(ge=0, le=9)

    def shape(self, given: Shape) -> Shape:
        """A number stays a number."""
        return wants(given, "round", Kind.NUMBER)

    def one(self, value: Decimal) -> Decimal:
        """Round a number."""
        return value.quantize(Decimal(1).scaleb(-self.round), ROUND_HALF_UP, WIDE)


class Multiply(Transform):
    """A number times another one; 0.001 makes kilograms of grams."""

    multiply: Exact = Field(ge=Decimal(-1_000_000), le=Decimal(1_000_000))

    def shape(self, given: Shape) -> Shape:
        """A number stays a number."""
        return wants(given, "multiply", Kind.NUMBER)

    def one(self, value: Decimal) -> Decimal:
        """Multiply a number."""
        return WIDE.multiply(value, self.multiply)


class Division(Strict):
    """Where a text is divided, and which part is taken."""

    at: str = Field(min_length=1)
    take: Literal["first", "rest"] = "first"


class Split(Transform):
    """What stands before the first occurrence of a text, or what comes after it."""

    split: Division

    def one(self, value: str) -> str:
        """Divide a text; where it is not divided, all of it is the first part."""
        first, _, rest = value.partition(self.split.at)
        return first.strip() if self.split.take == "first" else rest.strip()


class Default(Transform):
    """A text in place of nothing."""

    default: str = Field(min_length=1)

    def shape(self, given: Shape) -> Shape:
        """Only a text can be missing for a text."""
        if given.many:
            raise DoesNotFit("default stands for one value, and this may be several; join them first")
        return wants(given, "default", Kind.TEXT)

    def one(self, value: str) -> str:
        """Keep a text that is there."""
        return value

    def apply(self, value: Value) -> Value:
        """Put the text in place of nothing."""
        return self.default if is_empty(value) else value


_BY_KEY = {each.__name__.lower(): each for each in (Cut, Replace, Join, Round, Multiply, Split, Default)}
TRANSFORMS = frozenset({*_BY_KEY, "date", *Word})
"""All names a file may use."""


def _tag(given: object) -> str | None:
    if isinstance(given, Transform):
        return given.name
    if isinstance(given, dict):
        return str(next(iter(given))) if len(given) == 1 else None
    return "word" if isinstance(given, str) and given in list(Word) else None


Step = Annotated[
    Annotated[Word, Tag("word")]
    | Annotated[Cut, Tag("cut")]
    | Annotated[Replace, Tag("replace")]
    | Annotated[Join, Tag("join")]
    | Annotated[DateFormat, Tag("date")]
    | Annotated[Round, Tag("round")]
    | Annotated[Multiply, Tag("multiply")]
    | Annotated[Split, Tag("split")]
    | Annotated[Default, Tag("default")],
    Discriminator(
        _tag,
        custom_error_type="transform",
        custom_error_message=f"there is no such transform; there are {', '.join(sorted(TRANSFORMS))}",
    ),
]
"""A transform as a file writes it: a word, or one key with what it is told."""


def shape_after(step: Word | Transform, given: Shape) -> Shape:
    """Return what a step makes of a shape. Raises `DoesNotFit`."""
    return wants(given, step.value, Kind.TEXT) if isinstance(step, Word) else step.shape(given)


def runner(step: Word | Transform) -> Callable[[Value], Value]:
    """Return what takes a step."""
    if isinstance(step, Transform):
        return step.apply
    write = _WORDS[step]

    def run(value: Value) -> Value:
        if isinstance(value, str):
            return write(value)
        return tuple(write(as_text(each)) for each in value) if isinstance(value, tuple) else value

    return run
