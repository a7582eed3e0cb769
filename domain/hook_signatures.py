"""What a hook's annotations say: the points it fits, or why it fits none."""

import inspect
from collections.abc import Callable
from types import NoneType, UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

from domain.hooks import CONTRACTS, HookGiven, HookPoint, LateAnswer

HookFunction = Callable[[Any], Any]


class HookUnfit(ValueError):
    """The function cannot be a hook; the text says what to write."""


class Signature(NamedTuple):
    """The points a hook fits, and whether it is an `async def`."""

    points: frozenset[HookPoint]
    is_async: bool


def signature_of(function: object) -> Signature:
    """Read a function's annotations. Raises `HookUnfit`."""
    if not (inspect.isfunction(function) or inspect.ismethod(function)):
        raise HookUnfit("it is no function")
    given, answers = _annotated(function)
    points = frozenset(
        point
        for point, contract in CONTRACTS.items()
        if issubclass(contract.given, given) and all(issubclass(contract.answer, each) for each in answers)
    )
    if not points:
        names = ", ".join(each.__name__ for each in answers)
        raise HookUnfit(f"nowhere may a hook that is given {given.__name__} answer {names}")
    return Signature(points, inspect.iscoroutinefunction(function))


def _annotated(function: HookFunction) -> tuple[type[HookGiven], tuple[type[LateAnswer], ...]]:
    """Return the annotation of the one parameter, and those of what is returned, without None."""
    taken = inspect.signature(function).parameters.values()
    needed = [each for each in taken if each.default is each.empty]
    if not taken or len(needed) > 1 or any(each.kind is not each.POSITIONAL_OR_KEYWORD for each in needed):
        raise HookUnfit("it takes one argument: def hook(given: OrderCaptured) -> EarlyAnswer | None")
    try:
        hints = get_type_hints(function)
    except (NameError, TypeError, AttributeError) as problem:
        raise HookUnfit(f"its annotations cannot be read ({problem})") from None
    first = next(iter(taken)).name
    given, returned = hints.get(first), hints.get("return", Ellipsis)
    if not (isinstance(given, type) and issubclass(given, HookGiven)):
        raise HookUnfit(f"annotate {first} with OrderCaptured, OrderChecked or OrderFollowed of domain.hooks")
    several = get_args(returned) if get_origin(returned) in {Union, UnionType} else (returned,)
    answers = tuple(each for each in several if each is not NoneType)
    if not all(isinstance(each, type) and issubclass(each, LateAnswer) for each in answers):
        raise HookUnfit("annotate what it returns: None, EarlyAnswer or LateAnswer of domain.hooks")
    return given, answers
