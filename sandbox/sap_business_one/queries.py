"""Lists: which rows, in which order, which properties of them, and how many on a page."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import quote, urlencode

from sandbox.sap_business_one.calls import Call
from sandbox.sap_business_one.entities import EntitySet
from sandbox.sap_business_one.errors import ServiceLayerError, bad_filter, bad_request
from sandbox.sap_business_one.filters import Filter, Getter, compile_filter
from sandbox.sap_business_one.properties import Property, Shape
from sandbox.sap_business_one.settings import Settings
from sandbox.sap_business_one.wire import Row

_PLAIN = frozenset({"text", "whole", "number", "date", "time", "enum"})
_INDEXED = frozenset({"text", "whole", "date", "enum"})


class ShapeNames:
    """The properties of one type, as a filter may name them: no path into a collection or an object."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape

    def find(self, path: str) -> tuple[Property, Getter]:
        """Return a property and how to read it."""
        known = self._shape.properties.get(path)
        if known is None or known.kind not in _PLAIN:
            raise bad_filter(f"Property '{path}' is invalid")
        unset = self._shape.unset(path)
        return known, lambda row: row.get(path, unset)

    def unknown_function(self, name: str) -> ServiceLayerError:
        """Return the refusal of a function: the service takes its name for a property."""
        return bad_request(f"Property '{name}' of '{self._shape.name}' is invalid")


@dataclass(frozen=True)
class Page:
    """One page of a list. `next_skip` is None on the last one."""

    rows: list[Row]
    next_skip: int | None


def select_names(shape: Shape, text: str | None) -> list[str] | None:
    """Return the chosen properties, None for all; an unknown one refuses the whole request."""
    names = [name.strip() for name in (text or "").split(",") if name.strip()]
    if not names or names == ["*"]:
        return None
    return [shape.named(name).name for name in names]


def page_of(entities: EntitySet, call: Call, settings: Settings) -> Page:
    """Return the page of an entity set that a call asks for."""
    skip, top = call.number("$skip") or 0, call.number("$top")
    size = call.page_size(settings.page_size)
    limit = size if top is None or (size and size < top) else top
    found = matching_rows(entities, call)
    order = call.query.get("$orderby")
    if order:
        found = iter(_sorted(entities.shape, list(found), order))
    if not limit and top != 0:
        return Page(list(islice(found, skip, None)), None)
    rows = list(islice(found, skip, skip + limit + 1))
    more = len(rows) > limit and (top is None or top > limit)
    return Page(rows[:limit], skip + limit if more else None)


def matching_rows(entities: EntitySet, call: Call) -> Iterator[Row]:
    """Yield the rows that a call's filter lets through, in key order."""
    text = call.query.get("$filter")
    if not text:
        return map(entities.present, entities.table.rows())
    ignore_case = call.ignore_case or not entities.company.settings.case_sensitive
    condition = compile_filter(text, ShapeNames(entities.shape), ignore_case)
    rows = map(entities.present, _candidates(entities, condition))
    return (row for row in rows if condition.matches(row) is True)


def next_link(entities: EntitySet, call: Call, skip: int, settings: Settings) -> str:
    """Return the relative link to the next page; by default it loses every option but the skip."""
    options = {"$skip": str(skip)}
    if settings.next_link_keeps_options:
        options = {**call.query, **options}
    return f"{entities.name}?{urlencode(options, safe='$', quote_via=quote)}"


def _candidates(entities: EntitySet, condition: Filter) -> Iterable[Row]:
    """Return few rows that contain all matching ones: by an index, or by the key."""
    table, shape = entities.table, entities.shape
    for name, operator, value in condition.certain:
        if operator == "eq" and shape.properties[name].kind in _INDEXED and value != shape.unset(name):
            return table.rows_where(name, value)
    for name, operator, value in condition.certain:
        if entities.key == (name,) and operator in ("gt", "ge") and isinstance(value, int):
            return table.rows_after(value if operator == "gt" else value - 1)
    return table.rows()


def _sorted(shape: Shape, rows: list[Row], text: str) -> list[Row]:
    names = ShapeNames(shape)
    for part in reversed(text.split(",")):
        words = part.split()
        if not words or len(words) > 2 or (len(words) == 2 and words[1] not in ("asc", "desc")):
            raise bad_request("Invalid value for query option '$orderby'")
        _, get = names.find(words[0])
        rows.sort(key=_nulls_first(get), reverse=words[-1] == "desc")
    return rows


def _nulls_first(get: Getter) -> Any:
    def rank(row: Row) -> tuple[bool, Any]:
        value = get(row)
        return (value is not None, value)

    return rank
