"""What is wrong with a mapping, before it is published: the place, the sentence, the fix."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from domain.faults import Fault, out_of_bounds
from domain.mapping.apply import default_value, models
from domain.mapping.model import (
    ANY_PAIR,
    Bundle,
    BundleWay,
    Entry,
    LinePolicies,
    LineWay,
    MappingSet,
    Missing,
    PairMapping,
    TableKind,
    ValueTable,
)
from domain.mapping.paths import NoSuchPath, shape_of
from domain.mapping.targets import HEADER, LINE, PRODUCT, kinds_of
from domain.mapping.transforms import DoesNotFit, shape_after
from domain.mapping.values import Kind, Shape
from domain.model import Frozen

TARGETS: Mapping[str, Mapping[str, tuple[Kind, ...]]] = {
    "header": HEADER,
    "lines": LINE,
    "products": PRODUCT,
}
_MOST_FAULTS = 50
_DEEPEST_BUNDLE = 10
_MOST_PARTS = 500
_KEYS: Mapping[TableKind, tuple[re.Pattern[str], str]] = {
    TableKind.COUNTRY: (re.compile("[A-Z]{2}"), "two capital letters, such as FR"),
    TableKind.TAX: (re.compile(r"\d{1,3}(\.\d{1,4})?"), "a rate in percent, such as 5.5"),
}


class Checked(Frozen):
    """A mapping as read, None where it could not be; and all that is wrong with it."""

    found: MappingSet | None = None
    faults: tuple[Fault, ...] = ()


def checked(content: object, pairs: Collection[str]) -> Checked:
    """Read and check a mapping's content, made of dicts, lists and texts. `pairs` are those there are."""
    try:
        found = MappingSet.model_validate(content)
    except ValidationError as problem:
        rows = problem.errors(include_url=False)
        faults = [_fault(row, content) for row in rows[:_MOST_FAULTS]]
        # Where a text or a list may stand, what is neither is told twice; the first tells more.
        return Checked(faults=tuple({fault.place: fault for fault in reversed(faults)}.values())[::-1])
    return Checked(found=found, faults=tuple(_faults(found, pairs))[:_MOST_FAULTS])


def _faults(found: MappingSet, pairs: Collection[str]) -> Iterator[Fault]:
    for name, table in found.tables.items():
        yield from _table_faults(f"tables.{name}", table)
    for name, mapping in found.pairs.items():
        place = f"pairs.{name}"
        if name != ANY_PAIR and name not in pairs:
            known = ", ".join((*sorted(pairs), f'"{ANY_PAIR}" for all'))
            yield Fault(place=place, sentence=f"there is no pair {name}", fix=f"Write one of: {known}.")
        yield from _mapping_faults(place, mapping, found.tables)


def _table_faults(place: str, table: ValueTable) -> Iterator[Fault]:
    if len(table.by_key) < len(table.values):
        fix = "Keep one of those that differ only by blanks or, with any_case, by upper and lower case."
        yield Fault(place=f"{place}.values", sentence="two values are the same", fix=fix)
    pattern, example = _KEYS.get(table.kind, (None, ""))
    for key in table.values if pattern else ():
        if pattern and not pattern.fullmatch(key.strip()):
            what = f"{key!r} is no value of a {table.kind.value} table"
            yield Fault(place=f"{place}.values", sentence=what, fix=f"Write {example}.")


def _mapping_faults(place: str, mapping: PairMapping, tables: Mapping[str, ValueTable]) -> Iterator[Fault]:
    for name, entries in mapping.lists():
        for number, entry in enumerate(entries):
            yield from _entry_faults(f"{place}.{name}.{number}", name, entry, tables)
        yield from _doubles(f"{place}.{name}", entries)
    yield from _policy_faults(f"{place}.policies", mapping.policies)


def _doubles(place: str, entries: Sequence[Entry]) -> Iterator[Fault]:
    seen: set[str] = set()
    for number, entry in enumerate(entries):
        if entry.target in seen:
            what = f"{entry.target} is filled by an entry before it"
            yield Fault(place=f"{place}.{number}.target", sentence=what, fix="Keep one of the two.")
        seen.add(entry.target)


