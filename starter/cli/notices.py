"""`waybill notices …`: what was told to whom, what could not be, and receivers that were switched off."""

import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from adapters.channels.bounces import Bounce, read_bounce
from records.notices import FAILED, Notice, NoticeState
from records.webhook_deliveries import WebhookDelivery
from starter.cli.codes import Code
from starter.cli.output import err, out, say_json, table
from starter.cli.session import one_order, opened

app = typer.Typer(help="What was told to whom.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_notices(
    wanted: Annotated[str, typer.Argument(help="connection:id, the store's number, or the ERP's number.")],
    as_json: Json = False,
) -> None:
    """List an order's notices, and what became of each."""

    async def look() -> tuple[Notice, ...]:
        async with opened() as waybill:
            view = await one_order(waybill, wanted)
            return await waybill.notices.of_order(view.connection, view.store_order_id)

    found = asyncio.run(look())
    if as_json:
        say_json([notice.model_dump(mode="json") for notice in found])
    elif found:
        show_notices(found)
    else:
        out.print("Nobody was told anything.")


def show_notices(found: Sequence[Notice]) -> None:
    """Print notices, one line each."""
    made = table("event", "about", "channel", "state", "since (UTC)", "the other side said")
    for notice in found:
        made.add_row(
            notice.event.replace("_", " "),
            notice.about,
            notice.channel,
            notice.state.value.replace("_", " "),
            f"{notice.updated_at:%Y-%m-%d %H:%M}",
            notice.answer if notice.state in FAILED else "",
        )
    out.print(made)


@app.command()
def deliveries(
    endpoint: Annotated[str, typer.Argument(help="The receiver's connection; none: all.")] = "",
    as_json: Json = False,
) -> None:
    """List the latest outgoing webhooks, newest first."""

    async def look() -> tuple[WebhookDelivery, ...]:
        async with opened() as waybill:
            return await waybill.deliveries.latest(endpoint)

    found = asyncio.run(look())
    if as_json:
        say_json([delivery.model_dump(mode="json") for delivery in found])
        return
    made = table("at (UTC)", "endpoint", "event", "order", "attempts", "last answer")
    for each in found:
        order = f"{each.connection}:{each.order_id}"
        said = each.last_error or (f"HTTP {each.last_status}" if each.last_status else "")
        made.add_row(
            f"{each.at:%Y-%m-%d %H:%M:%S}", each.endpoint, each.event, order, str(each.attempts), said
        )
    out.print(made if found else "No webhook was posted.")


@app.command()
def enable(endpoint: Annotated[str, typer.Argument(help="The receiver's connection.")]) -> None:
    """Switch a receiver of webhooks on again, after it was switched off for failing."""

    async def switch() -> bool:
        async with opened() as waybill:
            return await waybill.deliveries.enable(endpoint)

    if not asyncio.run(switch()):
        err.print(f"{endpoint} is not switched off.", markup=False)
        raise typer.Exit(Code.NOT_FOUND)
    out.print(f"{endpoint} gets webhooks again.", markup=False)


@app.command()
def bounce() -> None:
    """Take a mail that came back, from standard input: for a mail server's alias (see docs/notices.md)."""
    report = read_bounce(sys.stdin.buffer.read())
    if report is None or not report.for_good:
        out.print("This mail is no report that a mail could not be delivered.")
    elif asyncio.run(_note(report)):
        out.print("Noted.")
    else:
        out.print("The report is about no mail of ours.")


async def _note(report: Bounce) -> bool:
    async with opened() as waybill:
        key = await waybill.notices.key_of("mail", report.message_id)
        answer = f"came back: {report.status}"
        return await waybill.notices.note_later(key, NoticeState.BOUNCED, datetime.now(UTC), answer=answer)
