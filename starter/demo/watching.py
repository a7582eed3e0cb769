"""Waiting for what the demo expects, while the board shows what happens meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable

from domain.life import OrderView
from records.orders import Orders
from starter.demo.board import Board, Row

PATIENCE_SECONDS = 60
_LOOK_SECONDS = 0.1


class Watch:
    """Looks again and again until something is so. Whoever waits sets the time limit."""

    def __init__(self, orders: Orders, board: Board) -> None:
        self._orders, self._board = orders, board
        self._waiting: dict[str, None] = {}

    @property
    def waiting(self) -> str:
        """What is still waited for, or was when the time was over."""
        return "; ".join(self._waiting)

    async def order(self, row: Row, what: str, fits: Callable[[OrderView], bool]) -> OrderView:
        """Return an order's view as soon as it fits."""
        found: list[OrderView] = []

        async def look() -> bool:
            view = await self._orders.one("shop", row.order_id)
            if view and view != row.view:
                row.view = view
                self._board.show(row)
            if view and fits(view):
                found.append(view)
            return bool(found)

        await self.until(f"order {row.order_id}, {what}", look)
        return found[0]

    async def until(self, what: str, look: Callable[[], Awaitable[bool]]) -> None:
        """Wait until a look finds it."""
        self._waiting[what] = None
        while not await look():  # noqa: ASYNC110 - it happens in other processes
            await asyncio.sleep(_LOOK_SECONDS)
        del self._waiting[what]

    async def settled(self, judge: Callable[[], Awaitable[str]], seconds: float) -> str:
        """Return an empty text once nothing is wrong any more, or what is still wrong after a while."""
        clock = asyncio.get_running_loop().time
        until = clock() + seconds
        while (wrong := await judge()) and clock() < until:  # noqa: ASYNC110 - it happens elsewhere
            await asyncio.sleep(_LOOK_SECONDS)
        return wrong

    def say(self, row: Row, note: str) -> None:
        """Show what happened to an order in words of the business."""
        row.note = note
        self._board.show(row)
