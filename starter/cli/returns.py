"""`waybill return …`: register what comes back of an order, and see it through."""

import asyncio
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from domain.life import Asked, OrderView
from domain.policy import Goods
from domain.returning import ReturnAsked
from starter.cli.codes import Code
from starter.cli.orders import As, Reason, Wanted
from starter.cli.output import err, out
from starter.cli.session import answering, one_order, opened, person

app = typer.Typer(help="Take back goods or give money back.", no_args_is_help=True)

Reference = Annotated[str, typer.Argument(help="The return, as `waybill order show` names it: R1, slip-7.")]


@app.command()
def ask(
    wanted: Wanted,
    lines: Annotated[
        list[str] | None, typer.Argument(metavar="[SKU=QTY]...", help="What comes back: WINE-RED-75=2")
    ] = None,
    amount: Annotated[str, typer.Option(help="Money given back without pieces, with tax.")] = "0",
    shipping: Annotated[str, typer.Option(help="What of the shipping is given back, with tax.")] = "0",
    goods: Annotated[
        Goods | None,
        typer.Option(help="Whether they are coming, back already, or stay; default: coming, where named."),
    ] = None,
    no_stock: Annotated[bool, typer.Option("--no-stock", help="They do not go into stock.")] = False,
    instead: Annotated[
        list[str] | None,
        typer.Option(help="What is sent instead: WINE-WHITE-75=2, or WINE-WHITE-75=2@14.90, price with tax."),
    ] = None,
    at_once: Annotated[
        bool | None,
        typer.Option(
            "--at-once/--when-back", help="Order it now, or once the goods are back; default: pair."
        ),
    ] = None,
    label: Annotated[bool, typer.Option("--label", help="Make a return label.")] = False,
    reference: Annotated[str, typer.Option(help="The return's own name; default: R1, R2 and so on.")] = "",
    who: As = "",
    reason: Reason = "",
) -> None:
    """Register a return: pieces, an amount, shipping, or all of them; and what is sent instead."""
    pieces = [text.rpartition("=") for text in lines or ()]
    if not all(sku for sku, _, _ in pieces):
        err.print("Write each article as SKU=QTY, for example WINE-RED-75=2.")
        raise typer.Exit(Code.USAGE)
    facts = {
        "lines": [{"sku": sku, "quantity": quantity} for sku, _, quantity in pieces],
        "amount": amount,
        "shipping": shipping,
        "goods": goods or (Goods.COMING if pieces else Goods.NONE),
        "to_stock": not no_stock,
        "label": label,
        "instead": [_replacement(text) for text in instead or ()],
        "at_once": at_once,
        "by": who or person(),
        "reason": reason,
    }
    _say_registered(*_register(wanted, _asked({**facts, "reference": reference})))


def _say_registered(before: OrderView, view: OrderView) -> None:
    name = view.registered
    if any(each.reference == name for each in before.returns):
        known = f"Return {name} of order {view.number} asks for just this already."
        out.print(f"{known} For another one, name it with --reference.", markup=False)
        return
    out.print(f"Done. Return {name} of order {view.number} is registered.", markup=False)


def _register(wanted: str, asked: ReturnAsked) -> tuple[OrderView, OrderView]:
    """Return the order as it was, and as it is."""

    async def send() -> tuple[OrderView, OrderView]:
        async with opened() as waybill:
            view = await one_order(waybill, wanted)
        async with answering() as desk:
            return view, await desk.ask_return(view.connection, view.store_order_id, asked, view)

    return asyncio.run(send())


@app.command()
def arrived(wanted: Wanted, reference: Reference, who: As = "", reason: Reason = "") -> None:
    """Say that the goods are here, where the ERP does not show it."""
    _tell(wanted, reference, "goods_arrived", Asked(by=who or person(), reason=reason))


@app.command("continue")
def continue_return(wanted: Wanted, reference: Reference, who: As = "", reason: Reason = "") -> None:
    """Take the step again at which a return stopped."""
    _tell(wanted, reference, "continue_return", Asked(by=who or person(), reason=reason))


@app.command("give-up")
def give_up(wanted: Wanted, reference: Reference, who: As = "", reason: Reason = "") -> None:
    """End a return that nothing will come of."""
    _tell(wanted, reference, "give_up", Asked(by=who or person(), reason=reason))


def _replacement(text: str) -> dict[str, str]:
    sku, _, rest = text.rpartition("=")
    quantity, at, price = rest.partition("@")
    if not sku or (at and not price):
        err.print("Write what is sent instead as SKU=QTY or SKU=QTY@PRICE: WINE-WHITE-75=2@14.90.")
        raise typer.Exit(Code.USAGE)
    return {"sku": sku, "quantity": quantity, **({"price": price} if price else {})}


def _asked(facts: dict[str, Any]) -> ReturnAsked:
    try:
        return ReturnAsked.model_validate(facts)
    except ValidationError as problem:
        for wrong in problem.errors(include_url=False):
            field = ".".join(str(part) for part in wrong["loc"])
            err.print(f"{field}: {wrong['msg']}", markup=False)
        raise typer.Exit(Code.USAGE) from None


def _tell(wanted: str, reference: str, what: str, asked: Asked) -> None:
    async def send() -> OrderView:
        async with opened() as waybill:
            view = await one_order(waybill, wanted)
        async with answering() as desk:
            await desk.tell_return(view.connection, view.store_order_id, reference, what, asked)
        return view

    view = asyncio.run(send())
    out.print(f"Done. Return {reference} of order {view.number} was told.", markup=False)
