"""What `waybill rules` and `waybill map` share: lint, import, publish, roll back, export, history."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from domain.errors import FixData
from domain.faults import Fault
from records.published import Publication, PublishedSet
from starter.cli.codes import Code
from starter.cli.output import err, out, say_json, table
from starter.cli.session import opened, person
from starter.composition import Waybill
from starter.files import WrittenFile, read_file, written_yaml
from starter.published_sets import published_of
from starter.publishing import Faulty, Findings, Publishing

Result = TypeVar("Result")
File = Annotated[Path, typer.Argument(help="A YAML or JSON file.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Note = Annotated[str, typer.Option(help="Why, for the history.")]


def settled(work: Callable[[Waybill], Awaitable[Result]]) -> Result:
    """Do something with what waybill.toml describes; a refusal is printed and leaves with its code."""

    async def do() -> Result:
        async with opened() as waybill:
            return await work(waybill)

    try:
        return asyncio.run(do())
    except Faulty as refusal:
        for fault in refusal.faults:
            err.print(f"{fault.place}: {fault.sentence}. {fault.fix}".strip(), markup=False)
        raise typer.Exit(Code.DECLINED) from None
    except FixData as refusal:
        err.print(f"{refusal.problem.sentence}. {refusal.problem.remedy}", markup=False)
        missing = refusal.problem.code == "not_found"
        raise typer.Exit(Code.NOT_FOUND if missing else Code.DECLINED) from None


def written_set(path: Path) -> tuple[WrittenFile, dict[str, Any]]:
    """Read a file whose content is a set; leave with the reason where it is not."""
    try:
        written = read_file(path)
    except FixData as refusal:
        err.print(f"{refusal.problem.sentence}. {refusal.problem.remedy}", markup=False)
        raise typer.Exit(Code.DIFFERENT) from None
    if not isinstance(written.content, dict):
        err.print(f"{path.name}: write a mapping of names to values, not a list or a text.", markup=False)
        raise typer.Exit(Code.DIFFERENT)
    return written, written.content


def show_findings(written: WrittenFile, findings: Findings) -> None:
    """Print what is wrong and what is noteworthy; leave with a code where something is wrong."""
    for warning in findings.warnings:
        _say(written, "warning", warning)
    for fault in findings.faults:
        _say(written, "wrong", fault)
    if findings.faults:
        raise typer.Exit(Code.DIFFERENT)


def _say(written: WrittenFile, word: str, fault: Fault) -> None:
    place = written.where(fault.path or fault.place)
    shown = place if fault.place in place else f"{place} ({fault.place})"
    err.print(f"{shown}: {word}: {fault.sentence}. {fault.fix}".rstrip(), markup=False)


def add_set_commands(app: typer.Typer, kind: str) -> None:
    """Give a tree of commands those that every kind of published set has."""
    _add_looking(app, kind)
    _add_publishing(app, kind)


def _add_looking(app: typer.Typer, kind: str) -> None:
    @app.command()
    def lint(path: File) -> None:
        """Check a file as publishing does: say what is wrong, where, and how it would be right."""
        written, body = written_set(path)
        show_findings(written, settled(lambda waybill: _publishing(waybill, kind).lint(body)))
        out.print(f"{path.name} may be published.", markup=False)

    @app.command()
    def history(as_json: Json = False) -> None:
        """List the versions: who published which, when and why."""
        found = settled(lambda waybill: waybill.published.history(kind))
        if as_json:
            say_json([each.model_dump(mode="json") for each in found])
            return
        made = table("version", "at (UTC)", "by", "note", "as version")
        for each in found:
            made.add_row(*_row(each))
        out.print(made if found else "Nothing was published yet.")

    @app.command()
    def export(
        version: Annotated[int, typer.Option(help="Which version; default: the one in force.")] = 0,
        as_json: Json = False,
    ) -> None:
        """Print a published version as a file."""

        async def look(waybill: Waybill) -> PublishedSet | None:
            sets = waybill.published
            return await sets.version(kind, version) if version else await sets.current(kind)

        found = settled(look)
        if found is None:
            err.print("Nothing was published yet.")
            raise typer.Exit(Code.NOT_FOUND)
        if as_json:
            say_json(found.body)
        else:
            out.print(written_yaml(found.body), markup=False, highlight=False, end="")


def _add_publishing(app: typer.Typer, kind: str) -> None:
    @app.command("import")
    def import_file(path: File) -> None:
        """Keep a file as the draft, right or not; publish takes it into force."""
        _, body = written_set(path)
        settled(lambda waybill: _publishing(waybill, kind).save(body, person(), datetime.now(UTC)))
        out.print(f"{path.name} is the draft of the {kind} now.", markup=False)

    @app.command()
    def publish(
        path: Annotated[Path | None, typer.Argument(help="A file; default: the draft.")] = None,
        note: Note = "",
    ) -> None:
        """Take a file, or the draft, into force for orders that come from now on."""
        body = written_set(path)[1] if path else None
        made = settled(lambda waybill: _publish(_publishing(waybill, kind), body, note))
        out.print(f"Version {made.number} of the {kind} is in force. Orders in flight keep theirs.")

    @app.command()
    def rollback(
        version: Annotated[int, typer.Argument(help="The version to publish again.")], note: Note = ""
    ) -> None:
        """Publish an older version again, as the next one."""
        made = settled(
            lambda waybill: _publishing(waybill, kind).roll_back(version, person(), note, datetime.now(UTC))
        )
        out.print(f"Version {made.number} of the {kind}, the same as {version}, is in force.")


async def _publish(publishing: Publishing, body: Mapping[str, Any] | None, note: str) -> PublishedSet:
    now = datetime.now(UTC)
    if body is not None:
        if faults := (await publishing.lint(body)).faults:
            raise Faulty(publishing.kind, faults)
        await publishing.save(body, person(), now)
    return await publishing.publish(person(), note, now)


def _publishing(waybill: Waybill, kind: str) -> Publishing:
    return published_of(waybill)[kind]


def _row(each: Publication) -> tuple[str, ...]:
    again = str(each.rolled_back_to) if each.rolled_back_to else ""
    return str(each.number), f"{each.at:%Y-%m-%d %H:%M}", each.author, each.note, again
