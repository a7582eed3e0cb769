"""Where a value is read: paths by JMESPath, checked against the models, compiled once.

Only the part of JMESPath that chooses: fields, `[0]`, `[]`, `[*]` and filters that compare texts. What
calculates is left to the transforms, because JMESPath knows no exact numbers.
"""

import types
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Union, get_args, get_origin

import jmespath
from jmespath.exceptions import JMESPathError
from pydantic import BaseModel

from domain.mapping.values import Kind, Shape, Value, simplified

_KINDS: tuple[tuple[type, Kind], ...] = (
    (bool, Kind.YES_NO),
    (str, Kind.TEXT),
    (Decimal, Kind.NUMBER),
    (int, Kind.NUMBER),
    (datetime, Kind.TIME),
    (date, Kind.DAY),
)
_LISTS = frozenset({"projection", "filter_projection", "flatten"})
_TEXTS = frozenset({Kind.TEXT})
_LEAVES = frozenset({str, Decimal, bool, int, datetime, date, types.NoneType})


class NoSuchPath(ValueError):
    """A path that can lead nowhere; the text says what is there instead."""


class Several:
    """A list of something, while a path is followed through the types."""

    def __init__(self, of: Any) -> None:
        self.of = of


def shape_of(path: str, roots: Mapping[str, type[BaseModel]]) -> Shape:
    """Return what a path leads to. Raises `NoSuchPath`."""
    found = _followed(_parsed(path), roots)
    many = isinstance(found, Several)
    one = found.of if isinstance(found, Several) else found
    if isinstance(one, Several):
        raise NoSuchPath(f"{path} gives lists in a list: write [] at its end")
    kind = _kind(one)
    if kind is None:
        raise NoSuchPath(f"{path} is a group of fields: name one of them ({_names(one)})")
    return Shape(kind, many)


def reader(path: str) -> Callable[["Roots"], Value]:
    """Compile a path that was checked."""
    parsed = _parsed(path)
    names = _plain_names(parsed)
    if names is None:
        compiled = jmespath.compile(path)
        return lambda roots: simplified(compiled.search(roots.plain))
    first, rest = names[0], names[1:]

    def walk(roots: Roots) -> Value:
        found: Any = roots.models.get(first)
        for name in rest:
            found = found.get(name) if type(found) is dict else getattr(found, name, None)
        return simplified(found)

    return walk


class Roots:
    """What paths begin with: the order, one of its lines, an article; written out only where a path asks."""

    def __init__(self, models: Mapping[str, BaseModel], outer: "Roots | None" = None) -> None:
        self.models: dict[str, BaseModel] = {**(outer.models if outer else {}), **models}
        self._own, self._outer = models, outer
        self._plain: dict[str, Any] | None = None

    @property
    def plain(self) -> dict[str, Any]:
        """The same as dicts and lists, for JMESPath."""
        if self._plain is None:
            own = {name: _written_out(model) for name, model in self._own.items()}
            self._plain = {**(self._outer.plain if self._outer else {}), **own}
        return self._plain


def _written_out(value: Any) -> Any:
    if type(value) in _LEAVES:
        return value
    if isinstance(value, BaseModel):
        return {
            name: each if type(each) in _LEAVES else _written_out(each) for name, each in vars(value).items()
        }
    if isinstance(value, tuple):
        return [_written_out(each) for each in value]
    if isinstance(value, dict):
        return {name: _written_out(each) for name, each in value.items()}
    return str(value.value) if isinstance(value, Enum) else value


def _parsed(path: str) -> Mapping[str, Any]:
    try:
        parsed: Any = jmespath.compile(path).parsed
    except JMESPathError as problem:
        raise NoSuchPath(f"{path!r} is no path ({str(problem).splitlines()[0][:80]})") from None
    except RecursionError:
        raise NoSuchPath("the path is nested too deep") from None
    found: Mapping[str, Any] = parsed
    return found


def _plain_names(node: Mapping[str, Any]) -> list[str] | None:
    if node["type"] == "field":
        return [node["value"]]
    if node["type"] != "subexpression":
        return None
    parts = [_plain_names(child) for child in node["children"]]
    return None if None in parts else [name for part in parts if part for name in part]


def _followed(node: Mapping[str, Any], found: Any) -> Any:
    kind, children = node["type"], node.get("children", ())
    if kind == "field":
        return _field(found, node["value"])
    if kind == "identity":
        return found
    if kind in ("subexpression", "index_expression", "pipe"):
        for child in children:
            found = _followed(child, found)
        return found
    if kind == "index":
        return _element(found)
    if kind in _LISTS:
        return _list(node, found)
    raise NoSuchPath(f"{kind.replace('_', ' ')} is not for mappings: a path only chooses, transforms change")


def _list(node: Mapping[str, Any], found: Any) -> Any:
    children: Sequence[Any] = node["children"]
    inner = _element(_followed(children[0], found))
    if node["type"] == "flatten":
        return inner if isinstance(inner, Several) else Several(inner)
    if node["type"] == "filter_projection":
        _check_filter(children[2], inner)
    return Several(_followed(children[1], inner))


def _check_filter(node: Mapping[str, Any], found: Any) -> None:
    kind, children = node["type"], node.get("children", ())
    if kind in ("and_expression", "or_expression", "not_expression"):
        for child in children:
            _check_filter(child, found)
        return
    if kind != "comparator" or node["value"] not in ("eq", "ne"):
        raise NoSuchPath("a filter compares texts by == or !=, for example [?sku == 'WINE']")
    for child in children:
        if child["type"] == "literal":
            fits = isinstance(child["value"], str)
        else:
            fits = _kind(_followed(child, found)) in _TEXTS
        if not fits:
            raise NoSuchPath("a filter compares only texts, for example [?sku == 'WINE']")


def _field(found: Any, name: str) -> Any:
    if isinstance(found, Several):
        raise NoSuchPath(f"{name}: there are several before it; write [0], [] or [*] after them")
    if isinstance(found, Mapping):
        if name not in found:
            raise NoSuchPath(f"a path begins with {' or '.join(found)}, not with {name}")
        return found[name]
    found = _bare(found)
    if get_origin(found) is dict:
        return get_args(found)[1]
    if not _is_model(found) or name not in found.model_fields:
        raise NoSuchPath(f"there is no {name}; there are {_names(found) or 'no fields here'}")
    return _typed(found.model_fields[name].annotation)


def _typed(annotation: Any) -> Any:
    bare = _bare(annotation)
    return Several(_typed(get_args(bare)[0])) if get_origin(bare) is tuple else bare


def _element(found: Any) -> Any:
    if not isinstance(found, Several):
        raise NoSuchPath("[…] is for lists, and this is none")
    return found.of


def _bare(annotation: Any) -> Any:
    """Return a type without None and without annotations."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (types.UnionType, Union):
        (inner,) = [each for each in get_args(annotation) if each is not types.NoneType]
        return _bare(inner)
    return annotation


def _kind(found: Any) -> Kind | None:
    bare = _bare(found)
    if not isinstance(bare, type):
        return None
    return next((kind for of, kind in _KINDS if issubclass(bare, of)), None)


def _is_model(found: Any) -> bool:
    return isinstance(found, type) and issubclass(found, BaseModel)


def _names(found: Any) -> str:
    return ", ".join(found.model_fields) if _is_model(found) else ""
