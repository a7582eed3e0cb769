"""What people ask of orders, by every way in: Updates, with readable refusals."""

import asyncio
import hashlib
import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from pydantic import BaseModel
from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import FailureError
from temporalio.service import RPCError, RPCStatusCode

from activities.approval_links import DecisionLink
from activities.intake import ORDER_WORKFLOW, starting
from domain.approvals.requests import Decision
from domain.corrections import Correction
from domain.life import Asked, OrderStart, OrderView
from domain.order import order_workflow_id
from domain.returning import GivenUp, ReturnAsked, ReturnStage
from records.command_keys import CommandKeys
from workflows.return_life import return_id

_ANSWER_TIME = timedelta(seconds=10)
_ATTEMPTS = 5


class Declined(Exception):
    """The order declined what was asked of it; the text says why, in its own words."""


class Over(Declined):
    """The order's life is over, or it never came here."""


class NoAnswer(Exception):
    """Nobody can tell right now whether it was done: no worker or no server answers."""


class OrderDesk:
    """Commands to orders. Each returns the order's view, or raises `Declined` or `NoAnswer`."""

    def __init__(
        self, client: Client, task_queue: str, key: str = "", keys: CommandKeys | None = None
    ) -> None:
        self._client, self._task_queue, self._key, self._keys = client, task_queue, key, keys

    def once(self, key: str, keys: CommandKeys | None = None) -> "OrderDesk":
        """Return a desk at which the same command counts once, however often it is given with this key.

        With `keys`, another command with this key is declined.
        """
        return OrderDesk(self._client, self._task_queue, key, keys)

    async def decide(self, connection: str, order_id: str, decision: Decision) -> OrderView:
        """Take a decision on an approval."""
        return await self._ask(connection, order_id, "decide", decision)

    async def correct(self, connection: str, order_id: str, correction: Correction) -> OrderView:
        """Correct the order's data."""
        return await self._ask(connection, order_id, "correct", correction)

    async def continue_order(self, connection: str, order_id: str, asked: Asked) -> OrderView:
        """Take the step again at which the order stopped."""
        return await self._ask(connection, order_id, "continue_order", asked)

    async def hold(self, connection: str, order_id: str, asked: Asked) -> OrderView:
        """Stop the order at its next step."""
        return await self._ask(connection, order_id, "hold", asked)

    async def release(self, connection: str, order_id: str, asked: Asked) -> OrderView:
        """Let a held order go on as it is."""
        return await self._ask(connection, order_id, "release", asked)

    async def delivered(self, connection: str, order_id: str, asked: Asked) -> OrderView:
        """Say that all of the order is with the buyer."""
        return await self._ask(connection, order_id, "delivered", asked)

    async def cancel(self, connection: str, order_id: str, asked: Asked) -> OrderView:
        """Cancel the order."""
        return await self._ask(connection, order_id, "cancel", asked)

    async def ask_return(
        self, connection: str, order_id: str, asked: ReturnAsked, known: OrderView | None = None
    ) -> OrderView:
        """Register a return; one of a completed order opens it again. `registered` names it.

        Without a key or a name, what the same person asks for in the same words is the same return; so is
        one that the order as it is `known` shows. Only one that was refused may be asked for so again.
        """
        if not (self._key or asked.reference):
            return await self._ask_as_said(connection, order_id, asked, known)
        try:
            return await self._ask(connection, order_id, "ask_return", asked)
        except Over:
            start = OrderStart(connection=connection, store_order_id=order_id, late=True)
            return await self._ask(connection, order_id, "ask_return", asked, start=start)

    async def _ask_as_said(
        self, connection: str, order_id: str, asked: ReturnAsked, known: OrderView | None
    ) -> OrderView:
        before = {each.asked_as: each for each in known.returns} if known else {}
        for number in itertools.count():
            desk = self.once(f"as said {number}")
            found = before.get(desk._update_id("ask_return", asked))
            if found is None:
                break
            if found.stage is ReturnStage.COMPLETED:
                raise Declined(
                    f"return {found.reference} was asked for in just these words and is over since"
                    f" {found.since:%Y-%m-%d}; for another one, give it a reference of its own"
                )
            if known and found.stage is not ReturnStage.REFUSED:
                return known.model_copy(update={"registered": found.reference})
        return await desk.ask_return(connection, order_id, asked)

    async def tell_return(
        self, connection: str, order_id: str, reference: str, what: str, asked: Asked
    ) -> None:
        """Signal a return: `goods_arrived`, `continue_return` or `give_up`."""
        handle = self._client.get_workflow_handle(return_id(connection, order_id, reference))
        try:
            await handle.signal(what, asked, rpc_timeout=_ANSWER_TIME)
        except RPCError as problem:
            if problem.status is RPCStatusCode.NOT_FOUND:
                await self._tell_waiting(connection, order_id, reference, what, asked)
                return
            raise NoAnswer(problem.status.name) from None

    async def _tell_waiting(
        self, connection: str, order_id: str, reference: str, what: str, asked: Asked
    ) -> None:
        """Give up a refund of the store that is no return of its own yet: it waits for its invoice."""
        if what != "give_up":
            raise Declined(f"the order has no open return {reference}")
        given_up = GivenUp(reference=reference, by=asked.by, reason=asked.reason)
        await self._ask(connection, order_id, "give_up_refund", given_up)

    async def _ask(
        self,
        connection: str,
        order_id: str,
        what: str,
        argument: BaseModel,
        *,
        start: OrderStart | None = None,
    ) -> OrderView:
        """Ask something of the order; with a `start`, of one whose life is over too."""
        same = self._update_id(what, argument)
        await self._claim(f"{connection}:{order_id}:{same}")
        for attempt in range(_ATTEMPTS):
            try:
                if start:
                    return await self._update_late(start, what, argument, same)
                return await self._update(order_workflow_id(connection, order_id), what, argument, same)
            except WorkflowUpdateFailedError as refusal:
                raise Declined(reason_of(refusal)) from None
            except RPCError as problem:
                if problem.status is RPCStatusCode.NOT_FOUND:
                    raise Over("the order's life is over, or it never came here") from None
                if problem.status is not RPCStatusCode.FAILED_PRECONDITION:
                    raise NoAnswer(problem.status.name) from None
                # Something else happened to the order in the same moment; the server dropped what was asked.
                await asyncio.sleep(0.1 * (attempt + 1))
            except (WorkflowUpdateRPCTimeoutOrCancelledError, RuntimeError) as problem:
                raise NoAnswer(type(problem).__name__) from None
        raise NoAnswer("the order is too busy")

    async def _update(self, workflow_id: str, what: str, argument: BaseModel, same: str) -> OrderView:
        view: OrderView = await self._client.get_workflow_handle(workflow_id).execute_update(
            what, argument, id=same, result_type=OrderView, rpc_timeout=_ANSWER_TIME
        )
        return view

    async def _update_late(self, start: OrderStart, what: str, argument: BaseModel, same: str) -> OrderView:
        operation: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            ORDER_WORKFLOW, start, **starting(start, self._task_queue, again=True)
        )
        view: OrderView = await self._client.execute_update_with_start_workflow(
            what,
            argument,
            start_workflow_operation=operation,
            id=same,
            result_type=OrderView,
            rpc_timeout=_ANSWER_TIME,
        )
        return view

    async def _claim(self, command: str) -> None:
        if self._keys and not await self._keys.claim(self._key, command, datetime.now(UTC)):
            raise Declined("this Idempotency-Key was given with another command before; take another key")

    def _update_id(self, what: str, argument: BaseModel) -> str:
        """Return the id under which what is asked counts once, however often it is sent."""
        if not self._key:
            return uuid4().hex
        return hashlib.sha256("\x1f".join((self._key, what, argument.model_dump_json())).encode()).hexdigest()


def shown_link(view: OrderView, approver: str) -> DecisionLink:
    """Return what an approver decides on who sees the order as this view shows it."""
    request = view.approval
    return DecisionLink(
        approver=approver,
        connection=view.connection,
        store_order_id=view.store_order_id,
        request=request.number if request else 0,
        revision=request.revision if request else "",
    )


def reason_of(refusal: WorkflowUpdateFailedError) -> str:
    """Return why an order refused what was asked of it, in its own words."""
    cause = refusal.cause
    return cause.message if isinstance(cause, FailureError) else str(cause)
