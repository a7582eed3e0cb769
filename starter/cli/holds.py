"""`waybill holds`: what needs somebody, and which connections keep orders waiting."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer

from domain.life import OrderView
from records.incidents import Incident
from starter.cli.output import out, say_json, table
from starter.cli.session import opened

_MOST = 10_000


class _Waiting(Incident):
    """An open incident, and how many orders wait for its end."""

    orders: int


def holds(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show what needs somebody, grouped by cause, the oldest first; and connections in trouble."""
    views, incidents = asyncio.run(_look())
    if as_json:
        say_json(
            {
                "orders": [view.model_dump(mode="json") for view in views],
                "incidents": [incident.model_dump(mode="json") for incident in incidents],
            }
        )
        return
    if not views and not incidents:
        out.print("Nothing needs you.")
    _show_incidents(incidents)
    groups: dict[str, list[OrderView]] = {}
    for view in views:
        cause = view.hold.group.value if view.hold else "waiting for a decision"
        groups.setdefault(cause, []).append(view)
    for cause, members in groups.items():
        _show_group(cause, members)


async def _look() -> tuple[Sequence[OrderView], Sequence[_Waiting]]:
    async with opened() as waybill:
        views = await waybill.orders.list(needs_person=True, limit=_MOST)
        incidents = [
            _Waiting(
                **incident.model_dump(),
                orders=len(await waybill.orders.waiting_for(incident.connection, _MOST)),
            )
            for incident in await waybill.incidents.open_ones()
        ]
    return sorted(views, key=lambda view: view.since), incidents


def _show_incidents(incidents: Sequence[_Waiting]) -> None:
    if not incidents:
        return
    out.print(f"\nconnections in trouble: {len(incidents)}", style="bold")
    made = table("connection", "since (UTC)", "orders waiting", "what", "what to do")
    for each in incidents:
        fix = f"Mend it, then: waybill try {each.connection}"
        made.add_row(each.connection, f"{each.since:%m-%d %H:%M}", str(each.orders), each.sentence, fix)
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
            view.hold.sentence if view.hold else view.because,
            view.hold.remedy if view.hold else "waybill order approve|reject",
        )
    out.print(made)
