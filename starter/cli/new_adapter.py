"""`waybill new-adapter`: lay down the files of a new adapter, and tell what of it is left to build."""

from dataclasses import asdict
from textwrap import fill, indent
from typing import Annotated, NoReturn

import typer

from starter.channels import CHANNELS
from starter.cli.codes import Code
from starter.cli.output import err, out, say_json
from starter.kinds import ERPS, STORES
from starter.labels import LABELS
from starter.new_adapter import CannotLay, Checkout, Naming, Role, Todo, lay, left_to_do

app = typer.Typer(help="Begin an adapter of another system, in a checkout.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="Of the new kind, as in `kind = …`: corner_shop.")]


@app.command()
def store(name: Name) -> None:
    """Lay down an adapter of a store: its files, a sandbox, the conformance test, a page, the kind."""
    _lay(Role.STORE, name)


@app.command()
def erp(name: Name) -> None:
    """Lay down an adapter of an ERP: its files, a sandbox, the conformance test, a page, the kind."""
    _lay(Role.ERP, name)


@app.command()
def todo(
    name: Name,
    run: Annotated[bool, typer.Option(help="Run the conformance test too.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Tell which methods are not built and which facts of the suites do not hold yet."""
    try:
        left = left_to_do(Checkout.of_this_code(), Naming(name), run=run)
    except CannotLay as refusal:
        _refuse(refusal)
    if as_json:
        say_json(asdict(left))
    else:
        _show(left)
    if not left.done:
        raise typer.Exit(Code.DIFFERENT)


def _lay(role: Role, name: str) -> None:
    try:
        laid = lay(Checkout.of_this_code(), role, Naming(name), {*STORES, *ERPS, *CHANNELS, *LABELS})
    except CannotLay as refusal:
        _refuse(refusal)
    for file in laid.files:
        out.print(f"  {file}", markup=False, highlight=False)
    out.print(
        f"Laid down, and nothing of it works yet: `waybill new-adapter todo {name}` tells what is left.\n"
        "docs/new_adapter.md builds one step by step; `make docs` documents its settings.",
        markup=False,
        highlight=False,
    )


def _refuse(refusal: CannotLay) -> NoReturn:
    err.print(str(refusal), markup=False, highlight=False)
    raise typer.Exit(Code.USAGE)


def _show(left: Todo) -> None:
    for place in left.unbuilt:
        _group(f"{place.file}: {len(place.functions)} to build", place.functions)
    for suite in left.suites:
        all_of = len(suite.green) + len(suite.red)
        _group(f"{suite.file} {suite.name}: {len(suite.green)} of {all_of} hold. {suite.says}", suite.red)
    facts = sum(len(suite.red) for suite in left.suites)
    functions = sum(len(place.functions) for place in left.unbuilt)
    said = f"{functions} functions to build, {facts} facts of the suites that do not hold."
    out.print("Nothing is left." if left.done else said, markup=False, highlight=False)


def _group(title: str, names: tuple[str, ...]) -> None:
    out.print(title, markup=False, highlight=False)
    if names:
        out.print(indent(fill("  ".join(names), 108), "  "), markup=False, highlight=False)
