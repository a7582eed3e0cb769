"""Conditions: a typed tree of comparisons over facts, as people write it and files keep it."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, Discriminator, Field, Tag

from domain.rules.operators import Operator
from domain.rules.written import Written

MOST_LEVELS = 16
"""The deepest tree that anybody can still read."""
MOST_NODES = 2000
"""The largest tree of one rule."""


def _as_texts(value: Any) -> Any:
    """Let whole numbers and yes or no through as texts; a binary fraction is refused."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        raise ValueError(f'write the number as text: "{value}"')
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list | tuple):
        return tuple(_as_texts(each) for each in value)
    return value


class Comparison(Written):
    """One fact compared with a value: `{fact: total, is: more_than, value: 5000 EUR}`."""

    fact: str = Field(min_length=1, max_length=80, description="A fact's name.")
    operator: Operator = Field(alias="is", description="What is asked of the fact.")
    value: Annotated[str | tuple[str, ...] | None, BeforeValidator(_as_texts)] = Field(
        default=None, description="As text, amounts with their currency; a list where the operator takes one."
    )


class All(Written):
    """Every one of them holds."""

    parts: tuple["Condition", ...] = Field(alias="all", min_length=1)


class AnyOf(Written):
    """At least one of them holds."""

    parts: tuple["Condition", ...] = Field(alias="any", min_length=1)


class NoneOf(Written):
    """Not one of them holds."""

    parts: tuple["Condition", ...] = Field(alias="none", min_length=1)


class AnyLine(Written):
    """At least one line of the order is so."""

    part: "Condition" = Field(alias="any_line")


class AllLines(Written):
    """Every line of the order is so, and there is one."""

    part: "Condition" = Field(alias="all_lines")


NESTING = ("all", "any", "none", "any_line", "all_lines")
"""What conditions are made of, beside comparisons."""
_NAMES = ("fact", *NESTING)


def _tag(value: Any) -> str | None:
    if isinstance(value, dict):
        return next((name for name in _NAMES if name in value), None)
    return _TAGS.get(type(value))


Condition = Annotated[
    Annotated[Comparison, Tag("fact")]
    | Annotated[All, Tag("all")]
    | Annotated[AnyOf, Tag("any")]
    | Annotated[NoneOf, Tag("none")]
    | Annotated[AnyLine, Tag("any_line")]
    | Annotated[AllLines, Tag("all_lines")],
    Discriminator(
        _tag,
        custom_error_type="condition",
        custom_error_message="write fact (with is and value), all, any, none, any_line or all_lines",
    ),
]

_TAGS: Mapping[type, str] = {
    Comparison: "fact",
    All: "all",
    AnyOf: "any",
    NoneOf: "none",
    AnyLine: "any_line",
    AllLines: "all_lines",
}

for _model in (All, AnyOf, NoneOf, AnyLine, AllLines):
    _model.model_rebuild()


def levels(raw: Any) -> int:
    """Return how deep a tree is, as read from a file; one that is too deep or too large counts as too deep.

    It is walked without recursion and to a limit: a file's aliases may make a tree without end.
    """
    deepest, seen, left = 0, 0, [(raw, 1)]
    while left:
        node, level = left.pop()
        deepest, seen = max(deepest, level), seen + 1
        if deepest > MOST_LEVELS or seen > MOST_NODES:
            return MOST_LEVELS + 1
        for name in NESTING:
            nested = node.get(name) if isinstance(node, dict) else None
            if nested is not None:
                left += [
                    (child, level + 1) for child in (nested if isinstance(nested, list | tuple) else [nested])
                ]
    return deepest
