"""What a mapping makes of one order, entry by entry, beside what another one made: for people."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from domain.mapping.apply import CompiledMapping, Lacking, Made
from domain.mapping.lines import BETWEEN
from domain.mapping.products import ErpItem
from domain.mapping.values import Value, as_text
from domain.model import Frozen
from domain.order import Order


class Change(StrEnum):
    """How a field differs from the version in force."""

    NONE = ""
    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"


class PreviewRow(Frozen):
    """One field: where (`document` or `line 2`), what was read, what is written, what it was before."""

    where: str
    target: str
    source: str = ""
    seen: str = ""
    value: str = ""
    note: str = ""
    change: Change = Change.NONE
    before: str = ""


def preview(
    mapping: CompiledMapping, order: Order, unknown: frozenset[str], before: CompiledMapping | None = None
) -> tuple[PreviewRow, ...]:
    """Return what each entry makes of an order; with `before`, each difference to that mapping is marked."""
    rows = _rows(mapping.steps(order, unknown), order)
    return _marked(rows, _rows(before.steps(order, unknown), order)) if before else tuple(rows.values())


def preview_item(
    mapping: CompiledMapping, item: ErpItem, before: CompiledMapping | None = None
) -> tuple[PreviewRow, ...]:
    """Return what each entry makes of an article of the ERP."""
    rows = _rows(((None, made) for made in mapping.of_item(item)[1]), None)
    if before is None:
        return tuple(rows.values())
    return _marked(rows, _rows(((None, made) for made in before.of_item(item)[1]), None))


Rows = dict[tuple[str | None, str], PreviewRow]


def _rows(steps: Iterable[tuple[str | None, Made]], order: Order | None) -> Rows:
    positions = {line.id: number for number, line in enumerate(order.lines, 1)} if order else {}
    whole = "document" if order else "product"
    found: Rows = {}
    for line_id, made in steps:
        where = whole if line_id is None else _place(line_id, positions)
        found[line_id, made.entry.target] = _row(where, made)
    return found


def _place(line_id: str, positions: Mapping[str, int]) -> str:
    if line_id in positions:
        return f"line {positions[line_id]}"
    # A part of a bundle has the id of its line, and its own number after it.
    whole, _, part = line_id.partition(BETWEEN)
    return f"line {positions.get(whole, whole)}, part {part}"


def _row(where: str, made: Made) -> PreviewRow:
    return PreviewRow(
        where=where,
        target=made.entry.target,
        source=", ".join(made.entry.sources),
        seen=_shown(made.seen),
        value=as_text(made.value),
        note=_note(made.lacking),
    )


def _note(lacking: Lacking | None) -> str:
    if lacking is None:
        return ""
    return f"the table {lacking.table} has no {lacking.value!r}: {lacking.then.value.replace('_', ' ')}"


def _shown(value: Value) -> str:
    return ", ".join(as_text(each) for each in value) if isinstance(value, tuple) else as_text(value)


def _marked(rows: Rows, before: Rows) -> tuple[PreviewRow, ...]:
    found = []
    for name, row in rows.items():
        old = before.get(name)
        if old is None:
            found.append(row.model_copy(update={"change": Change.NEW}))
        elif (old.value, old.note) != (row.value, row.note):
            found.append(row.model_copy(update={"change": Change.CHANGED, "before": old.value or old.note}))
        else:
            found.append(row)
    gone = (row for name, row in before.items() if name not in rows)
    found += [
        row.model_copy(update={"change": Change.GONE, "value": "", "before": row.value}) for row in gone
    ]
    return tuple(found)
