"""What comes after the order: one goes to the door and partly back, one is undone after it was picked."""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

from domain.life import Asked, OrderView
from domain.policy import PaperKind
from domain.returning import ReturnAsked, ReturnedLine, ReturnStage, ReturnView
from domain.stages import Stage
from starter.demo.board import Row
from starter.demo.cases import After
from starter.demo.letters import due_letters, first_letter_difference
from starter.demo.watching import PATIENCE_SECONDS, Watch
from starter.demo.world import Outside
from starter.order_desk import OrderDesk

TRACKING = ("PX2041880017", "PX2041880025")
_FIRST_PARCEL = {"0": "4"}
_PREPARING, _SHIPPED, _CANCELED = 3, 4, 6
"""The shop's states, as waybill.toml maps them."""
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
        deliveries = [
            await self._send_parcel(row, 1, lines=_FIRST_PARCEL, freight=True),
            await self._send_parcel(row, 2),
        ]
        await self._invoice(row, deliveries)
        await self._register_return(row)
        await self._credit(row)

    async def _pick(self, row: Row) -> None:
        await self._staff("pick", order=_entry(row))
        await self._watch.order(row, "the warehouse picks it", _is_picked)
        await self._until_shop_shows(row, _PREPARING, ())
        self._watch.say(row, "picked; the shop shows that it is prepared")

    async def _send_parcel(self, row: Row, number: int, **what: Any) -> int:
        tracking = TRACKING[number - 1]
        made = await self._staff("deliver", order=_entry(row), tracking=tracking, carrier="Parcel", **what)
        await self._watch.order(row, f"parcel {number} leaves", _has(PaperKind.DELIVERY, number))
        whole = number == len(TRACKING)
        await self._until_shop_shows(row, _SHIPPED if whole else _PREPARING, TRACKING[:number])
        self._watch.say(row, f"parcel {number} of {len(TRACKING)} left; the shop shows its number {tracking}")
        return int(made["DocEntry"])

    async def _invoice(self, row: Row, deliveries: list[int]) -> None:
        await self._staff("invoice", deliveries=deliveries)
        view = await self._watch.order(row, "its papers are kept", _files(len(deliveries) + 1))
        await self._until_mailed(row, view)
        names = ", ".join(kept.name for _, kept in view.documents)
        self._watch.say(row, f"shipped and invoiced; mailed to the customer: {names}")

    async def _register_return(self, row: Row) -> None:
        line = ReturnedLine(sku=str(row.case.cart["lines"][0]["sku"]), quantity=Decimal(1))
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
        await self._desk.cancel("shop", row.order_id, Asked(by=_CLERK, reason="the buyer changed their mind"))
        await self._watch.order(row, "it is held, being picked", lambda view: view.stage is Stage.HELD)
        self._watch.say(row, "Wanda put the goods back on the shelf and let the cancellation go on")
        back = Asked(by=_WAREHOUSE, reason="the goods are back on the shelf")
        await self._desk.release("shop", row.order_id, back)
        await self._watch.order(row, "it is cancelled", lambda view: view.stage is Stage.CANCELLED)
        await self._until_shop_shows(row, _CANCELED, ())
        self._watch.say(row, "the goods are back on the shelf; cancelled in the ERP and in the shop")

    async def _staff(self, action: str, **what: Any) -> Any:
        return await self._outside.erp.post(f"/_sandbox/{action}", what)

    async def _until_shop_shows(self, row: Row, status: int, tracking: tuple[str, ...]) -> None:
        async def look() -> bool:
            shown = await self._outside.shop.get(f"/shop/orders/{row.order_id}")
            numbers = ",".join(parcel["number"] for parcel in shown["tracking"])
            return (shown["status"]["id"], numbers) == (status, ",".join(tracking))

        wanted = ", ".join((f"status {status}", *tracking))
        await self._watch.until(f"order {row.order_id}, the shop shows {wanted}", look)

    async def _until_mailed(self, row: Row, view: OrderView) -> None:
        async def look() -> bool:
            return not first_letter_difference(
                due_letters(row.case.buyer, view), await self._outside.mailbox.get("/mails")
            )

        await self._watch.until(f"order {row.order_id}, one mail for each of its papers", look)


def _entry(row: Row) -> int:
    document = row.view.document if row.view else None
    if document is None:
        raise RuntimeError(f"order {row.order_id} is not in the ERP")
    return int(document.entry)


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
