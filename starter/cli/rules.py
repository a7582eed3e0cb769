"""`waybill rules …`: read, change, try and publish rules without a developer."""

from pathlib import Path as FilePath
from typing import Annotated

import typer

from activities.published_rules import RULES
from domain.rules.case import Case
from domain.rules.dry_run import DryRun, Path
from domain.rules.model import RuleSet
from domain.rules.sentences import rule_sentence
from starter.cli.decisions import Experts, show_outcomes
from starter.cli.output import out, say_json, table
from starter.cli.recipes import recipes
from starter.cli.sets import File, Json, add_set_commands, settled, written_set
from starter.composition import Waybill
from starter.rule_desk import RuleDesk, differences

app = typer.Typer(help="Read, change, try and publish rules.", no_args_is_help=True)
add_set_commands(app, RULES)
app.command()(recipes)

Language = Annotated[str, typer.Option(help="en, es or fr.")]


@app.command()
def explain(
    path: Annotated[FilePath | None, typer.Argument(help="A file; default: the rules in force.")] = None,
    language: Language = "en",
) -> None:
    """Say each rule as one plain sentence."""
    body = written_set(path)[1] if path else None

    async def look(waybill: Waybill) -> tuple[int, RuleSet]:
        desk = RuleDesk(waybill)
        return await desk.in_force() if body is None else (0, await desk.checked(body))

    version, rules = settled(look)
    if body is None:
        out.print(f"Version {version} is in force." if version else "No rules were published yet.")
    for rule in rules.rules:
        state = "" if rule.enabled else " (switched off)"
        out.print(f"{rule.id}{state}: {rule_sentence(rule, language, rules.experts)}", markup=False)


@app.command("test")
def try_order(
    path: File,
    order: Annotated[str, typer.Argument(help="An order that was checked (shop:1042), or a file of one.")],
    language: Language = "en",
    as_json: Json = False,
) -> None:
    """Say which path one order would take by a file of rules, and why."""
    body = written_set(path)[1]

    given = FilePath(order)

    async def look(waybill: Waybill) -> tuple[RuleSet, Case, Path]:
        desk = RuleDesk(waybill)
        rules = await desk.checked(body)
        case = desk.case_in(given) if is_file else await desk.case(order)
        return rules, case, await desk.test(rules, case)

    is_file = given.is_file()
    rules, case, taken = settled(look)
    if as_json:
        facts = case.model_dump(mode="json", exclude_defaults=True)
        say_json({"case": facts, "path": taken.model_dump(mode="json")})
        return
    for step in taken.steps:
        out.print(f"{step.trigger.value.replace('_', ' ').capitalize()}:")
        show_outcomes(step.outcomes, rules.experts, language)
        for text in step.did:
            out.print(f"  → {text}", markup=False)
    if not taken.did:
        out.print("No rule does anything to this order.")


@app.command("dry-run")
def dry_run(
    path: File,
    last: Annotated[int, typer.Option(min=1, max=10_000, help="How many orders, the latest first.")] = 500,
    language: Language = "en",
    as_json: Json = False,
) -> None:
    """Say which of the last orders would take another path by a file of rules than by those in force."""
    body = written_set(path)[1]

    async def look(waybill: Waybill) -> tuple[Experts, DryRun]:
        desk = RuleDesk(waybill)
        rules = await desk.checked(body)
        experts = {each.name: each for each in ((await desk.in_force())[1].experts)}
        experts |= {each.name: each for each in rules.experts}
        return tuple(experts.values()), await desk.dry_run(rules, last)

    experts, found = settled(look)
    if as_json:
        say_json(found.model_dump(mode="json"))
        return
    out.print(f"{len(found.changes)} of {found.orders} orders would take another path.")
    for change in found.changes:
        out.print(f"\n{change.connection}:{change.store_order_id}  {change.number}", markup=False)
        out.print(f"  now: {'; '.join(change.before) or 'nothing'}", markup=False)
        out.print(f"  then: {'; '.join(change.after) or 'nothing'}", markup=False)
        show_outcomes(change.because, experts, language)
    _show_counts(found)


def _show_counts(found: DryRun) -> None:
    if found.followed:
        made = table("rule", "orders")
        for rule, count in sorted(found.followed.items(), key=lambda each: -each[1]):
            made.add_row(rule, str(count))
        out.print(made)
    if found.not_tried:
        names = ", ".join(found.not_tried)
        out.print(f"Not tried, for they wait for what happens later: {names}", markup=False)
    if found.not_valid:
        names = ", ".join(found.not_valid)
        out.print(f"Not valid yet, or no more, when any of these orders was checked: {names}", markup=False)


@app.command()
def diff(path: File, language: Language = "en") -> None:
    """Say which rules a file changes, as sentences."""
    body = written_set(path)[1]

    async def look(waybill: Waybill) -> tuple[RuleSet, RuleSet]:
        desk = RuleDesk(waybill)
        return (await desk.in_force())[1], await desk.checked(body)

    before, after = settled(look)
    found = differences(before, after)
    for name, was, will in found:
        out.print(f"{name}: {'new' if was is None else 'gone' if will is None else 'changed'}", markup=False)
        for sign, rule, rules in (("-", was, before), ("+", will, after)):
            if rule is not None:
                out.print(f"  {sign} {rule_sentence(rule, language, rules.experts)}", markup=False)
    if before.policies != after.policies:
        out.print("The approval policies differ.")
    if not found and before == after:
        out.print("Nothing differs from what is in force.")
