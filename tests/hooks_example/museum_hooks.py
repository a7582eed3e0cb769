"""Three hooks for Waybill: one stops orders, one sets fields of the ERP's document, one writes elsewhere."""

import asyncio
import json
import os
from pathlib import Path

from domain.hooks import EarlyAnswer, HookRefuses, LateAnswer, OrderCaptured, OrderChecked, OrderFollowed

_BOXES = ("po box", "p.o. box", "boîte postale", "bp ")
_GATE_BOOK = "MUSEUM_GATE_BOOK"


def no_post_office_box(given: OrderCaptured) -> None:
    """Stop orders that the carrier cannot deliver. The sentence quotes no address."""
    if given.order.delivery.street.casefold().startswith(_BOXES):
        raise HookRefuses("the delivery goes to a post-office box; ask the buyer for a street")


def note_members(given: OrderChecked) -> EarlyAnswer | None:
    """Mark the orders of members, in the ERP and for later rules."""
    if "friend of the museum" not in given.order.comment.casefold():
        return None
    return EarlyAnswer(tags=("member",), fields={"comment": "Pack with a membership card"})


async def book_the_loading_gate(given: OrderFollowed) -> LateAnswer:
    """Book the gate for a posted order, once: a call that is made again finds its own booking."""
    booked = await asyncio.to_thread(_book, Path(os.environ[_GATE_BOOK]), given.key)
    return LateAnswer(tags=(f"gate-{booked}",))


def _book(book: Path, key: str) -> int:
    bookings = (
        [json.loads(row)["key"] for row in book.read_text("utf-8").splitlines()] if book.exists() else []
    )
    if key not in bookings:
        with book.open("a", encoding="utf-8") as end:
            end.write(json.dumps({"key": key}) + "\n")
        bookings.append(key)
    return bookings.index(key) + 1
