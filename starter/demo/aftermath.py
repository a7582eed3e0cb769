"""What comes after the order: one goes to the door and partly back, one is undone after it was picked."""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal

from domain.life import Asked, OrderView
from domain.policy import PaperKind
from domain.returning import ReturnAsked, ReturnedLine, ReturnStage, ReturnView
from domain.stages import Stage
from starter.demo.board import Row
from starter.demo.cases import After
from starter.demo.letters import due_letters, first_letter_difference
from starter.demo.people import change_mind
from starter.demo.storefronts import Moment
from starter.demo.watching import PATIENCE_SECONDS, Watch
from starter.demo.world import Outside
from starter.order_desk import OrderDesk

TRACKING = ("PX2041880017", "PX2041880025")
_IN_FIRST_PARCEL = 4
_RETURN = "R1"
_CLERK, _WAREHOUSE = "olga", "wanda"


class Aftermath:
    """Plays what the warehouse, the accounts department and the customers do with posted orders."""

    def __init__(self, outside: Outside, desk: OrderDesk, watch: Watch) -> None:
        self._outside, self._desk, self._watch = outside, desk, watch

    async def play(self, rows: tuple[Row, ...]) -> None:
        """See every order through that goes on after its posting."""
        acts: dict[After, Callable[[Row], Awaitable[None]]] = {
            After.SHIPPED: self._ship_and_take_back,
            After.UNDONE: self._undo,
        }
        async with asyncio.timeout(PATIENCE_SECONDS):
            await asyncio.gather(*(acts[row.case.after](row) for row in rows if row.case.after))

    async def _ship_and_take_back(self, row: Row) -> None:
        await self._pick(row)
        deliveries = [await self._send_parcel(row, 1, _IN_FIRST_PARCEL), await self._send_parcel(row, 2)]
        await self._invoice(row, deliveries)
        await self._register_return(row)
        await self._credit(row)

    async def _pick(self, row: Row) -> None:
        await self._outside.erp.pick(_entry(row))
        await self._watch.order(row, "the warehouse picks it", _is_picked)
        await self._until_shop_shows(row, Moment.PICKED, ())
        prepared = "the shop shows that it is prepared"
        self._watch.say(row, f"picked; {prepared}" if self._outside.shop.habits.shows_picking else "picked")

    async def _send_parcel(self, row: Row, number: int, pieces: int | None = None) -> str:
        tracking = TRACKING[number - 1]
        delivery = await self._outside.erp.send_parcel(_entry(row), tracking, pieces)
        await self._watch.order(row, f"parcel {number} leaves", _has(PaperKind.DELIVERY, number))
        moment = Moment.SHIPPED if number == len(TRACKING) else Moment.PARTLY_SHIPPED
        await self._until_shop_shows(row, moment, TRACKING[:number])
        self._watch.say(row, f"parcel {number} of {len(TRACKING)} left; the shop shows its number {tracking}")
        return delivery

    async def _invoice(self, row: Row, deliveries: list[str]) -> None:
        await self._outside.erp.invoice(deliveries)
        view = await self._watch.order(row, "its papers are kept", _files(len(deliveries) + 1))
        await self._until_mailed(row, view)
        names = ", ".join(kept.name for _, kept in view.documents)
        self._watch.say(row, f"shipped and invoiced; mailed to the customer: {names}")

    async def _register_return(self, row: Row) -> None:
        line = ReturnedLine(sku=row.case.cart.lines[0].sku, quantity=Decimal(1))
        asked = ReturnAsked(
            reference=_RETURN, lines=(line,), label=True, by=_CLERK, reason="one piece is broken"
        )
        await self._desk.ask_return("shop", row.order_id, asked)
        view = await self._watch.order(
            row, "its return waits for the goods", _return_is(ReturnStage.WAITING_FOR_GOODS)
        )
        await self._until_mailed(row, view)
        self._watch.say(row, f"one piece comes back; its label {_return_of(view).tracking} is mailed")

    async def _credit(self, row: Row) -> None:
        files = len(row.view.documents) if row.view else 0
        arrived = Asked(by=_WAREHOUSE, reason="the parcel is here")
        await self._desk.tell_return("shop", row.order_id, _RETURN, "goods_arrived", arrived)
        await self._watch.order(row, "its return is credited", _return_is(ReturnStage.COMPLETED))
        view = await self._watch.order(row, "its credit note is kept", _files(files + 1))
        await self._until_mailed(row, view)
        self._watch.say(row, f"one piece came back; {_return_of(view).credited} are credited and mailed")

    async def _undo(self, row: Row) -> None:
        await self._pick(row)
        await change_mind(row.order_id, self._outside, self._desk)
        await self._watch.order(row, "it is held, being picked", lambda view: view.stage is Stage.HELD)
        self._watch.say(row, "Wanda put the goods back on the shelf and let the cancellation go on")
        back = Asked(by=_WAREHOUSE, reason="the goods are back on the shelf")
        await self._desk.release("shop", row.order_id, back)
        await self._watch.order(row, "it is cancelled", lambda view: view.stage is Stage.CANCELLED)
        await self._until_shop_shows(row, Moment.CANCELLED, ())
        self._watch.say(row, "the goods are back on the shelf; cancelled in the ERP and in the shop")

    async def _until_shop_shows(self, row: Row, moment: Moment, tracking: tuple[str, ...]) -> None:
        status = self._outside.shop.habits.statuses[moment]

        async def look() -> bool:
            shown = await self._outside.shop.shown(row.order_id)
            return (shown.status, shown.tracking) == (status, tracking)

        wanted = ", ".join((f"status {status}", *tracking))
        await self._watch.until(f"order {row.order_id}, the shop shows {wanted}", look)

    async def _until_mailed(self, row: Row, view: OrderView) -> None:
        async def look() -> bool:
            return not first_letter_difference(
                due_letters(row.case.buyer, view), await self._outside.mailbox.get("/mails")
            )

        await self._watch.until(f"order {row.order_id}, one mail for each of its papers", look)


def _entry(row: Row) -> str:
    document = row.view.document if row.view else None
    if document is None:
        raise RuntimeError(f"order {row.order_id} is not in the ERP")
    return document.entry


def _is_picked(view: OrderView) -> bool:
    return view.stage is Stage.PICKING


def _has(kind: PaperKind, count: int) -> Callable[[OrderView], bool]:
    return lambda view: sum(paper.kind is kind for paper in view.papers) == count


def _files(count: int) -> Callable[[OrderView], bool]:
    return lambda view: len(view.documents) == count


def _return_of(view: OrderView) -> ReturnView:
    return next(each for each in view.returns if each.reference == _RETURN)


def _return_is(stage: ReturnStage) -> Callable[[OrderView], bool]:
    return lambda view: bool(view.returns) and _return_of(view).stage is stage
