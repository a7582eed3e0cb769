"""`waybill map …`: check a mapping, see what it makes of an order, publish it, and what its tables lack."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from activities.mappings import MAPPING, NO_MAPPING
from domain.mapping.apply import CompiledMapping
from domain.mapping.check import checked
from domain.mapping.model import MappingSet, ValueTable
from domain.mapping.preview import Change, PreviewRow, preview_item
from domain.mapping.products import ErpItem
from domain.order import Order
from domain.policy import Pair
from records.unmapped import UnmappedValue
from starter.cli.codes import Code
from starter.cli.output import err, out, say_json, table
from starter.cli.session import one_order
from starter.cli.sets import File, Json, add_set_commands, settled, show_findings, written_set
from starter.composition import Waybill
from starter.files import WrittenFile
from starter.mapping_checkup import missing_fields
from starter.mapping_preview import Previewed, previewed, read_as
from starter.publishing import Findings

app = typer.Typer(help="What of an order goes where in the ERP.", no_args_is_help=True)
add_set_commands(app, MAPPING)

PairName = Annotated[str, typer.Option("--pair", help="The pair; without one, that of the order's store.")]
_COLOURS = {Change.NEW: "green", Change.CHANGED: "yellow", Change.GONE: "red"}


@app.command()
def fields(path: File) -> None:
    """Ask the ERPs whether they have each field that a mapping fills."""
    written, body = written_set(path)

    async def ask(waybill: Waybill) -> Findings:
        found = _right(written, body, waybill)
        return Findings(faults=tuple([fault async for fault in missing_fields(waybill, found)]))

    show_findings(written, settled(ask))
    out.print("The ERPs have each field.")


def _right(written: WrittenFile, body: object, waybill: Waybill) -> MappingSet:
    """Read a mapping; leave with what is wrong with it."""
    result = checked(body, waybill.configuration.pairs)
    show_findings(written, Findings(faults=result.faults))
    if result.found is None:
        raise RuntimeError("what cannot be read has faults")
    return result.found


@app.command()
def preview(
    wanted: Annotated[str, typer.Argument(help="An order (connection:id or a number), or a file with one.")],
    draft: Annotated[
        Path | None, typer.Option("--mapping", help="A file, compared with the version in force.")
    ] = None,
    pair: PairName = "",
    product: Annotated[
        bool, typer.Option("--product", help="The file holds an article of the ERP, for a store's product.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show an order beside the document it would become, with what each entry makes. Nothing is sent."""

    in_file = Path(wanted).is_file()

    async def look(waybill: Waybill) -> Previewed | tuple[PreviewRow, ...]:
        if product:
            item: ErpItem = read_as(Path(wanted), ErpItem)
            mapping, before = await _mappings(waybill, draft, _pair(waybill, pair, "").name)
            return preview_item(mapping, item, before)
        order, from_store = await _order(waybill, wanted, is_file=in_file)
        found = _pair(waybill, pair, order.connection)
        mapping, before = await _mappings(waybill, draft, found.name)
        erp = waybill.systems.erp(found.erp)
        return await previewed(order, found, erp, mapping, before=before, ask_erp=from_store)

    found = settled(look)
    if isinstance(found, Previewed):
        _show(found, as_json=as_json)
    elif as_json:
        say_json([row.model_dump(mode="json") for row in found])
    else:
        _show_rows(found)


async def _order(waybill: Waybill, wanted: str, *, is_file: bool) -> tuple[Order, bool]:
    if is_file:
        order: Order = read_as(Path(wanted), Order)
        return order, False
    view = await one_order(waybill, wanted)
    return await waybill.systems.store(view.connection).read_order(view.store_order_id), True


def _pair(waybill: Waybill, name: str, store: str) -> Pair:
    pairs = waybill.configuration.pairs
    if name in pairs:
        return pairs[name]
    fitting = [each for each in pairs.values() if not name and (each.store == store or len(pairs) == 1)]
    if not fitting:
        err.print(f"Name a pair by --pair; there are {', '.join(pairs)}.", markup=False)
        raise typer.Exit(Code.NOT_FOUND)
    return fitting[0]


