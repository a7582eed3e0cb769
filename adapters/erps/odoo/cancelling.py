"""Undoing a sales order as far as its state allows."""

from adapters.erps.odoo.client import OdooClient, Row
from adapters.erps.odoo.documents import ORDERS, Documents
from adapters.erps.odoo.mapping import DRAFT_STATES
from adapters.erps.odoo.records import many, one, text
from domain.errors import InDoubt, Refused
from domain.posting import Cancellation, ChangeOutcome

_CANCELLED = Cancellation(outcome=ChangeOutcome.CANCELLED)
_CLOSED = Cancellation(outcome=ChangeOutcome.CLOSED)


class Cancelling:
    """What ends orders."""

    def __init__(self, client: OdooClient, documents: Documents) -> None:
        self._client, self._documents = client, documents

    async def cancel(self, entry: str) -> Cancellation:
        """Cancel what is untouched, cancel what is still to be delivered of the rest.

        The state is read first, so that a repeat finds what the first attempt did.
        """
        order = await self._documents.order(entry)
        moves = await self._documents.moves(order, "outgoing")
        settled = await self._settled(order, moves)
        if settled:
            return settled
        shipped = any(text(move, "state") == "done" for move in moves)
        wanted = _CLOSED if shipped else _CANCELLED
        try:
            await (self._close(moves) if shipped else self._cancel(order))
        except InDoubt:
            if await self._is_ended(entry):
                return wanted
            raise
        except Refused as refused:
            if await self._is_ended(entry):
                return wanted
            return _impossible(f"Odoo refuses to end it: {refused.problem.quote}")
        return (
            wanted if await self._is_ended(entry) else _impossible("Odoo did not end it, and gave no reason")
        )

    async def _settled(self, order: Row, moves: list[Row]) -> Cancellation | None:
        """Return the answer where nothing is left to do, None where the order is still open."""
        if text(order, "state") == "cancel":
            return _CANCELLED
        states = {text(move, "state") for move in moves}
        if states and states <= {"done", "cancel"}:
            if "cancel" in states:
                return _CLOSED
            return _impossible("the order was delivered in full")
        if "done" not in states and await self._posted_invoices(order):
            return _impossible("the order was invoiced")
        return None

    async def _cancel(self, order: Row) -> None:
        ids = [order["id"]]
        # A locked order is its own state before 17, and a mark since.
        if text(order, "state") == "done" or order.get("locked"):
            method = "action_unlock"
            await self._client.call(ORDERS, method, ids=ids, writes=True)
        context = {"disable_cancel_warning": True}
        await self._client.call(ORDERS, "action_cancel", ids=ids, writes=True, context=context)

    async def _close(self, moves: list[Row]) -> None:
        waiting = {one(move, "picking_id") for move in moves if text(move, "state") not in ("done", "cancel")}
        await self._client.call("stock.picking", "action_cancel", ids=sorted(waiting), writes=True)

    async def _is_ended(self, entry: str) -> bool:
        order = await self._documents.order(entry)
        moves = await self._documents.moves(order, "outgoing")
        over = all(text(move, "state") in ("done", "cancel") for move in moves) and bool(moves)
        return text(order, "state") == "cancel" or (over and text(order, "state") not in DRAFT_STATES)

    async def _posted_invoices(self, order: Row) -> bool:
        wanted = [["id", "in", many(order, "invoice_ids")], ["state", "=", "posted"]]
        return bool(many(order, "invoice_ids")) and bool(
            await self._client.rows("account.move", wanted, ("name",), limit=1)
        )


def _impossible(sentence: str) -> Cancellation:
    return Cancellation(outcome=ChangeOutcome.IMPOSSIBLE, sentence=sentence)
