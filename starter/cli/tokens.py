"""`waybill token …`: who may use the API."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from pydantic import ValidationError

from adapters.ports import Finding
from domain.durations import duration
from domain.errors import FixData, WaybillError
from domain.roles import Role
from records.database import Database
from records.tokens import NewToken, Token, Tokens
from starter.cli.codes import Code
from starter.cli.output import err, out, say_json, table
from starter.cli.session import opened, person
from starter.composition import Waybill

app = typer.Typer(help="Who may use the API.", no_args_is_help=True)

_SOON = timedelta(days=14)

Name = Annotated[str, typer.Argument(help="Its name: small letters, digits, dots, dashes.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def create(
    name: Name,
    role: Annotated[Role, typer.Option(help="What it is good for; see docs/api.md.")],
    expires: Annotated[str, typer.Option(help="How long it is good: 12h, 90d; or never.")] = "90d",
    approver: Annotated[
        str, typer.Option("--person", help="The approver whose decisions are taken with it.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Make a token, and print its secret this once."""
    now = datetime.now(UTC)
    expires_at = None if expires == "never" else now + _lifetime(expires)
    wanted = _wanted(name, role, approver, expires_at)

    async def make() -> str:
        async with opened() as waybill:
            _check_person(waybill, wanted)
            return await Tokens(waybill.database).create(wanted, now)

    try:
        secret = asyncio.run(make())
    except FixData as refusal:
        err.print(f"{refusal.problem.sentence}. {refusal.problem.remedy}", markup=False)
        raise typer.Exit(Code.DECLINED) from None
    if as_json:
        say_json({"name": name, "secret": secret, "expires_at": expires_at})
        return
    out.print(secret, markup=False, highlight=False)
    until = f"until {expires_at:%Y-%m-%d %H:%M} UTC" if expires_at else "for ever"
    err.print(f"This is the only time it is shown. It is good {until}.", markup=False)


@app.command("list")
def list_tokens(as_json: Json = False) -> None:
    """List the tokens that are not revoked."""

    async def look() -> tuple[Token, ...]:
        async with opened() as waybill:
            return await Tokens(waybill.database).all()

    found = asyncio.run(look())
    if as_json:
        say_json([token.model_dump(mode="json", exclude={"id", "revoked_at"}) for token in found])
    elif found:
        _show(found)
    else:
        out.print("There is no token.")


@app.command()
def revoke(name: Name) -> None:
    """Make a token open nothing from now on."""

    async def end() -> bool:
        async with opened() as waybill:
            return await Tokens(waybill.database).revoke(name, datetime.now(UTC))

    if not asyncio.run(end()):
        err.print(f"There is no token {name}.", markup=False)
        raise typer.Exit(Code.NOT_FOUND)
    out.print(f"{name} opens nothing any more.", markup=False)


async def expiring_tokens(database: Database, now: datetime) -> tuple[Finding, ...]:
    """Name the tokens that are good now and will soon not be; nothing while the database is gone."""
    try:
        tokens = await Tokens(database).all()
    except WaybillError:
        return ()  # the doctor's line on the database says so
    return tuple(
        Finding(
            what=f"the API token {token.name} expires on {token.expires_at:%Y-%m-%d}",
            ok=False,
            fix=f"Revoke it and give its user a new one: waybill token revoke {token.name}, then create.",
        )
        for token in tokens
        if token.expires_at and now < token.expires_at < now + _SOON
    )


def _show(tokens: Sequence[Token]) -> None:
    made = table("name", "role", "decides as", "made by", "expires (UTC)", "last used")
    for token in tokens:
        made.add_row(
            token.name,
            token.role.value,
            token.person,
            token.created_by,
            f"{token.expires_at:%Y-%m-%d %H:%M}" if token.expires_at else "never",
            f"{token.last_used_on}" if token.last_used_on else "",
        )
    out.print(made)


def _lifetime(text: str) -> timedelta:
    try:
        lifetime = duration(text)
    except ValueError as problem:
        raise typer.BadParameter(f"{problem}, or never", param_hint="--expires") from None
    if not timedelta(0) < lifetime <= timedelta(days=3650):
        raise typer.BadParameter("at most 3650d, or never", param_hint="--expires")
    return lifetime


def _wanted(name: str, role: Role, approver: str, expires_at: datetime | None) -> NewToken:
    if role is Role.APPROVER and not approver:
        raise typer.BadParameter("say whose decisions are taken with it", param_hint="--person")
    try:
        return NewToken(name=name, role=role, person=approver, created_by=person(), expires_at=expires_at)
    except ValidationError:
        hint = "small letters, digits, dots and dashes, at most 40"
        raise typer.BadParameter(hint, param_hint="NAME") from None


def _check_person(waybill: Waybill, wanted: NewToken) -> None:
    people = [each.id for each in waybill.configuration.approvers]
    if wanted.person and wanted.person not in people:
        known = ", ".join(people) or "none"
        raise FixData(f"waybill.toml names no approver {wanted.person}", remedy=f"Those it names: {known}.")