def _entry_faults(place: str, name: str, entry: Entry, tables: Mapping[str, ValueTable]) -> Iterator[Fault]:
    kinds = kinds_of(entry.target, TARGETS[name])
    if not kinds:
        yield _unknown_target(place, name, entry.target)
        return
    try:
        shape = _shape(entry, models()[name])
    except _Wrong as wrong:
        yield Fault(place=f"{place}.{wrong.part}", sentence=str(wrong), fix=wrong.fix)
        return
    yield from _table_use_faults(place, entry, tables)
    if shape is not None:
        yield from _fit_faults(place, entry, shape, kinds)
    try:
        default_value(entry.default, kinds)
    except ValueError as problem:
        what = f"{entry.target} takes {kinds[0].value}, and {entry.default!r} is none ({problem})"
        yield Fault(place=f"{place}.default", sentence=what, fix=f"Write {kinds[0].value}.")


def _unknown_target(place: str, name: str, target: str) -> Fault:
    free = "features.NAME" if name == "products" else "U_NAME for a field of the company's own"
    known = ", ".join((*TARGETS[name], free))
    return Fault(
        place=f"{place}.target", sentence=f"there is no field {target} to fill", fix=f"Write one of: {known}."
    )


class _Wrong(ValueError):
    """What is wrong with a part of an entry, and the fix."""

    def __init__(self, part: str, sentence: str, fix: str) -> None:
        super().__init__(sentence)
        self.part, self.fix = part, fix


def _shape(entry: Entry, roots: Mapping[str, type[BaseModel]]) -> Shape | None:
    """Return what comes out of an entry's transforms; None for one that only has a default."""
    if not entry.sources:
        if not entry.default or entry.transforms or entry.table:
            raise _Wrong("source", "there is nothing to read", "Name a source, or write only a default.")
        return None
    try:
        shapes = [shape_of(path, roots) for path in entry.sources]
    except NoSuchPath as problem:
        raise _Wrong("source", str(problem), "Correct the path.") from None
    shape = shapes[0]
    if not isinstance(entry.source, str):
        kind = shape.kind if {each.kind for each in shapes} == {shape.kind} else Kind.TEXT
        shape = Shape(kind, many=True)
    for number, step in enumerate(entry.transforms):
        try:
            shape = shape_after(step, shape)
        except DoesNotFit as problem:
            fix = "Take it out, or put a transform before it that gives what it takes."
            raise _Wrong(f"transforms.{number}", str(problem), fix) from None
    if shape.many:
        fix = 'Join them, for example with join: ", ", or choose one by [0].'
        raise _Wrong("source", f"several values come out, and {entry.target} takes one", fix)
    return shape


def _table_use_faults(place: str, entry: Entry, tables: Mapping[str, ValueTable]) -> Iterator[Fault]:
    if entry.table and entry.table not in tables:
        fix = f"Write one of: {', '.join(tables)}." if tables else "Add the table under tables."
        yield Fault(place=f"{place}.table", sentence=f"there is no table {entry.table}", fix=fix)
    if entry.missing is not Missing.HOLD and not entry.table:
        what = "missing says what a value does that a table lacks, and no table is named"
        yield Fault(place=f"{place}.missing", sentence=what, fix="Name a table, or leave missing out.")
    if entry.missing is Missing.DEFAULT and not entry.default:
        what = "the default is to be written, and there is none"
        yield Fault(place=f"{place}.missing", sentence=what, fix="Add a default, or write hold or leave_out.")


def _fit_faults(place: str, entry: Entry, shape: Shape, kinds: tuple[Kind, ...]) -> Iterator[Fault]:
    kind = Kind.TEXT if entry.table else shape.kind
    if kind not in kinds:
        what = f"{entry.target} takes {' or '.join(kinds)}, and this gives {kind.value}"
        fix = f"Read another path, or fill a field that takes {kind.value}."
        yield Fault(place=f"{place}.source", sentence=what, fix=fix)


