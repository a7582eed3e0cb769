"""`waybill map …`: check a mapping, see what it makes of an order, publish it, and what its tables lack."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from activities.mappings import MAPPING, NO_MAPPING
from domain.errors import FixData, NotFound
from domain.faults import Fault
from domain.mapping.apply import CompiledMapping
from domain.mapping.check import checked
from domain.mapping.model import MappingSet
from domain.mapping.preview import Change, PreviewRow, preview_item
from domain.mapping.products import ErpItem
from domain.order import Order
from domain.policy import Pair
from records.published import Publication
from records.unmapped import UnmappedValue
from starter.cli.codes import Code
from starter.cli.output import err, out, say_json, table
from starter.cli.session import one_order, opened, person
from starter.composition import Waybill
from starter.files import WrittenFile, read_file, written_yaml
from starter.mapping_checkup import missing_fields
from starter.mapping_preview import Previewed, previewed, read_as
from starter.published_sets import published_of

app = typer.Typer(help="What of an order goes where in the ERP.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
File = Annotated[Path, typer.Argument(help="The mapping, as YAML or JSON.")]
PairName = Annotated[str, typer.Option("--pair", help="The pair; without one, that of the order's store.")]
_COLOURS = {Change.NEW: "green", Change.CHANGED: "yellow", Change.GONE: "red"}


@app.command()
def lint(
    file: File,
    with_erp: Annotated[bool, typer.Option("--erp", help="Also ask the ERP for the fields.")] = False,
    as_json: Json = False,
) -> None:
    """Say what is wrong with a mapping, with the line and the fix."""

    async def look() -> tuple[WrittenFile, tuple[Fault, ...]]:
        written = read_file(file)
        async with opened() as waybill:
            result = checked(written.content, waybill.configuration.pairs)
            faults = list(result.faults)
            if with_erp and result.found and not faults:
                faults += [fault async for fault in missing_fields(waybill, result.found)]
        return written, tuple(faults)

    written, faults = asyncio.run(look())
    if as_json:
        say_json([fault.model_dump() for fault in faults])
    else:
        _say(written, faults)
    if faults:
        raise typer.Exit(Code.DIFFERENT)


def _say(written: WrittenFile, faults: Iterable[Fault]) -> None:
    found = list(faults)
    for fault in found:
        out.print(f"{written.where(fault.place)}: {fault.sentence}", markup=False)
        out.print(f"    {fault.fix}", markup=False, style="yellow")
    if not found:
        out.print("Nothing is wrong with it.")


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

    async def look() -> Previewed | tuple[PreviewRow, ...]:
        async with opened() as waybill:
            if product:
                item: ErpItem = read_as(Path(wanted), ErpItem)
                mapping, before = await _mappings(waybill, draft, _pair(waybill, pair, "").name)
                return preview_item(mapping, item, before)
            order, from_store = await _order(waybill, wanted, is_file=in_file)
            found = _pair(waybill, pair, order.connection)
            mapping, before = await _mappings(waybill, draft, found.name)
            erp = waybill.systems.erp(found.erp)
            return await previewed(order, found, erp, mapping, before=before, ask_erp=from_store)

    found = asyncio.run(look())
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
    written = read_file(draft)
    result = checked(written.content, waybill.configuration.pairs)
    if result.found is None or result.faults:
        _say(written, result.faults)
        raise typer.Exit(Code.DIFFERENT)
    return CompiledMapping.of(result.found, pair), in_force


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
    made = table("where", "field", "read from", "seen", "written", "against the version in force")
    for row in rows:
        against = row.change.value + (f", was {row.before}" if row.before else "")
        cells = (row.where, row.target, row.source, row.seen, row.note or row.value, against)
        made.add_row(*(Text(cell, style=_COLOURS.get(row.change, "")) for cell in cells))
    out.print(made if rows else "The mapping fills no field.")


@app.command()
def missing(pair: PairName = "", as_json: Json = False) -> None:
    """List the values that value tables lacked, the most frequent first."""

    async def look() -> tuple[UnmappedValue, ...]:
        async with opened() as waybill:
            return await waybill.unmapped.all(pair)

    found = asyncio.run(look())
    if as_json:
        say_json([each.model_dump(mode="json") for each in found])
        return
    made = table("pair", "table", "value", "orders", "first seen (UTC)", "last seen (UTC)", "for example")
    for each in found:
        seen = [f"{at:%Y-%m-%d %H:%M}" for at in (each.first_seen, each.last_seen)]
        cells = (each.pair, each.value_table, each.value, str(each.count), *seen, each.example)
        made.add_row(*(Text(cell) for cell in cells))
    out.print(made if found else "No value was lacking.")


@app.command()
def publish(file: File, note: Annotated[str, typer.Option("--note", help="Why, for the history.")]) -> None:
    """Check a mapping and publish it. Orders in flight keep theirs until somebody continues them."""

    async def put_in_force() -> tuple[WrittenFile, tuple[Fault, ...], int]:
        written = read_file(file)
        async with opened() as waybill:
            result = checked(written.content, waybill.configuration.pairs)
            if result.found is None or result.faults:
                return written, result.faults, 0
            publishing, now = published_of(waybill)[MAPPING], datetime.now(UTC)
            await publishing.save(written.content, person(), now)
            made = await publishing.publish(person(), note, now)
            await _forget_mapped(waybill, result.found)
        return written, (), made.number

    written, faults, number = asyncio.run(put_in_force())
    if faults:
        _say(written, faults)
        raise typer.Exit(Code.DIFFERENT)
    out.print(f"Version {number} is in force.", markup=False)


async def _forget_mapped(waybill: Waybill, found: MappingSet) -> None:
    for each in await waybill.unmapped.all():
        known = found.tables.get(each.value_table)
        if known is None or known.key(each.value) in known.by_key:
            await waybill.unmapped.forget(each.pair, each.value_table, (each.value,))


@app.command()
def export(
    version: Annotated[int, typer.Argument(help="Which version; 0: the one in force.")] = 0,
) -> None:
    """Print a published mapping as YAML."""

    async def read() -> dict[str, Any]:
        async with opened() as waybill:
            if version:
                return (await waybill.published.version(MAPPING, version)).body
            current = await waybill.published.current(MAPPING)
            return current.body if current else {}

    body = _or_leave(read())
    if not body:
        err.print("No mapping is published.")
        raise typer.Exit(Code.NOT_FOUND)
    out.print(written_yaml(body), markup=False, highlight=False, end="")


@app.command()
def history(as_json: Json = False) -> None:
    """List who published which version, when and why."""

    async def read() -> tuple[Publication, ...]:
        async with opened() as waybill:
            return await waybill.published.history(MAPPING)

    found = asyncio.run(read())
    if as_json:
        say_json([each.model_dump(mode="json") for each in found])
        return
    made = table("version", "at (UTC)", "by", "note")
    for each in found:
        again = f" (version {each.rolled_back_to} again)" if each.rolled_back_to else ""
        cells = (str(each.number), f"{each.at:%Y-%m-%d %H:%M}", each.author, f"{each.note}{again}")
        made.add_row(*(Text(cell) for cell in cells))
    out.print(made if found else "No mapping is published.")


@app.command()
def rollback(
    version: Annotated[int, typer.Argument(help="The version that comes into force again.")],
    note: Annotated[str, typer.Option("--note", help="Why, for the history.")],
) -> None:
    """Publish an older version again, as the next one."""

    async def put_back() -> int:
        async with opened() as waybill:
            publishing = published_of(waybill)[MAPPING]
            return (await publishing.roll_back(version, person(), note, datetime.now(UTC))).number

    out.print(f"Version {_or_leave(put_back())} is in force, as version {version} was.", markup=False)


def _or_leave(work: Any) -> Any:
    """Run what may find nothing, and leave with the reason."""
    try:
        return asyncio.run(work)
    except NotFound as problem:
        err.print(f"{problem.problem.sentence}.", markup=False)
        raise typer.Exit(Code.NOT_FOUND) from None
    except FixData as problem:
        err.print(f"{problem.problem.sentence}. {problem.problem.remedy}", markup=False)
        raise typer.Exit(Code.DIFFERENT) from None
