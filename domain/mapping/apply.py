"""Put an order through a mapping: what each entry makes of it, and what the value tables lacked.

Deterministic: the order, the version of the mapping and the articles the ERP did not know decide all of it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import NamedTuple

from pydantic import BaseModel, Field

from domain.mapping import transforms
from domain.mapping.lines import Rearranged, TextLine, rearranged
from domain.mapping.model import Entry, LinePolicies, LineWay, MappingSet, Missing, PairMapping, ValueTable
from domain.mapping.paths import Roots, reader
from domain.mapping.products import ErpItem, StoreProduct
from domain.mapping.targets import HEADER, LINE, PRODUCT, SKU, is_text
from domain.mapping.values import FieldValue, Kind, Scalar, Value, as_text, is_empty, table_key
from domain.model import Frozen
from domain.money import exact
from domain.order import Order, OrderLine

_NONE = LinePolicies()


class Lacking(Frozen):
    """A value that a value table lacks: where it was met, and what became of it."""

    table: str
    value: str
    target: str
    position: int = Field(default=0, description="The line of the store's order; 0: of the document.")
    then: Missing


@dataclass(frozen=True)
class Mapped:
    """An order put through a mapping: for each target filled its value, of lines by their ids."""

    order: Order
    header: Mapping[str, FieldValue]
    lines: Mapping[str, Mapping[str, FieldValue]]
    texts: tuple[TextLine, ...] = ()
    lacking: tuple[Lacking, ...] = ()
    gift_cards: tuple[OrderLine, ...] = ()

    @property
    def holding(self) -> tuple[Lacking, ...]:
        """What was lacking and stops the order."""
        return tuple(each for each in self.lacking if each.then is Missing.HOLD)


class Made(NamedTuple):
    """What one entry read, and what it made of it."""

    entry: Entry
    seen: Value
    value: Scalar
    lacking: Lacking | None = None


class _Compiled:
    """One entry, ready to run."""

    def __init__(
        self, entry: Entry, tables: Mapping[str, ValueTable], targets: Mapping[str, tuple[Kind, ...]]
    ) -> None:
        self.entry = entry
        readers = [reader(path) for path in entry.sources]
        self._read = readers[0] if isinstance(entry.source, str) else _together(readers)
        self._steps = [transforms.runner(step) for step in entry.transforms]
        self._table = tables[entry.table] if entry.table else None
        self._as_text = is_text(entry.target, targets)
        self._default = _default_of(entry, targets)

    def make(self, roots: Roots, position: int = 0) -> Made:
        """Read, transform and translate one value."""
        seen = value = self._read(roots)
        for step in self._steps:
            value = step(value)
        made: Scalar = None if isinstance(value, tuple) or is_empty(value) else value
        if made is None:
            return Made(self.entry, seen, self._default)
        if self._table is not None:
            return self._translated(seen, made, position)
        return Made(self.entry, seen, as_text(made) if self._as_text else made)

    def _translated(self, seen: Value, made: Scalar, position: int) -> Made:
        table, text, entry = self._table, table_key(made), self.entry
        found = table.by_key.get(table.key(text)) if table else None
        if found is not None:
            return Made(entry, seen, found or self._default)
        lacking = Lacking(
            table=entry.table, value=text[:100], target=entry.target, position=position, then=entry.missing
        )
        return Made(entry, seen, self._default if entry.missing is Missing.DEFAULT else None, lacking)


def _together(readers: Sequence[Callable[[Roots], Value]]) -> Callable[[Roots], Value]:
    def read(roots: Roots) -> Value:
        found: list[Scalar] = []
        for each in readers:
            value = each(roots)
            found += value if isinstance(value, tuple) else (value,)
        return tuple(found) or None

    return read


def default_value(text: str, kinds: Sequence[Kind]) -> Scalar:
    """Read an entry's default as its target takes it. Raises `ValueError` where it cannot be."""
    if not text:
        return None
    if Kind.TEXT in kinds:
        return text
    if Kind.NUMBER in kinds:
        return exact(text)
    if Kind.YES_NO in kinds:
        if text not in ("yes", "no"):
            raise ValueError("write yes or no")
        return text == "yes"
    return date.fromisoformat(text)


def _default_of(entry: Entry, targets: Mapping[str, tuple[Kind, ...]]) -> Scalar:
    return default_value(entry.default, targets.get(entry.target, (Kind.TEXT,)))


