"""The demo's end: what the store, Waybill, the ERP, the mailbox and the label service say, side by side."""

from collections.abc import Mapping, Sequence

from rich.console import Console

from domain.life import OrderView
from domain.money import Money
from records.orders import Orders
from starter.demo.board import Board, Row
from starter.demo.letters import due_letters, first_letter_difference
from starter.demo.paper_reckoning import COLUMNS, first_paper_difference, papers_table
from starter.demo.reckoning import first_difference, summary
from starter.demo.stock_reckoning import Shelf, first_stock_difference, shelves
from starter.demo.storefronts import Moment, Shown
from starter.demo.tally import Tally
from starter.demo.watching import Watch
from starter.demo.world import Outside

_SETTLE_SECONDS = 15
"""How long mails and the shop's stock may be on their way."""


class Audit:
    """Adds up what was seen everywhere."""

    def __init__(self, orders: Orders, outside: Outside, board: Board, watch: Watch) -> None:
        self._orders, self._outside, self._board, self._watch = orders, outside, board, watch

    async def reckon(self, console: Console, mailbox_url: str) -> Tally:
        """Print the summary; return it as one row, with the first difference."""
        late = await self._watch.settled(self._late_difference, _SETTLE_SECONDS)
        views, shown = await self._orders.list(limit=1000), await self._shown()
        console.print(summary(self._captured, views))
        console.print()
        console.print(papers_table(views))
        console.print()
        for shelf in await self._shelves():
            console.print(str(shelf), markup=False, highlight=False)
        await self._print_mails(console, mailbox_url)
        wrong = await self._order_difference(views, shown) or await self._paper_difference(views) or late
        return Tally.of(views, shown, wrong)

    @property
    def _captured(self) -> Mapping[str, Money]:
        return {row.order_id: row.total for row in self._board.rows}

    async def _shown(self) -> dict[str, Shown]:
        return {row.order_id: await self._outside.shop.shown(row.order_id) for row in self._board.rows}

    async def _order_difference(self, views: Sequence[OrderView], shown: Mapping[str, Shown]) -> str:
        cancelled = self._outside.shop.habits.statuses[Moment.CANCELLED]
        return first_difference(self._captured, views, await self._outside.erp.orders(), shown, cancelled)

    async def _paper_difference(self, views: Sequence[OrderView]) -> str:
        books = {kind: await self._outside.erp.papers(kind) for kind in COLUMNS.values()}
        return first_paper_difference(self._captured, views, books)

    async def _late_difference(self) -> str:
        """Judge what is done beside the orders and may still be on its way."""
        views = await self._orders.list(limit=1000)
        return (
            await self._letter_difference(views)
            or await self._label_difference(views)
            or first_stock_difference(await self._shelves())
        )

    async def _letter_difference(self, views: Sequence[OrderView]) -> str:
        buyers = {row.order_id: row.case.buyer for row in self._board.rows}
        due = [letter for view in views for letter in due_letters(buyers[view.store_order_id], view)]
        return first_letter_difference(due, await self._outside.mailbox.get("/mails"))

    async def _label_difference(self, views: Sequence[OrderView]) -> str:
        bought = await self._outside.labels.get("/_sandbox/ledger", kind="label")
        known = sorted(each.tracking for view in views for each in view.returns if each.label)
        sold = sorted(str(entry["tracking"]) for entry in bought)
        return "" if known == sold else f"Waybill has the labels {known}, the label service sold {sold}"

    async def _shelves(self) -> tuple[Shelf, ...]:
        rows: tuple[Row, ...] = self._board.rows
        return shelves(rows, await self._outside.erp.stock(), await self._outside.shop.offered())

    async def _print_mails(self, console: Console, mailbox_url: str) -> None:
        mails = await self._outside.mailbox.get("/mails")
        files = sum(len(mail["attachments"]) for mail in mails)
        console.print(f"\n{len(mails)} mails with {files} PDFs: {mailbox_url}", markup=False, highlight=False)
