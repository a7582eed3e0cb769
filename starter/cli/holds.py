"""`waybill holds`: what needs somebody, and which connections keep orders waiting."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer

from domain.life import OrderView
from records.strays import Stray
from starter.attention import (
    Attention,
    WaitedFor,
    attention,
    sentence_of,
    stopped_returns,
    waits_for_decision,
)
from starter.cli.codes import Code
from starter.cli.output import err, out, say_json, table
from starter.cli.session import opened


def holds(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show what needs somebody, grouped by cause, the oldest first; and connections in trouble."""
    found = asyncio.run(_look())
    if as_json:
        say_json(found.model_dump(mode="json"))
        return
    if not found.orders and not found.incidents and not found.strays:
        out.print("Nothing needs you.")
    _show_incidents(found.incidents)
    for cause, members in found.by_cause().items():
        _show_group(cause, members)
    _show_strays(found.strays)


def aside(
    connection: Annotated[str, typer.Argument(help="The connection that `waybill holds` names.")],
    what: Annotated[str, typer.Argument(help="What was parked, as it stands there.")],
) -> None:
    """Put aside something that was parked, once somebody has dealt with it."""

    async def put() -> bool:
        async with opened() as waybill:
            return await waybill.strays.put_aside(connection, what)

    if not asyncio.run(put()):
        err.print(f"Nothing is parked as {what} of {connection}.", markup=False)
        raise typer.Exit(Code.NOT_FOUND)
    out.print(f"Put aside: {what}.", markup=False)


async def _look() -> Attention:
    async with opened() as waybill:
        return await attention(waybill)


def _show_incidents(incidents: Sequence[WaitedFor]) -> None:
    if not incidents:
        return
    out.print(f"\nconnections in trouble: {len(incidents)}", style="bold")
    made = table("connection", "since (UTC)", "orders waiting", "what", "what to do")
    for each in incidents:
        fix = f"Mend it, then: waybill try {each.connection}"
        made.add_row(each.connection, f"{each.since:%m-%d %H:%M}", str(each.orders), each.sentence, fix)
    out.print(made)


def _show_strays(strays: Sequence[Stray]) -> None:
    if not strays:
        return
    out.print(f"\nparked, because no open order is theirs: {len(strays)}", style="bold")
    made = table("connection", "what", "last (UTC)", "times", "why")
    for stray in strays:
        made.add_row(
            stray.connection, stray.what, f"{stray.last_at:%m-%d %H:%M}", str(stray.times), stray.reason
        )
    out.print(made)


def _show_group(cause: str, members: Sequence[OrderView]) -> None:
    out.print(f"\n{cause}: {len(members)}", style="bold")
    made = table("order", "number", "total", "since (UTC)", "what", "what to do")
    for view in members:
        made.add_row(
            f"{view.connection}:{view.store_order_id}",
            view.number,
            str(view.total or ""),
            f"{view.since:%m-%d %H:%M}",
            sentence_of(view),
            view.hold.remedy if view.hold else _what_to_do(view),
        )
    out.print(made)


def _what_to_do(view: OrderView) -> str:
    if stopped := stopped_returns(view):
        return f"Mend it, then: waybill return continue {view.number} {stopped[0].reference}; or give-up"
    asked = waits_for_decision(view)
    return "waybill order approve|reject" if asked else "See what keeps it: waybill order why"
