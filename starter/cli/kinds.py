"""`waybill connect`: which kinds of systems there are, and what each can do."""

from typing import Annotated

import typer

from domain.capabilities import Capability
from starter.channels import CHANNELS
from starter.cli.output import out, say_json, table
from starter.kinds import ERPS, STORES
from starter.labels import LABELS

app = typer.Typer(help="Kinds of systems that can be connected.", no_args_is_help=True)


@app.callback()
def connect() -> None:
    """Kinds of systems that can be connected."""


@app.command()
def kinds(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the kinds of connections, and what stores and ERPs can do."""
    able = {name: ("store", kind.can) for name, kind in STORES.items()}
    able |= {name: ("ERP", kind.can) for name, kind in ERPS.items()}
    beside = dict.fromkeys(CHANNELS, "channel") | dict.fromkeys(LABELS, "labels")
    if as_json:
        listed = {name: {"role": role, "can": sorted(can)} for name, (role, can) in able.items()}
        say_json(listed | {name: {"role": role} for name, role in beside.items()})
        return
    made = table("kind", "role", "can", "cannot")
    for name, (role, can) in sorted(able.items()):
        theirs = {each for _, (same, all_of) in able.items() if same == role for each in all_of}
        missing = [each.value for each in Capability if each in theirs - can]
        made.add_row(
            name, role, ", ".join(each.value for each in Capability if each in can), ", ".join(missing)
        )
    for name, role in sorted(beside.items()):
        made.add_row(name, role, "", "")
    out.print(made)