async def _mappings(
    waybill: Waybill, draft: Path | None, pair: str
) -> tuple[CompiledMapping, CompiledMapping | None]:
    """Return the mapping to show, and the one in force where another is shown."""
    current = await waybill.published.current(MAPPING)
    in_force = CompiledMapping.of(MappingSet.model_validate(current.body), pair) if current else NO_MAPPING
    if draft is None:
        return in_force, None
    return CompiledMapping.of(_right(*written_set(draft), waybill), pair), in_force


def _show(found: Previewed, *, as_json: bool) -> None:
    if as_json:
        say_json(
            {
                "order": found.order.model_dump(mode="json"),
                "document": found.document,
                "fields": [row.model_dump(mode="json") for row in found.rows],
                "lacking": [row.model_dump(mode="json") for row in found.lacking],
                "problem": found.problem,
            }
        )
        return
    beside = table("the order", "", "the document", "")
    left = list(_flat(found.order.model_dump(mode="json")))
    right = list(_flat(found.document))
    for number in range(max(len(left), len(right))):
        cells = [*(left[number : number + 1] or [("", "")]), *(right[number : number + 1] or [("", "")])]
        beside.add_row(*(Text(text) for pair in cells for text in pair))
    out.print(beside)
    _show_rows(found.rows)
    if found.problem:
        out.print(Text(found.problem, style="bold yellow"))


def _flat(content: object, path: str = "") -> Iterable[tuple[str, str]]:
    if isinstance(content, Mapping):
        for name, each in content.items():
            yield from _flat(each, f"{path}.{name}" if path else str(name))
    elif isinstance(content, Sequence) and not isinstance(content, str):
        for number, each in enumerate(content):
            yield from _flat(each, f"{path}.{number}")
    elif content not in (None, ""):
        yield path, str(content)


def _show_rows(rows: Sequence[PreviewRow]) -> None:
    """Print what each entry makes, a line each: where, the field, its value, where it was read."""
    for row in rows:
        read = f" ← {row.source}" if row.source else ""
        seen = f" ({row.seen})" if row.seen and row.seen != row.value else ""
        against = (
            f"; {row.change.value}{f', was {row.before}' if row.before else ''}" if row.change.value else ""
        )
        said = row.note or row.value or "nothing"
        out.print(
            Text(
                f"{row.where}: {row.target} = {said}{read}{seen}{against}", style=_COLOURS.get(row.change, "")
            )
        )
    if not rows:
        out.print("The mapping fills no field.")


@app.command()
def missing(pair: PairName = "", as_json: Json = False) -> None:
    """List the values that value tables lacked, the most frequent first."""

    async def look(waybill: Waybill) -> list[UnmappedValue]:
        current = await waybill.published.current(MAPPING)
        tables = MappingSet.model_validate(current.body).tables if current else {}
        return [each for each in await waybill.unmapped.all(pair) if not _is_mapped(each, tables)]

    found = settled(look)
    if as_json:
        say_json([each.model_dump(mode="json") for each in found])
        return
    made = table("pair", "table", "value", "orders", "first seen (UTC)", "last seen (UTC)", "for example")
    for each in found:
        seen = [f"{at:%Y-%m-%d %H:%M}" for at in (each.first_seen, each.last_seen)]
        cells = (each.pair, each.value_table, each.value, str(each.count), *seen, each.example)
        made.add_row(*(Text(cell) for cell in cells))
    out.print(made if found else "No value was lacking.")


def _is_mapped(lacking: UnmappedValue, tables: Mapping[str, ValueTable]) -> bool:
    """Whether a value is in its table by now, or the table is gone."""
    known = tables.get(lacking.value_table)
    return known is None or known.key(lacking.value) in known.by_key
