"""`waybill hooks …`, and what doctor says of hooks and of the engine of expert rules."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Annotated

import typer
from pydantic import ValidationError

from activities.published_rules import RULES
from adapters.hooks import InstalledHooks
from adapters.ports import Finding
from domain.errors import HookFailed, WaybillError
from domain.rules.actions import CallHook
from domain.rules.model import RuleSet
from starter.cli.codes import Code
from starter.cli.output import out, say_json, table
from starter.cli.session import opened
from starter.composition import Waybill

app = typer.Typer(help="Functions of yours that rules call.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_hooks(as_json: Json = False) -> None:
    """List the hooks that are installed, with the points each fits; end with 1 when one cannot be called."""
    found = asyncio.run(_installed())
    if as_json:
        say_json([{"hook": name, **finding.model_dump()} for name, finding in found])
    elif found:
        made = table("hook", "")
        for name, finding in found:
            made.add_row(name, finding.what if finding.ok else f"{finding.what}. {finding.fix}")
        out.print(made)
    else:
        out.print("No hooks are installed. docs/hooks.md shows how one is written.")
    if not all(finding.ok for _, finding in found):
        raise typer.Exit(Code.DIFFERENT)


async def _installed() -> tuple[tuple[str, Finding], ...]:
    async with opened() as waybill:
        return waybill.hooks.findings()


async def code_tested(waybill: Waybill) -> AsyncIterator[tuple[str, Finding]]:
    """Tell whether hooks can be called, and whether pairs and the rules in force need what is not there."""
    for name, finding in waybill.hooks.findings():
        yield f"hook {name}", finding
    for problem in _unfit_pair_hooks(waybill):
        yield problem
    try:
        published = await waybill.published.current(RULES)
        rules = RuleSet.model_validate(published.body) if published else RuleSet()
    except WaybillError:
        return  # the database's own line says so
    except ValidationError:
        fix = "Publish a version that fits this Waybill, or roll back to one."
        yield "rules", Finding(what="the rules in force cannot be read", ok=False, fix=fix)
        return
    for name, title in _missing_hooks(rules, waybill.hooks):
        fix = "Install the package it comes with, where the workers run too, or take it out of the rule."
        yield f"hook {name}", Finding(what=f"the rule {title} calls it; it is not there", ok=False, fix=fix)
    if rules.experts:
        for finding in await waybill.experts.test():
            yield "expert rules", finding


def _unfit_pair_hooks(waybill: Waybill) -> Iterator[tuple[str, Finding]]:
    for pair in waybill.configuration.pairs.values():
        for each in pair.hooks:
            try:
                waybill.hooks.hook(each.hook, each.point)
            except HookFailed as failed:
                what = f"pairs.{pair.name}.hooks: {failed.problem.sentence}"
                yield f"hook {each.hook}", Finding(what=what, ok=False, fix=failed.problem.remedy)


def _missing_hooks(rules: RuleSet, installed: InstalledHooks) -> Iterator[tuple[str, str]]:
    known = {*installed.hooks, *(fault.name for fault in installed.faults)}
    called = ((rule, action) for rule in rules.rules for action in rule.then if isinstance(action, CallHook))
    for rule, action in called:
        if action.hook not in known:
            yield action.hook, rule.title
