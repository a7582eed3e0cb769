"""Run the demo from start to reckoning."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console

from domain.life import OrderView
from domain.money import Money
from domain.stages import Stage
from starter.composition import Waybill, compose
from starter.demo.aftermath import Aftermath
from starter.demo.audit import Audit
from starter.demo.board import Board, Row
from starter.demo.cases import CASES, SOLD_OUT, STRUCK, Case
from starter.demo.people import act
from starter.demo.watching import PATIENCE_SECONDS, Watch
from starter.demo.world import Door, Outside
from starter.order_desk import OrderDesk
from starter.stack import Stack, local_stack
from starter.stack.settings import Paces

# Short enough to watch: real ones are in the README.
_PACES = Paces(reconcile_every="3s", sap_timeout="4s", settle="2s", feed_every="0.5s")


class Demo:
    """The demo's run over a running stack."""

    def __init__(
        self, stack: Stack, waybill: Waybill, outside: Outside, desk: OrderDesk, board: Board
    ) -> None:
        self._stack, self._waybill, self._outside = stack, waybill, outside
        self._desk = desk
        self.board, self.watch = board, Watch(waybill.orders, board)

    async def play(self) -> None:
        """Place all orders and see each to its end."""
        await self._outside.erp.post("/_sandbox/stock", {"item": SOLD_OUT, "on_hand": "0"})
        async with asyncio.timeout(PATIENCE_SECONDS):
            for case in CASES:
                await self._place(case)
            await asyncio.gather(*(self._see_through(row) for row in self.board.rows))

    async def strike(self) -> Row:
        """Kill the worker after the ERP wrote an order and before it could answer, then start another."""
        await self._outside.erp.post(
            "/_sandbox/faults", {"kind": "hang_after_commit", "path": "$batch", "seconds": 60}
        )
        row = await self._place(STRUCK)

        async def is_written() -> bool:
            return bool(await self.documents_of(row.order_id))

        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.watch.until(f"order {row.order_id}, the ERP has it", is_written)
            await self._stack.worker.kill()
            self.watch.say(row, "the ERP has it, the worker is dead")
            await self._stack.start_worker()
            self.watch.say(row, "a new worker runs")
            await self._until(row, Stage.POSTED)
        self.watch.say(row, "")
        return row

    async def go_on(self) -> None:
        """Let the warehouse and the others do what comes after posting."""
        await Aftermath(self._outside, self._desk, self.watch).play(self.board.rows)

    async def _place(self, case: Case) -> Row:
        if case.fault:
            # A shop may post several events for an order: created, and its first status.
            await self._outside.shop.post("/_sandbox/faults", {"kind": case.fault, "times": None})
        receipt = await self._outside.place(case.cart)
        currency = case.cart.get("currency", "EUR")
        total = Money(Decimal(str(receipt["total_paid_tax_incl"])), currency).rounded()
        row = Row(case, str(receipt["id_order"]), total)
        self.board.add(row)
        if case.fault:
            await self.watch.until(f"order {row.order_id}, its webhooks are sent", self._hooks_fired)
            await self._outside.shop.delete("/_sandbox/faults")
        return row

    async def _hooks_fired(self) -> bool:
        hooks = await self._outside.shop.get("/_sandbox/webhooks")
        return all(hook["status"] != "waiting" for hook in hooks)

    async def _see_through(self, row: Row) -> None:
        case = row.case
        if case.person:
            waits = {
                "approve": Stage.AWAITING_APPROVAL,
                "reject": Stage.AWAITING_APPROVAL,
                "correct": Stage.HELD,
            }
            view = await self._until(row, waits.get(case.person, Stage.POSTED))
            row.note = await act(row, view, self._outside, self._desk, self._waybill.links)
        await self._until(row, case.ends)

    async def _until(self, row: Row, stage: Stage) -> OrderView:
        return await self.watch.order(
            row,
            stage.label,
            lambda view: view.stage is stage and (stage is not Stage.POSTED or view.told_store),
        )

    async def reckon(self, console: Console) -> str:
        """Print the summary; return the first difference, or an empty text."""
        audit = Audit(self._waybill.orders, self._outside, self.board, self.watch)
        return await audit.reckon(console, self._stack.addresses.mailbox_url)

    async def documents_of(self, order_id: str) -> list[dict[str, Any]]:
        """Return what the ERP committed for one of the store's orders."""
        entries = await self._outside.erp.get("/_sandbox/ledger", kind="order")
        return [entry for entry in entries if str(entry["U_WebOrderId"]).startswith(f"shop:{order_id}:")]


@asynccontextmanager
async def _outside(stack: Stack) -> AsyncIterator[Outside]:
    places = stack.addresses
    outside = Outside(
        Door("shop", places.shop_url),
        Door("erp", places.sap_url),
        Door("mailbox", places.mailbox_url),
        Door("labels", places.labels_url),
        Door("gateway", places.gateway_url),
    )
    try:
        yield outside
    finally:
        await outside.close()


async def _play(demo: Demo, console: Console) -> str:
    """Play all of it; return the first difference, or an empty text."""
    clock, began = time.monotonic, time.monotonic()
    try:
        with demo.board:
            await demo.play()
            placed = clock()
            row = await demo.strike()
            struck = clock()
            await demo.go_on()
    except TimeoutError:
        return f"after {PATIENCE_SECONDS} s there was still waited for: {demo.watch.waiting}"
    documents = await demo.documents_of(row.order_id)
    console.print(
        f"\nThe worker was killed with -9 while order {row.order_id} was being posted:"
        f" the ERP has {len(documents)} document of it, DocEntry {documents[0]['DocEntry']}.\n"
    )
    difference = await demo.reckon(console)
    console.print(
        f"\nTook: orders {placed - began:.1f} s, the killed worker {struck - placed:.1f} s,"
        f" what came after posting {clock() - struck:.1f} s."
    )
    return difference


async def run_demo(folder: Path, console: Console) -> int:
    """Run the demo with its state in `folder`; return 0, or 1 with the first difference printed."""
    began = time.monotonic()
    console.print(
        "Starting Temporal, a store, an ERP, a mailbox, a label service, the gateway and a worker …"
    )
    async with local_stack(folder, paces=_PACES) as stack, _outside(stack) as outside:
        console.print(
            f"Started in {time.monotonic() - began:.1f} s. Temporal's pages: {stack.temporal.ui_url}"
            f"\nThe mailbox: {stack.addresses.mailbox_url}\n"
        )
        waybill = compose(stack.configuration())
        try:
            desk = OrderDesk(await stack.client(), waybill.configuration.task_queue)
            difference = await _play(Demo(stack, waybill, outside, desk, Board(console)), console)
        finally:
            await waybill.close()
    if difference:
        console.print(f"\nIt does not add up: {difference}.", markup=False, style="red")
        return 1
    console.print(
        f"\nEverything adds up, in the store, in Waybill and in the ERP. {time.monotonic() - began:.0f} s."
        f"\n`make up` starts the same and stays; logs, papers and data of this run are in {folder}.",
        markup=False,
    )
    return 0
