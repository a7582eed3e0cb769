"""Run the demo from start to reckoning."""

import asyncio
import time
from pathlib import Path

from rich.console import Console

from activities.reconcile import ORDERS_FLOW
from domain.life import OrderView
from domain.stages import Stage
from starter.composition import Waybill, compose
from starter.demo.aftermath import Aftermath
from starter.demo.audit import Audit
from starter.demo.board import Board, Row
from starter.demo.carts import Trouble
from starter.demo.cases import CASES, SOLD_OUT, STRUCK, Case
from starter.demo.floors import Booked
from starter.demo.people import act
from starter.demo.tally import Tally
from starter.demo.watching import PATIENCE_SECONDS, Watch
from starter.demo.world import Outside, outside_of
from starter.order_desk import OrderDesk
from starter.stack import FIRST_PAIR, PairOfKinds, Stack, local_stack
from starter.stack.settings import Paces

# Short enough to watch: real ones are in the README.
_PACES = Paces(reconcile_every="3s", erp_timeout="4s", settle="2s", feed_every="0.5s")


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
        await self._outside.erp.sell_out(SOLD_OUT)
        async with asyncio.timeout(PATIENCE_SECONDS):
            for case in CASES:
                await self._place(case)
            await asyncio.gather(*(self._see_through(row) for row in self.board.rows))

    async def strike(self) -> Row:
        """Kill the worker after the ERP wrote an order and before it could answer, then start another."""
        await self._outside.erp.lose_next_answer()
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
        shop = self._outside.shop
        if case.trouble is Trouble.LOST:
            # What happens before the store's list was read for the first time is no business of Waybill's.
            await self.watch.until("the store's list is read", self._list_is_read)
        if case.trouble:
            await shop.trouble(case.trouble)
        placed = await shop.place(case.cart)
        row = Row(case, placed.order_id, placed.total)
        self.board.add(row)
        if case.trouble:
            await self.watch.until(f"order {row.order_id}, its webhooks are sent", shop.has_told)
            await shop.trouble(Trouble.NONE)
        return row

    async def _list_is_read(self) -> bool:
        return bool(await self._waybill.marks.cursor("shop", ORDERS_FLOW))

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

    async def reckon(self, console: Console) -> Tally:
        """Print the summary; return what it comes to."""
        audit = Audit(self._waybill.orders, self._outside, self.board, self.watch)
        return await audit.reckon(console, self._stack.addresses.mailbox_url)

    async def documents_of(self, order_id: str) -> list[Booked]:
        """Return what the ERP booked of one of the store's orders."""
        return [booked for booked in await self._outside.erp.orders() if booked.order_id == order_id]


async def _play(demo: Demo, console: Console) -> Tally:
    """Play all of it; return what it came to."""
    clock, began = time.monotonic, time.monotonic()
    try:
        with demo.board:
            await demo.play()
            placed = clock()
            row = await demo.strike()
            struck = clock()
            await demo.go_on()
    except TimeoutError:
        waiting = f"after {PATIENCE_SECONDS} s there was still waited for: {demo.watch.waiting}"
        return Tally(orders=len(demo.board.rows), difference=waiting)
    documents = await demo.documents_of(row.order_id)
    console.print(
        f"\nThe worker was killed with -9 while order {row.order_id} was being posted:"
        f" the ERP has {len(documents)} document of it, DocEntry {documents[0].entry}.\n"
    )
    tally = await demo.reckon(console)
    console.print(
        f"\nTook: orders {placed - began:.1f} s, the killed worker {struck - placed:.1f} s,"
        f" what came after posting {clock() - struck:.1f} s."
    )
    return tally


async def play_pair(folder: Path, console: Console, kinds: PairOfKinds = FIRST_PAIR) -> Tally:
    """Play the whole demo with one kind of store and one of ERP, its state in `folder`."""
    began = time.monotonic()
    store, erp = (system.title for system in kinds.systems)
    console.print(
        f"Starting Temporal, a {store}, {erp}, a mailbox, a label service, the gateway and a worker …"
    )
    async with local_stack(folder, kinds=kinds, paces=_PACES) as stack, outside_of(stack) as outside:
        console.print(
            f"Started in {time.monotonic() - began:.1f} s. Temporal's pages: {stack.temporal.ui_url}"
            f"\nThe mailbox: {stack.addresses.mailbox_url}\n"
        )
        waybill = compose(stack.configuration())
        try:
            desk = OrderDesk(await stack.client(), waybill.configuration.task_queue)
            return await _play(Demo(stack, waybill, outside, desk, Board(console)), console)
        finally:
            await waybill.close()


async def run_demo(folder: Path, console: Console, kinds: PairOfKinds = FIRST_PAIR) -> int:
    """Run the demo with its state in `folder`; return 0, or 1 with the first difference printed."""
    began = time.monotonic()
    tally = await play_pair(folder, console, kinds)
    if tally.difference:
        console.print(f"\nIt does not add up: {tally.difference}.", markup=False, style="red")
        return 1
    console.print(
        f"\nEverything adds up, in the store, in Waybill and in the ERP. {time.monotonic() - began:.0f} s."
        f"\n`make up` starts the same and stays; logs, papers and data of this run are in {folder}.",
        markup=False,
    )
    return 0
