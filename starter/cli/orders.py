"""`waybill order …`: look at orders, and get them going."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from domain.approvals.requests import Channel, Decision, Verdict
from domain.approvals.words import progress
from domain.corrections import Correction
from domain.life import Asked, OrderView
from domain.rules.decisions import RuleDecision
from domain.stages import Stage
from records.notices import Notice
from starter.cli.codes import Code
from starter.cli.decisions import Experts, show_decisions
from starter.cli.notices import show_notices
from starter.cli.output import err, explain, orders_table, out, say_json, show_order, table
from starter.cli.session import answering, one_order, opened, person
from starter.composition import links_of
from starter.configuration import load
from starter.order_desk import OrderDesk, shown_link
from starter.rule_desk import RuleDesk

app = typer.Typer(help="Look at orders, and get them going.", no_args_is_help=True)

Wanted = Annotated[str, typer.Argument(help="connection:id, the store's number, or the ERP's number.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Reason = Annotated[str, typer.Option(help="Why, for the audit.")]
As = Annotated[str, typer.Option("--as", help="Who does it; default: WAYBILL_PERSON or the login name.")]


@app.command("list")
def list_orders(
    stage: Annotated[Stage | None, typer.Option(help="Only orders in this stage.")] = None,
    connection: Annotated[str, typer.Option(help="Only orders of this store or ERP.")] = "",
    needs_person: Annotated[
        bool, typer.Option("--needs-person", help="Only what waits for somebody.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    as_json: Json = False,
) -> None:
    """List orders, the latest change first."""

    async def look() -> tuple[OrderView, ...]:
        async with opened() as waybill:
            return await waybill.orders.list(
                stage=stage, connection=connection, needs_person=needs_person or None, limit=limit
            )

    views = asyncio.run(look())
    if as_json:
        say_json([view.model_dump(mode="json") for view in views])
    else:
        out.print(orders_table(views) if views else "No orders.")


@app.command()
def show(wanted: Wanted, as_json: Json = False) -> None:
    """Show one order: where it is, what it waits for, its ERP document."""

    async def look() -> tuple[OrderView, tuple[Notice, ...]]:
        async with opened() as waybill:
            view = await one_order(waybill, wanted)
            return view, await waybill.notices.of_order(view.connection, view.store_order_id)

    view, notices = asyncio.run(look())
    if as_json:
        say_json(view.model_dump(mode="json"))
    else:
        show_order(view)
        if notices:
            show_notices(notices)


@app.command()
def why(wanted: Wanted, as_json: Json = False) -> None:
    """Say why an order is where it is, who did what, and what would get it going."""

    async def look() -> tuple[OrderView, list[dict[str, str]], list[tuple[RuleDecision, Experts]]]:
        async with opened() as waybill:
            view = await one_order(waybill, wanted)
            rows = await waybill.orders.audit(view.connection, view.store_order_id)
            deeds = [
                {"at": f"{row.at:%Y-%m-%d %H:%M:%S}", "by": row.by, "what": row.what, "detail": row.detail}
                for row in rows
            ]
            decisions = await RuleDesk(waybill).decisions_on(view.connection, view.store_order_id)
            return view, deeds, decisions

    view, deeds, decisions = asyncio.run(look())
    if as_json:
        ruled = [decision.model_dump(mode="json") for decision, _ in decisions]
        say_json({"order": view.model_dump(mode="json"), "deeds": deeds, "decisions": ruled})
        return
    out.print(f"Order {view.number} is {view.stage.label}" + (f": {view.because}" if view.because else "."))
    if view.approval:
        request = view.approval
        who = f" by {request.decided_by}" if request.decided_by else f"; asked are {', '.join(request.asked)}"
        out.print(f"It needed an approval because {request.because}: {request.standing}{who}.", markup=False)
        for title, text in progress(request, view.granted, {}):
            out.print(f"  {title}: {text}", markup=False)
    if view.pricing:
        out.print(f"Its prices went to the ERP as: {view.pricing}.", markup=False)
    explain(view)
    show_decisions(decisions)
    if deeds:
        made = table("at (UTC)", "who", "did", "detail")
        for deed in deeds:
            made.add_row(*deed.values())
        out.print(made)


@app.command()
def approve(
    wanted: Wanted,
    approver: Annotated[str, typer.Option("--as", help="The approver's id.")],
    reason: Reason = "",
) -> None:
    """Approve an order that waits for a decision."""
    _decide(wanted, Verdict.APPROVE, approver, reason)


@app.command()
def reject(
    wanted: Wanted,
    approver: Annotated[str, typer.Option("--as", help="The approver's id.")],
    reason: Reason = "",
) -> None:
    """Reject an order that waits for a decision; it is never posted."""
    _decide(wanted, Verdict.REJECT, approver, reason)


@app.command()
def correct(
    wanted: Wanted,
    fields: Annotated[
        list[str], typer.Argument(help="What to change, as path=value: line.1.sku=WINE-RED-75")
    ],
    who: As = "",
    reason: Reason = "",
) -> None:
    """Correct an order's data: line.N.sku, delivery.country, customer.code and the like."""
    pairs = dict(field.partition("=")[::2] for field in fields)
    if any("=" not in field for field in fields):
        err.print("Write each correction as path=value, for example delivery.country=FR.")
        raise typer.Exit(Code.USAGE)
    correction = Correction(by=who or person(), reason=reason, fields=pairs)
    _ask(wanted, lambda desk, view: desk.correct(view.connection, view.store_order_id, correction))


