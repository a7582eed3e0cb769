"""`waybill approvers`: who may approve, who is away, and who decides meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Annotated, TypeVar

import typer

from domain.approvals.absences import Absence, AbsenceRefused
from records.approvals import ApprovalRequests
from starter.absences import AbsenceDesk, Presence, tell_open_questions
from starter.cli.codes import Code
from starter.cli.output import err, out, say_json, table
from starter.cli.session import opened, person
from starter.composition import Waybill
from starter.temporal_client import TemporalNotThere, connect

app = typer.Typer(help="Who may approve, and who is away.", no_args_is_help=True)

Result = TypeVar("Result")
Who = Annotated[str, typer.Argument(help="The approver's id in waybill.toml.")]
As = Annotated[str, typer.Option("--as", help="Who notes it; default: WAYBILL_PERSON or the login name.")]


@app.command("list")
def list_approvers(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the approvers, what they may decide, and when they are away."""

    async def look() -> tuple[Presence, ...]:
        async with opened() as waybill:
            return await _desk(waybill).list(datetime.now(UTC).date())

    found = asyncio.run(look())
    if as_json:
        say_json(
            [
                {
                    **each.person.model_dump(mode="json", exclude={"email", "slack"}),
                    "absences": [absence.model_dump(mode="json") for absence in each.absences],
                }
                for each in found
            ]
        )
        return
    made = table("id", "name", "roles", "up to", "deputy", "away")
    for each in found:
        who = each.person
        limits = ", ".join(str(limit) for limit in who.all_limits)
        away = "; ".join(_days(absence) for absence in each.absences)
        made.add_row(who.id, who.name, ", ".join(who.roles), limits or "any", who.deputy, away)
    out.print(made if found else "No approvers are named in waybill.toml.")


@app.command()
def away(
    who: Who,
    until: Annotated[str, typer.Option("--until", help="The last day away: 2026-12-04.")],
    since: Annotated[str, typer.Option("--from", help="The first day away; default: today.")] = "",
    deputy: Annotated[str, typer.Option(help="Who decides meanwhile; default: the deputy set.")] = "",
    by: As = "",
) -> None:
    """Note that an approver is away: their deputy is asked at once instead."""
    now = datetime.now(UTC)
    first = _day(since, "--from") if since else now.date()
    absence = Absence(approver=who, first=first, last=_day(until, "--until"), deputy=deputy)

    async def note(waybill: Waybill) -> None:
        await _desk(waybill).note(absence, by or person(), now)

    try:
        asyncio.run(_noted(note))
    except AbsenceRefused as refusal:
        err.print(f"Not noted: {refusal}.", markup=False)
        raise typer.Exit(Code.USAGE) from None
    out.print(f"Noted: {who} is away {_days(absence)}.", markup=False)


@app.command()
def back(
    who: Who,
    planned: Annotated[bool, typer.Option("--planned", help="Give up planned absences too.")] = False,
) -> None:
    """Note that an approver is back."""

    async def end(waybill: Waybill) -> int:
        return await _desk(waybill).end(who, datetime.now(UTC), planned=planned)

    if not asyncio.run(_noted(end)):
        err.print(f"{who} is not away.", markup=False)
        raise typer.Exit(Code.NOT_FOUND)
    out.print(f"Noted: {who} is back.", markup=False)


def _desk(waybill: Waybill) -> AbsenceDesk:
    return AbsenceDesk(waybill.configuration.approvers, waybill.absences)


async def _noted(note: Callable[[Waybill], Awaitable[Result]]) -> Result:
    """Note something, and let the orders know that wait for a decision."""
    async with opened() as waybill:
        result = await note(waybill)
        try:
            await tell_open_questions(ApprovalRequests(waybill.database), await connect())
        except TemporalNotThere:
            err.print("Temporal does not answer: open questions notice it at their next reminder.")
        return result


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        err.print(f"{option}: write a day as 2026-12-04, not {text!r}.", markup=False)
        raise typer.Exit(Code.USAGE) from None


def _days(absence: Absence) -> str:
    instead = f", {absence.deputy} decides" if absence.deputy else ""
    return f"from {absence.first} until {absence.last}{instead}"
