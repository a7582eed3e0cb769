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
from starter.demo.board import Board, Row
from starter.demo.cases import CASES, SOLD_OUT, STRUCK, Case
from starter.demo.people import act
from starter.demo.reckoning import first_difference, summary
from starter.demo.world import Door, Outside
from starter.order_desk import OrderDesk
from starter.stack import Stack, local_stack
from starter.stack.settings import Paces

PATIENCE_SECONDS = 60
_LOOK_SECONDS = 0.1
# Short enough to watch: real ones are in the README.
_PACES = Paces(reconcile_every="3s", sap_timeout="4s", settle="2s")


class Demo:
    """The demo's run over a running stack."""

    def __init__(
        self, stack: Stack, waybill: Waybill, outside: Outside, desk: OrderDesk, board: Board
    ) -> None:
        self._stack, self._waybill, self._outside = stack, waybill, outside
        self._desk, self._board = desk, board

    async def play(self) -> None:
        """Place all orders and see each to its end."""
        await self._outside.erp.post("/_sandbox/stock", {"item": SOLD_OUT, "on_hand": "0"})
        async with asyncio.timeout(PATIENCE_SECONDS):
            for case in CASES:
                await self._place(case)
            await asyncio.gather(*(self._see_through(row) for row in self._board.rows))

    async def strike(self) -> Row:
        """Kill the worker after the ERP wrote an order and before it could answer, then start another."""
        await self._outside.erp.post(
            "/_sandbox/faults", {"kind": "hang_after_commit", "path": "$batch", "seconds": 60}
        )
        row = await self._place(STRUCK)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await self.documents_of(row.order_id):  # noqa: ASYNC110 - it happens elsewhere
                await asyncio.sleep(_LOOK_SECONDS)
            await self._stack.worker.kill()
            row.note = "the ERP has it, the worker is dead"
            self._board.show(row)
            await self._stack.start_worker()
            row.note = "a new worker runs"
            self._board.show(row)
            await self._until(row, Stage.POSTED)
        row.note = ""
        self._board.show(row)
        return row

    async def _place(self, case: Case) -> Row:
        if case.fault:
            # A shop may post several events for an order: created, and its first status.
            await self._outside.shop.post("/_sandbox/faults", {"kind": case.fault, "times": None})
        receipt = await self._outside.place(case.cart)
        currency = case.cart.get("currency", "EUR")
        total = Money(Decimal(str(receipt["total_paid_tax_incl"])), currency).rounded()
        row = Row(case, str(receipt["id_order"]), total)
        self._board.add(row)
        if case.fault:
            await self._hooks_fired()
        return row

    async def _hooks_fired(self) -> None:
        while True:
            hooks = await self._outside.shop.get("/_sandbox/webhooks")
            if all(hook["status"] != "waiting" for hook in hooks):
                break
            await asyncio.sleep(_LOOK_SECONDS)
        await self._outside.shop.delete("/_sandbox/faults")

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
        while True:
            view = await self._waybill.orders.one("shop", row.order_id)
            if view and view != row.view:
                row.view = view
                self._board.show(row)
            if view and view.stage is stage and (stage is not Stage.POSTED or view.told_store):
                return view
            await asyncio.sleep(_LOOK_SECONDS)

    async def documents_of(self, order_id: str) -> list[dict[str, Any]]:
        """Return what the ERP committed for one of the store's orders."""
        entries = await self._outside.erp.get("/_sandbox/ledger", kind="order")
        return [entry for entry in entries if str(entry["U_WebOrderId"]).startswith(f"shop:{order_id}:")]

    async def reckon(self, console: Console) -> str:
        """Print the summary; return the first difference, or an empty text."""
        views = await self._waybill.orders.list(limit=1000)
        captured = {row.order_id: row.total for row in self._board.rows}
        notes = {}
        for view in views:
            answer = await self._outside.shop.get(f"/shop/orders/{view.store_order_id}/note")
            notes[view.store_order_id] = str(answer)
        ledger = await self._outside.erp.get("/_sandbox/ledger", kind="order")
        console.print(summary(captured, views))
        return first_difference(captured, views, ledger, notes)


@asynccontextmanager
async def _outside(stack: Stack) -> AsyncIterator[Outside]:
    places = stack.addresses
    outside = Outside(
        Door("shop", places.shop_url),
        Door("erp", places.sap_url),
        Door("mailbox", stack.addresses.mailbox_url),
        Door("gateway", places.gateway_url),
    )
    try:
        yield outside
    finally:
        await outside.close()


async def run_demo(folder: Path, console: Console) -> int:
    """Run the demo with its state in `folder`; return 0, or 1 with the first difference printed."""
    began = time.monotonic()
    console.print("Starting Temporal, a store, an ERP, a mailbox, the gateway and a worker …")
    async with local_stack(folder, paces=_PACES) as stack, _outside(stack) as outside:
        console.print(
            f"Started in {time.monotonic() - began:.1f} s. Temporal's pages: {stack.temporal.ui_url}\n"
        )
        waybill = compose(stack.configuration())
        try:
            desk = OrderDesk(await stack.client())
            with Board(console) as board:
                demo = Demo(stack, waybill, outside, desk, board)
                await demo.play()
                row = await demo.strike()
            documents = await demo.documents_of(row.order_id)
            console.print(
                f"\nThe worker was killed with -9 while order {row.order_id} was being posted:"
                f" the ERP has {len(documents)} document of it, DocEntry {documents[0]['DocEntry']}.\n"
            )
            difference = await demo.reckon(console)
        except TimeoutError:
            difference = f"not every order came to its end within {PATIENCE_SECONDS} s; logs are in {folder}"
        finally:
            await waybill.close()
    if difference:
        console.print(f"\nIt does not add up: {difference}.", markup=False, style="red")
        return 1
    console.print(
        f"\nEverything adds up, in the store, in Waybill and in the ERP. {time.monotonic() - began:.0f} s."
        f"\n`make up` starts the same and stays; logs and data of this run are in {folder}.",
        markup=False,
    )
    return 0
