"""What every command needs: the configuration, the records, the order desk; opened late and closed again."""

import getpass
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import typer

from domain.life import OrderView
from starter.cli.codes import Code
from starter.cli.output import err, orders_table
from starter.composition import Waybill, compose
from starter.configuration import load
from starter.order_desk import Declined, NoAnswer, OrderDesk
from starter.temporal_client import connect


@asynccontextmanager
async def opened() -> AsyncIterator[Waybill]:
    """Open what waybill.toml describes."""
    waybill = compose(load())
    try:
        yield waybill
    finally:
        await waybill.close()


@asynccontextmanager
async def answering() -> AsyncIterator[OrderDesk]:
    """Open the order desk and turn what orders answer into exit codes."""
    desk = OrderDesk(await connect(), load().task_queue)
    try:
        yield desk
    except Declined as refusal:
        err.print(f"Declined: {refusal}", markup=False)
        raise typer.Exit(Code.DECLINED) from None
    except NoAnswer as silence:
        err.print(
            f"No answer ({silence}). Is a worker running? It may still be done; look at the order.",
            markup=False,
        )
        raise typer.Exit(Code.NO_ANSWER) from None


async def one_order(waybill: Waybill, wanted: str) -> OrderView:
    """Return the one order that is meant; leave with a list when several are, or none is."""
    found = await waybill.orders.find(wanted)
    if len(found) == 1:
        return found[0]
    if found:
        err.print(f"{len(found)} orders fit {wanted}; name one as connection:id.", markup=False)
        err.print(orders_table(found))
    else:
        err.print(
            f"No order fits {wanted}. Give connection:id, a store number or an ERP number.", markup=False
        )
    raise typer.Exit(Code.NOT_FOUND)


def person() -> str:
    """Return who sits at this terminal, for the audit."""
    return os.environ.get("WAYBILL_PERSON") or getpass.getuser()
