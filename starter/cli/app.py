"""All commands in one tree."""

import asyncio
from typing import Annotated

import typer

from records.cross_references import CrossReference
from starter.cli import (
    approvers,
    holds,
    hooks,
    kinds,
    mappings,
    new_adapter,
    notices,
    orders,
    returns,
    rules,
    running,
    systems,
    tokens,
)
from starter.cli.codes import MEANINGS, Code
from starter.cli.output import err, out, say_json, table
from starter.cli.session import opened

app = typer.Typer(
    name="waybill",
    help=f"Orders from stores into ERPs, each exactly once.\n\n{MEANINGS}",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
xref = typer.Typer(help="What things are called on the other side.", no_args_is_help=True)
app.add_typer(orders.app, name="order")
app.add_typer(returns.app, name="return")
app.add_typer(xref, name="xref")
app.add_typer(notices.app, name="notices")
app.add_typer(rules.app, name="rules")
app.add_typer(mappings.app, name="map")
app.add_typer(approvers.app, name="approvers")
app.add_typer(tokens.app, name="token")
app.add_typer(hooks.app, name="hooks")
app.add_typer(kinds.app, name="connect")
app.add_typer(new_adapter.app, name="new-adapter")
app.add_typer(running.simulate, name="simulate")
app.command("holds")(holds.holds)
app.command("aside")(holds.aside)
app.command("doctor")(systems.doctor)
app.command("try")(systems.try_now)
app.command("setup")(systems.set_up)
app.command("up")(running.up)
app.command("demo")(running.demo)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@xref.command("find")
def find(
    wanted: Annotated[str, typer.Argument(help="shop:1042, an ERP number, a DocEntry, a customer code.")],
    as_json: Json = False,
) -> None:
    """Find what belongs together."""

    async def look() -> tuple[CrossReference, ...]:
        async with opened() as waybill:
            return await waybill.references.find(wanted)

    found = asyncio.run(look())
    if as_json:
        say_json([reference.model_dump(mode="json") for reference in found])
    elif found:
        made = table("ours", "system", "what", "theirs", "number", "since (UTC)")
        for reference in found:
            made.add_row(
                reference.ours,
                reference.connection,
                reference.entity.replace("_", " "),
                reference.theirs,
                reference.label,
                f"{reference.bound_at:%Y-%m-%d %H:%M}",
            )
        out.print(made)
    if not found:
        err.print(f"Nothing is linked with {wanted}.", markup=False)
        raise typer.Exit(Code.NOT_FOUND)
