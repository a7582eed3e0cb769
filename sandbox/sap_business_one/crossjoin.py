"""`$crossjoin` of a document set with its lines: the way to documents by what is on their lines."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.sap_business_one.calls import Call
from sandbox.sap_business_one.documents import Documents
from sandbox.sap_business_one.entities import EntitySet
from sandbox.sap_business_one.errors import ServiceLayerError, bad_filter, bad_request
from sandbox.sap_business_one.filters import Filter, Getter, compile_filter
from sandbox.sap_business_one.properties import Property, Shape
from sandbox.sap_business_one.wire import Row

if TYPE_CHECKING:
    from sandbox.sap_business_one.company import Company

PATH = re.compile(r"\$crossjoin\(\s*(?P<set>\w+)\s*,\s*(?P<again>\w+)/(?P<list>\w+)\s*\)")
_EXPAND = re.compile(r"\s*(?P<path>\w+(?:/\w+)?)\s*(?:\(\s*\$select\s*=\s*(?P<names>[^)]*)\))?\s*(?:,|$)")
_JOIN = re.compile(r"\b(\w+)/DocEntry\s+eq\s+\1/(\w+)/DocEntry\b")


@dataclass(frozen=True)
class _Side:
    """One side of the join: its path in the request and its type."""

    path: str
    shape: Shape


class _JoinedNames:
    """The properties of both sides, each under its own path."""

    def __init__(self, sides: tuple[_Side, _Side]) -> None:
        self._sides = sorted(sides, key=lambda side: -len(side.path))

    def find(self, path: str) -> tuple[Property, Getter]:
        """Return a property of one side and how to read it from a joined row."""
        for side in self._sides:
            name = path.removeprefix(f"{side.path}/")
            known = side.shape.properties.get(name)
            if name != path and known is not None:
                return known, _reader(side.path, name, side.shape.unset(name))
        raise bad_filter(f"Property '{path}' is invalid")

    def unknown_function(self, name: str) -> ServiceLayerError:
        """Return the refusal of a function."""
        return bad_filter(f"Property '{name}' is invalid")


def _reader(side: str, name: str, unset: Any) -> Getter:
    return lambda row: row[side].get(name, unset)


def joined(company: "Company", call: Call) -> str:
    """Return the JSON document that answers a cross join, one row for each line that matches."""
    match = PATH.fullmatch(call.path)
    if match is None or match["set"] != match["again"]:
        raise bad_request("Unrecognized resource path.")
    entities = company.set_of(match["set"])
    collection = entities.shape.properties.get(match["list"])
    if collection is None or collection.kind != "list":
        raise bad_request(f"Property '{match['list']}' of '{entities.shape.name}' is invalid")
    lines = _Side(f"{entities.name}/{collection.name}", company.shapes[collection.of])
    sides = (_Side(entities.name, entities.shape), lines)
    chosen = _expanded(sides, call.query.get("$expand", ""))
    rows = list(_matching(entities, sides, call))
    skip, size = call.number("$skip") or 0, call.page_size(company.settings.page_size)
    end = skip + size if size else len(rows)
    value = ",".join(_written(row, sides, chosen) for row in rows[skip:end])
    link = f',"@odata.nextLink":"{call.path}?$skip={end}"' if end < len(rows) else ""
    return f'{{"@odata.context":"{call.root}$metadata#Collection(Edm.ComplexType)","value":[{value}]{link}}}'


def _matching(entities: EntitySet, sides: tuple[_Side, _Side], call: Call) -> Iterator[Row]:
    text = call.query.get("$filter", "")
    if not _JOIN.search(text):
        raise bad_request("The cross join needs the condition that joins both sides by DocEntry")
    condition = compile_filter(text, _JoinedNames(sides), call.ignore_case)
    header, lines = sides
    collection = lines.path.partition("/")[2]
    for row in _candidates(entities, f"{lines.path}/BaseEntry", condition):
        for line in row.get(collection) or ():
            pair = {header.path: row, lines.path: line}
            if condition.matches(pair) is True:
                yield pair


def _candidates(entities: EntitySet, base: str, condition: Filter) -> Iterable[Row]:
    """Return few documents that contain all matching ones, where the filter names the base document."""
    for name, operator, value in condition.certain:
        if name == base and operator == "eq" and isinstance(entities, Documents):
            return entities.based_on(value)
    return entities.table.rows()


def _expanded(sides: tuple[_Side, _Side], text: str) -> dict[str, list[str]]:
    chosen: dict[str, list[str]] = {}
    for match in _EXPAND.finditer(text):
        names = [name.strip() for name in (match["names"] or "").split(",") if name.strip()]
        for side in sides:
            if side.path == match["path"]:
                chosen[side.path] = [side.shape.named(name).name for name in names]
    if not chosen:
        raise bad_request("The cross join needs $expand with the properties of each side")
    return chosen


def _written(row: Row, sides: tuple[_Side, _Side], chosen: dict[str, list[str]]) -> str:
    parts = [
        f'"{side.path}":{{{side.shape.write_only(row[side.path], chosen[side.path])}}}'
        for side in sides
        if side.path in chosen
    ]
    return "{" + ",".join(parts) + "}"
