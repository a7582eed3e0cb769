"""`waybill rules recipes`: rule sets to begin with."""

import difflib
from typing import Annotated

import typer

from starter.cli.codes import Code
from starter.cli.output import err, out, table
from starter.recipes import recipes as all_recipes


def recipes(
    name: Annotated[str, typer.Argument(help="Print this one as a file; default: list them.")] = "",
) -> None:
    """List rule sets to begin with, or print one as a file."""
    known = {recipe.name: recipe for recipe in all_recipes()}
    if not name:
        made = table("recipe", "what for")
        for recipe in known.values():
            made.add_row(recipe.name, recipe.purpose)
        out.print(made)
    elif name in known:
        out.print(known[name].path.read_text("utf-8"), markup=False, highlight=False, end="")
    else:
        near = difflib.get_close_matches(name, known, 1)
        err.print(f"There is no recipe {name}." + (f" Is it {near[0]}?" if near else ""), markup=False)
        raise typer.Exit(Code.NOT_FOUND)
