"""Lists: which rows a call asks for, which of their fields, in which order and how many.

Source: the list parameters of PrestaShop 8.2's webservice, and the SQL it makes of them. What is compared is
what MySQL would compare: numbers as numbers, text without regard to case and trailing blanks.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sandbox.prestashop.errors import WebserviceError, did_you_mean
from sandbox.prestashop.fields import Field, Resource
from sandbox.prestashop.kinds import leading_integer
from sandbox.prestashop.tables import Row, Table

Test = Callable[[Row], bool]
Display = Mapping[str, tuple[str, ...] | None]
"""Fields to show; an association's wanted sub-fields, or None for a plain field."""

_DATES = ("date_add", "date_upd")
_FILTER = re.compile(r"filter\[(\w+)\](\[\w+\])?")
_BRACKETS = re.compile(r"(.*)\[(.*)\](.*)", re.DOTALL)
_INTERVAL = re.compile(r"([\d.:\-\s]+),([\d.:\-\s]+)")


@dataclass(frozen=True)
class Condition:
    """One filter. Where only certain values of a field fit, `values` names them: an index can help then."""

    holds: Test
    name: str = ""
    values: frozenset[Any] | None = None


@dataclass(frozen=True)
class ListQuery:
    """A list as asked for; `display` None means ids only, "full" everything."""

    conditions: tuple[Condition, ...]
    display: Display | str | None
    sort: tuple[tuple[Field, bool], ...]
    offset: int
    count: int | None

    def select(self, table: Table, seen: Test) -> list[Row]:
        """Return the rows asked for, of those that are seen, in the order asked for."""
        tests = [seen, *(condition.holds for condition in self.conditions)]
        found = [row for row in self._candidates(table) if all(test(row) for test in tests)]
        found.sort(key=lambda row: int(row["id"]))
        for field, descending in reversed(self.sort):
            found.sort(key=partial(_sort_key, field), reverse=descending)
        end = None if self.count is None else self.offset + self.count
        return found[self.offset : end]

    def _candidates(self, table: Table) -> Iterable[Row]:
        """Return few rows where an index knows them, else all."""
        for condition in self.conditions:
            if condition.values is not None:
                known = table.candidates(condition.name, condition.values)
                if known is not None:
                    return known
        return table.rows.values()


def read_list_query(resource: Resource, parameters: Iterable[tuple[str, str]]) -> ListQuery:
    """Read the parameters of a list. Raises `WebserviceError` (29 to 39) for what the shop refuses."""
    given = list(parameters)
    single = dict(given)
    dated = single.get("date", "") not in ("", "0")
    conditions = tuple(_filters(resource, given, dated))
    display = read_display(resource, single.get("display"))
    sort = _sort(resource, single["sort"], dated) if "sort" in single else ()
    offset, count = _limit(single["limit"]) if "limit" in single else (0, None)
    return ListQuery(conditions, display, sort, offset, count)


def read_display(resource: Resource, wanted: str | None) -> Display | str | None:
    """Read `display`: None, "full", or the fields and sub-fields named in brackets."""
    if wanted is None or wanted == "minimum":
        return None
    if wanted == "full":
        return wanted
    available = ", ".join(resource.fields)
    brackets = re.fullmatch(r"\[(.*)\]", wanted)
    if brackets is None:
        raise WebserviceError(
            400,
            36,
            "The 'display' syntax is wrong. You can set 'full' or '[field_1,field_2,field_3,...]'. "
            f"These are available: {available}",
        )
    fields: dict[str, tuple[str, ...] | None] = {}
    for name, listed in re.findall(r"\s*(\w+)\s*(?:\[([^\]]*)\])?", brackets[1]):
        fields[name] = tuple(listed.split(",")) if listed else None
        if not _displayable(resource, name, fields[name]):
            text = f'Unable to display this field "{name}". However, these are available: {available}'
            raise WebserviceError(400, 35, text)
    return fields


def _displayable(resource: Resource, name: str, parts: tuple[str, ...] | None) -> bool:
    if parts is None:
        return name in resource.fields
    known = resource.associations.get(name)
    return known is not None and all(part == "id" or part in known.fields for part in parts)


