"""Commands to orders: what the order desk does on the command line, with the same refusals."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Response
from pydantic import Field, StrictBool

from domain.corrections import MOST_FIELDS, Correction
from domain.life import Asked
from domain.model import Strict
from domain.policy import Goods
from domain.returning import ReturnAsked
from starter.api.access import Caller, Operator
from starter.api.inputs import Amount, Because, Key, KnownOrder
from starter.api.problems import refusals
from starter.api.services import Given, Services
from starter.api.shown import OrderShown
from starter.order_desk import OrderDesk

router = APIRouter(tags=["orders"], responses=refusals(404, 409))


_REFERENCE = r"^[A-Za-z0-9_.-]{1,20}$"
ReturnName = Annotated[str, Path(pattern=_REFERENCE, description="The return's name: R1.")]


class Corrections(Because):
    """What is changed, as paths with their new values: `delivery.country`, `line.1.sku`, `customer.code`."""

    fields: dict[str, str] = Field(
        min_length=1, max_length=MOST_FIELDS, examples=[{"delivery.country": "FR"}]
    )


class ReturnedPieces(Strict):
    """Pieces of one article that come back."""

    sku: str = Field(min_length=1, max_length=100)
    quantity: Amount
    line_id: str = Field(default="", max_length=100, description="The store's id of the line.")


class ReplacementPieces(Strict):
    """Pieces of one article that are sent instead."""

    sku: str = Field(min_length=1, max_length=100)
    quantity: Amount
    price: Amount | None = Field(
        default=None, description="For one piece, with tax; none: what the article cost in the order."
    )


class ReturnWanted(Because):
    """What comes back, what is given back or sent instead; amounts are in the order's currency, with tax."""

    reference: str | None = Field(
        default=None, pattern=_REFERENCE, description="The return's own name; none: the next of R1, R2, R3."
    )
    lines: tuple[ReturnedPieces, ...] = Field(default=(), max_length=1000)
    amount: Amount | None = Field(default=None, description="Money given back without pieces.")
    shipping: Amount | None = Field(default=None, description="What of the shipping is given back.")
    goods: Goods | None = Field(default=None, description="None: `coming`, where pieces are named.")
    to_stock: StrictBool = True
    label: StrictBool = False
    instead: tuple[ReplacementPieces, ...] = Field(default=(), max_length=1000)
    at_once: StrictBool | None = Field(
        default=None, description="Order them now, or once the goods are back; none: as the pair says."
    )


News = Literal["arrived", "continue", "give-up"]
_NEWS: dict[News, str] = {
    "arrived": "goods_arrived",
    "continue": "continue_return",
    "give-up": "give_up",
}


def desk_for(caller: Caller, key: str | None, given: Services) -> OrderDesk:
    """Return the desk for one command of a caller; the same key of another caller is another."""
    return given.orders.once(f"{caller.token.id}:{key}", given.keys) if key else given.orders


def _asked(caller: Caller, because: Because) -> Asked:
    return Asked(by=caller.name, reason=because.reason)


@router.post("/orders/{connection}/{order_id}/correct")
async def correct_order(
    caller: Operator, view: KnownOrder, wanted: Corrections, given: Given, key: Key = None
) -> OrderShown:
    """Correct the order's data; it goes on once it is continued."""
    correction = Correction(by=caller.name, reason=wanted.reason, fields=wanted.fields)
    desk = desk_for(caller, key, given)
    return OrderShown.of(await desk.correct(view.connection, view.store_order_id, correction))


@router.post("/orders/{connection}/{order_id}/continue")
async def continue_order(
    caller: Operator, view: KnownOrder, because: Because, given: Given, key: Key = None
) -> OrderShown:
    """Take the step again at which the order stopped."""
    desk, asked = desk_for(caller, key, given), _asked(caller, because)
    return OrderShown.of(await desk.continue_order(view.connection, view.store_order_id, asked))


@router.post("/orders/{connection}/{order_id}/hold")
async def hold_order(
    caller: Operator, view: KnownOrder, because: Because, given: Given, key: Key = None
) -> OrderShown:
    """Stop the order at its next step."""
    desk, asked = desk_for(caller, key, given), _asked(caller, because)
    return OrderShown.of(await desk.hold(view.connection, view.store_order_id, asked))


@router.post("/orders/{connection}/{order_id}/release")
async def release_order(
    caller: Operator, view: KnownOrder, because: Because, given: Given, key: Key = None
) -> OrderShown:
    """Let a held order go on as it is, where the hold may be overruled."""
    desk, asked = desk_for(caller, key, given), _asked(caller, because)
    return OrderShown.of(await desk.release(view.connection, view.store_order_id, asked))


@router.post("/orders/{connection}/{order_id}/delivered")
async def note_delivery(
    caller: Operator, view: KnownOrder, because: Because, given: Given, key: Key = None
) -> OrderShown:
    """Say that all of a shipped order is with the buyer: its return window runs from now on."""
    desk, asked = desk_for(caller, key, given), _asked(caller, because)
    return OrderShown.of(await desk.delivered(view.connection, view.store_order_id, asked))


@router.post("/orders/{connection}/{order_id}/cancel")
async def cancel_order(
    caller: Operator, view: KnownOrder, because: Because, given: Given, key: Key = None
) -> OrderShown:
    """Cancel the order, in the ERP too where it is there and still may be."""
    desk, asked = desk_for(caller, key, given), _asked(caller, because)
    return OrderShown.of(await desk.cancel(view.connection, view.store_order_id, asked))


@router.post("/orders/{connection}/{order_id}/returns")
async def ask_return(
    caller: Operator, view: KnownOrder, wanted: ReturnWanted, given: Given, key: Key = None
) -> OrderShown:
    """Register a return: pieces, an amount, shipping, or all of them.

    Without a reference and a key, what the same token asks for in the same words is the same return.
    """
    default = {"goods": Goods.COMING if wanted.lines else Goods.NONE, "by": caller.name}
    asked = ReturnAsked.model_validate({**default, **wanted.model_dump(exclude_none=True)})
    desk = desk_for(caller, key, given)
    return OrderShown.of(await desk.ask_return(view.connection, view.store_order_id, asked, view))


@router.post("/orders/{connection}/{order_id}/returns/{reference}/{news}", status_code=204)
async def tell_return(
    caller: Operator, view: KnownOrder, reference: ReturnName, news: News, because: Because, given: Given
) -> Response:
    """Tell an open return that its goods are here, or to take its step again, or that nothing comes of it."""
    order = (view.connection, view.store_order_id)
    await given.orders.tell_return(*order, reference, _NEWS[news], _asked(caller, because))
    return Response(status_code=204)