@app.command("continue")
def continue_order(wanted: Wanted, who: As = "", reason: Reason = "") -> None:
    """Take the step again at which an order stopped."""
    asked = Asked(by=who or person(), reason=reason)
    _ask(wanted, lambda desk, view: desk.continue_order(view.connection, view.store_order_id, asked))


@app.command()
def hold(wanted: Wanted, who: As = "", reason: Reason = "") -> None:
    """Stop an order at its next step."""
    asked = Asked(by=who or person(), reason=reason)
    _ask(wanted, lambda desk, view: desk.hold(view.connection, view.store_order_id, asked))


@app.command()
def release(wanted: Wanted, who: As = "", reason: Reason = "") -> None:
    """Let a held order go on as it is, where the hold may be overruled."""
    asked = Asked(by=who or person(), reason=reason)
    _ask(wanted, lambda desk, view: desk.release(view.connection, view.store_order_id, asked))


@app.command()
def delivered(wanted: Wanted, who: As = "", reason: Reason = "") -> None:
    """Say that all of a shipped order is with the buyer, where its store does not tell."""
    asked = Asked(by=who or person(), reason=reason)
    _ask(wanted, lambda desk, view: desk.delivered(view.connection, view.store_order_id, asked))


@app.command()
def cancel(wanted: Wanted, who: As = "", reason: Reason = "") -> None:
    """Cancel an order, in the ERP too where it is there and still may be."""
    asked = Asked(by=who or person(), reason=reason)
    _ask(wanted, lambda desk, view: desk.cancel(view.connection, view.store_order_id, asked))


async def _find(wanted: str) -> OrderView:
    async with opened() as waybill:
        return await one_order(waybill, wanted)


def _decide(wanted: str, verdict: Verdict, approver: str, reason: str) -> None:
    links = links_of(load())

    def decision(view: OrderView) -> Decision:
        return links.decision(shown_link(view, approver), verdict, Channel.CLI, reason)

    _ask(wanted, lambda desk, view: desk.decide(view.connection, view.store_order_id, decision(view)))


def _ask(wanted: str, ask: Callable[[OrderDesk, OrderView], Awaitable[OrderView]]) -> None:
    async def send() -> OrderView:
        view = await _find(wanted)
        async with answering() as desk:
            return await ask(desk, view)

    view = asyncio.run(send())
    out.print(f"Done. Order {view.number} is {view.stage.label}.", markup=False)