class CompiledMapping:
    """The mapping of one pair, of one version, ready to run. Never changes."""

    def __init__(self, mapping: PairMapping, tables: Mapping[str, ValueTable]) -> None:
        self._policies = mapping.policies
        self._header = [_Compiled(entry, tables, HEADER) for entry in mapping.header]
        lines = [_Compiled(entry, tables, LINE) for entry in mapping.lines]
        self._skus = [each for each in lines if each.entry.target == SKU]
        self._lines = [each for each in lines if each.entry.target != SKU]
        self._products = [_Compiled(entry, tables, PRODUCT) for entry in mapping.products]

    @classmethod
    def of(cls, found: MappingSet, pair: str) -> "CompiledMapping":
        """Compile the mapping of one pair."""
        return cls(found.of(pair), found.tables)

    @property
    def replaces_unknown(self) -> bool:
        """Whether articles that the ERP does not know are written otherwise."""
        return self._policies.unknown_sku.do is not LineWay.HOLD

    def articles(self, mapped: Mapped) -> tuple[str, ...]:
        """Return the ERP's articles that an order put through may need, each once."""
        skus = [line.sku for line in mapped.order.lines if line.sku]
        spare = self._policies.unknown_sku.item
        return tuple(dict.fromkeys([*skus, *([spare] if spare else [])]))

    def of_order(self, order: Order, unknown: frozenset[str] = frozenset()) -> Mapped:
        """Put an order through. `unknown` are articles that the ERP was asked for and does not know."""
        skus = self._own_skus(order)
        found = self._rearranged(order, skus, unknown)
        header, made_lines = self._made(found)
        lacking = [made.lacking for made in (*chain(*skus), *header) if made.lacking]
        lines: dict[str, dict[str, FieldValue]] = {
            line_id: {"description": said} for line_id, said in found.descriptions.items()
        }
        for line_id, made in made_lines:
            lacking += [each.lacking for each in made if each.lacking]
            lines[line_id] = lines.get(line_id, {}) | _values(made)
        return Mapped(
            order=found.order,
            header=_values(header),
            lines=lines,
            texts=found.texts,
            lacking=tuple(lacking),
            gift_cards=found.gift_cards,
        )

    def steps(self, order: Order, unknown: frozenset[str] = frozenset()) -> Iterator[tuple[str | None, Made]]:
        """Yield what each entry makes of an order, with the id of its line, None for the document."""
        skus = self._own_skus(order)
        for line, made in zip(order.lines, skus, strict=True):
            yield from ((line.id, each) for each in made)
        header, lines = self._made(self._rearranged(order, skus, unknown))
        yield from ((None, each) for each in header)
        yield from ((line_id, each) for line_id, made in lines for each in made)

    def of_item(self, item: ErpItem) -> tuple[StoreProduct, tuple[Made, ...]]:
        """Return the store's product that an article becomes, and what each entry made."""
        roots = Roots({"item": item})
        made = tuple(each.make(roots) for each in self._products)
        values = _values(made)
        features = {
            target.partition(".")[2]: as_text(value) for target, value in values.items() if "." in target
        }
        plain = {target: value for target, value in values.items() if "." not in target}
        return StoreProduct.model_validate({**plain, "features": features}), made

    def _rearranged(
        self, order: Order, skus: Sequence[Sequence[Made]], unknown: frozenset[str]
    ) -> Rearranged:
        if not self._skus and self._policies == _NONE:
            return Rearranged(order=order)
        found = zip(order.lines, skus, strict=True)
        named = {line.id: as_text(each.value) for line, made in found for each in made if each.value}
        return rearranged(order, self._policies, named, unknown)

    def _own_skus(self, order: Order) -> list[list[Made]]:
        if not self._skus:
            return [[] for _ in order.lines]
        outer = Roots({"order": order})
        return [
            [each.make(Roots({"line": line}, outer), position) for each in self._skus]
            for position, line in enumerate(order.lines, 1)
        ]

    def _made(self, found: Rearranged) -> tuple[list[Made], list[tuple[str, list[Made]]]]:
        outer = Roots({"order": found.order})
        header = [each.make(outer) for each in self._header]
        lines = [
            (line.id, [each.make(roots, line.position or number) for each in self._lines])
            for number, line in enumerate(found.order.lines if self._lines else (), 1)
            for roots in (Roots({"line": line}, outer),)
        ]
        return header, lines


def _values(made: Sequence[Made]) -> dict[str, FieldValue]:
    return {each.entry.target: each.value for each in made if each.value is not None and each.value != ""}


def models() -> Mapping[str, Mapping[str, type[BaseModel]]]:
    """Return what paths of each list of entries may begin with."""
    return {
        "header": {"order": Order},
        "lines": {"line": OrderLine, "order": Order},
        "products": {"item": ErpItem},
    }