def _policy_faults(place: str, policies: LinePolicies) -> Iterator[Fault]:
    for name in ("without_sku", "unknown_sku", "gift_cards"):
        policy = getattr(policies, name)
        if (policy.do in (LineWay.PLACEHOLDER, LineWay.CHARGE)) != bool(policy.item):
            what = "a placeholder needs the article that is posted, a charge its code, no other one"
            fix = "Name it as item with do: placeholder or charge, or leave both out."
            yield Fault(place=f"{place}.{name}.item", sentence=what, fix=fix)
    if policies.gift_cards.do is LineWay.TEXT:
        what = "a gift card costs something, and a text carries no amount"
        yield Fault(place=f"{place}.gift_cards.do", sentence=what, fix="Write hold or placeholder.")
    for sku, bundle in policies.bundles.items():
        where = f"{place}.bundles.{sku}"
        yield from _bundle_faults(where, bundle)
        yield from _nesting_faults(where, sku, policies.bundles)


def _bundle_faults(place: str, bundle: Bundle) -> Iterator[Fault]:
    if (bundle.do is BundleWay.PARENT) == bool(bundle.parts):
        what = "only a bundle that is written as itself has no parts"
        yield Fault(place=f"{place}.parts", sentence=what, fix="List its parts, or write do: parent.")
    shares = [part.share for part in bundle.parts if part.share is not None]
    if shares and (len(shares) < len(bundle.parts) or not any(shares)):
        what = "the price cannot be split: each part needs a share, and one of them above zero"
        yield Fault(place=f"{place}.parts", sentence=what, fix="Give each part a share, or none of them.")


def _nesting_faults(place: str, sku: str, bundles: Mapping[str, Bundle]) -> Iterator[Fault]:
    """Follow a bundle's parts down: no bundle may contain itself, and none be too large."""
    front: list[tuple[str, ...]] = [(sku,)]
    count = 0
    while front:
        path = front.pop()
        bundle = bundles.get(path[-1])
        parts = bundle.parts if bundle and bundle.do is BundleWay.EXPLODE else ()
        count += len(parts)
        circle = next((part.sku for part in parts if part.sku in path), "")
        if circle or len(path) > _DEEPEST_BUNDLE or count > _MOST_PARTS:
            what = f"{' → '.join((*path, circle or '…'))}: the bundle "
            what += "contains itself" if circle else "is opened into too many parts"
            yield Fault(place=f"{place}.parts", sentence=what, fix="List the articles that are sent.")
            return
        front += [(*path, part.sku) for part in parts]


def _fault(row: ErrorDetails, content: object) -> Fault:
    place = _place(row["loc"], content, is_missing=row["type"] == "missing")
    sentence, fix = _SAID.get(row["type"]) or out_of_bounds(row) or (row["msg"], "Correct the value.")
    if row["type"] == "value_error":
        sentence = row["msg"].removeprefix("Value error, ")
    if row["type"] == "enum":
        sentence, fix = "this is not known", f"Write one of: {row.get('ctx', {}).get('expected', '')}."
    if row["type"] == "transform":
        sentence, _, fix = row["msg"].partition("; ")
        fix = f"{fix[0].upper()}{fix[1:]}."
    return Fault(place=place, sentence=sentence, fix=fix)


def _place(location: tuple[int | str, ...], content: Any, *, is_missing: bool) -> str:
    """Return the place in the file: what a checker adds of its own is left out."""
    parts: list[str] = []
    for number, part in enumerate(location):
        lacking = is_missing and number == len(location) - 1
        inside = isinstance(content, dict) and part in content
        listed = isinstance(content, list) and isinstance(part, int) and part < len(content)
        if inside or listed:
            content = content[part]
        elif not lacking:
            continue
        parts.append(str(part))
    return ".".join(parts)


_SAID = {
    "extra_forbidden": ("there is no such field here", "Take it out, or look how it is spelled."),
    "missing": ("this is missing", "Add it."),
    "string_type": ("this is not a text", "Write a text."),
    "dict_type": ("this is not a group of fields", "Write names with values under it."),
    "model_type": ("this is not a group of fields", "Write names with values under it."),
    "tuple_type": ("this is not a list", "Write a list, each entry after a dash."),
    "int_parsing": ("this is not a whole number", "Write a whole number."),
}
