"""`waybill holds`: what needs somebody, and which connections keep orders waiting."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer

from domain.approvals.requests import Standing
from domain.life import OrderView
from records.incidents import Incident
from records.strays import Stray
from starter.cli.codes import Code
from starter.cli.output import err, out, say_json, table
from starter.cli.session import opened

_MOST = 10_000


class _Waiting(Incident):
    """An open incident, and how many orders wait for its end."""

    orders: int


def holds(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show what needs somebody, grouped by cause, the oldest first; and connections in trouble."""
    views, incidents, strays = asyncio.run(_look())
    if as_json:
        say_json(
            {
                "orders": [view.model_dump(mode="json") for view in views],
                "incidents": [incident.model_dump(mode="json") for incident in incidents],
                "strays": [stray.model_dump(mode="json") for stray in strays],
            }
        )
        return
    if not views and not incidents and not strays:
        out.print("Nothing needs you.")
    _show_incidents(incidents)
    groups: dict[str, list[OrderView]] = {}
    for view in views:
        groups.setdefault(_cause(view), []).append(view)
    for cause, members in groups.items():
        _show_group(cause, members)
    _show_strays(strays)


def _cause(view: OrderView) -> str:
    if view.hold:
        return view.hold.group.value
    return "broken promises" if view.broken_promises else "waiting for a decision"


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


async def _look() -> tuple[Sequence[OrderView], Sequence[_Waiting], Sequence[Stray]]:
    async with opened() as waybill:
        views = await waybill.orders.list(needs_person=True, limit=_MOST)
        incidents = [
            _Waiting(
                **incident.model_dump(),
                orders=len(await waybill.orders.waiting_for(incident.connection, _MOST)),
            )
            for incident in await waybill.incidents.open_ones()
        ]
        strays = await waybill.strays.all()
    return sorted(views, key=lambda view: view.since), incidents, strays


def _show_incidents(incidents: Sequence[_Waiting]) -> None:
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
            view.hold.sentence if view.hold else _promises(view) or view.because,
            view.hold.remedy if view.hold else _what_to_do(view),
        )
    out.print(made)


def _promises(view: OrderView) -> str:
    return ", ".join(f"not {promise} in time" for promise in view.broken_promises)


def _what_to_do(view: OrderView) -> str:
    waits = view.approval is not None and view.approval.standing is Standing.OPEN
    return "waybill order approve|reject" if waits else "See what keeps it: waybill order why"