def _filters(resource: Resource, parameters: Iterable[tuple[str, str]], dated: bool) -> Iterable[Condition]:
    available = [
        name
        for name, field in resource.fields.items()
        if not field.localised and (dated or name not in _DATES)
    ]
    for parameter, value in parameters:
        found = _FILTER.fullmatch(parameter)
        if found is None or found[1] in ("sort", "limit"):
            continue
        name = found[1]
        if found[2]:
            raise WebserviceError(400, 31, "There is no existing linked table for this resource")
        field = resource.fields.get(name)
        if field is None or (name not in available and not field.localised):
            raise did_you_mean(400, "This filter does not exist", name, available, 32)
        if not value:
            raise WebserviceError(400, 33, f'The filter "{name}" is malformed.')
        if field.dynamic:
            text = f'The field "{name}" is dynamic. It is not possible to filter GET query with this field.'
            raise WebserviceError(400, 34, text)
        condition = _condition(field, value)
        if condition is not None:
            yield condition


def _condition(field: Field, written: str) -> Condition | None:
    """Make the condition of one filter; None for an operator the shop does not know: it asks for nothing."""
    brackets = _BRACKETS.fullmatch(written)
    if brackets is None:
        return _one_of(field, [written])
    before, inside, after = brackets.groups()
    if before == "%" or after == "%":
        return _like(field, before + inside + after)
    if before == after == "":
        return _inside(field, inside)
    if before == ">":
        operand = field.comparable(inside)
        return _any_value(field, lambda value: value > operand)
    if before == "<":
        operand = field.comparable(inside)
        return _any_value(field, lambda value: value < operand)
    if before == "!":
        unwanted = {field.comparable(one) for one in inside.split("|")}
        return _any_value(field, lambda value: value not in unwanted)
    return None


def _inside(field: Field, inside: str) -> Condition:
    """One value, one of several, or an interval that includes both its ends."""
    if inside.find("|") > 0:
        return _one_of(field, inside.split("|"))
    interval = _INTERVAL.fullmatch(inside)
    if interval is None:
        return _one_of(field, [inside])
    low, high = sorted(field.comparable(part) for part in interval.groups())
    return _any_value(field, lambda value: low <= value <= high)


def _one_of(field: Field, wanted: Iterable[str]) -> Condition:
    values = frozenset(field.comparable(one) for one in wanted)
    test = _any_value(field, lambda value: value in values).holds
    return Condition(test, field.name, None if field.localised else values)


def _any_value(field: Field, holds: Callable[[Any], bool]) -> Condition:
    """Look at a field's value, or at each language's."""
    return Condition(lambda row: any(holds(field.comparable(value)) for value in _values(row, field)))


def _like(field: Field, pattern: str) -> Condition:
    wildcards = {"%": ".*", "_": "."}
    expression = re.compile(
        "".join(wildcards.get(character, re.escape(character)) for character in pattern),
        re.IGNORECASE | re.DOTALL,
    )
    return Condition(
        lambda row: any(expression.fullmatch(field.kind.show(value)) for value in _values(row, field))
    )


def _values(row: Row, field: Field) -> Iterable[Any]:
    return row[field.name].values() if field.localised else (row[field.name],)


def _sort(resource: Resource, written: str, dated: bool) -> tuple[tuple[Field, bool], ...]:
    brackets = re.fullmatch(r"\[(.*)\]", written)
    sorts = []
    for word in (brackets[1] if brackets else written).split(","):
        name, _, direction = word.rpartition("_")
        if direction.upper() not in ("ASC", "DESC") or not name:
            raise WebserviceError(
                400,
                37,
                'The "sort" value has to be formed as this example: "field_ASC" or '
                "'[field_1_DESC,field_2_ASC,field_3_ASC,...]' (\"field\" has to be an available field)",
            )
        field = resource.fields.get(name)
        if field is None or (name in _DATES and not dated):
            available = ", ".join(each for each in resource.fields if dated or each not in _DATES)
            text = f"Unable to filter by this field. However, these are available: {available}"
            raise WebserviceError(400, 38, text)
        sorts.append((field, direction.upper() == "DESC"))
    return tuple(sorts)


def _sort_key(field: Field, row: Row) -> Any:
    return min(field.comparable(value) for value in _values(row, field))


def _limit(written: str) -> tuple[int, int]:
    parts = written.split(",")
    if len(parts) > 2:
        raise WebserviceError(400, 39, 'The "limit" value has to be formed as this example: "5,25" or "10"')
    numbers = [max(leading_integer(part), 0) for part in parts]
    return (numbers[0], numbers[1]) if len(numbers) == 2 else (0, numbers[0])
