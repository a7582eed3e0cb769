"""What people ask of orders, from the CLI and the decision pages: Updates, with readable refusals."""

import asyncio
from datetime import timedelta
from uuid import uuid4

from pydantic import BaseModel
from temporalio.client import (
    Client,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.exceptions import FailureError
from temporalio.service import RPCError, RPCStatusCode

from domain.approvals.requests import Decision
from domain.corrections import Correction
from domain.life import Asked, OrderView
from domain.order import order_workflow_id
from domain.returning import ReturnAsked
from workflows.returning import return_id

_ANSWER_TIME = timedelta(seconds=10)
_ATTEMPTS = 5


class Declined(Exception):
    """The order declined what was asked of it; the text says why, in its own words."""


class NoAnswer(Exception):
    """Nobody can tell right now whether it was done: no worker or no server answers."""


class OrderDesk:
    """Commands to orders. Each returns the order's view, or raises `Declined` or `NoAnswer`."""

    def __init__(self, client: Client) -> None:
        self._client = client

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

    async def cancel(self, connection: str, order_id: str, asked: Asked) -> OrderView:
        """Cancel the order."""
        return await self._ask(connection, order_id, "cancel", asked)

    async def ask_return(self, connection: str, order_id: str, asked: ReturnAsked) -> OrderView:
        """Register a return."""
        return await self._ask(connection, order_id, "ask_return", asked)

    async def tell_return(
        self, connection: str, order_id: str, reference: str, what: str, asked: Asked
    ) -> None:
        """Signal a return: `goods_arrived`, `continue_return` or `give_up`."""
        handle = self._client.get_workflow_handle(return_id(connection, order_id, reference))
        try:
            await handle.signal(what, asked, rpc_timeout=_ANSWER_TIME)
        except RPCError as problem:
            if problem.status is RPCStatusCode.NOT_FOUND:
                raise Declined(f"the order has no open return {reference}") from None
            raise NoAnswer(problem.status.name) from None

    async def _ask(self, connection: str, order_id: str, what: str, argument: BaseModel) -> OrderView:
        handle = self._client.get_workflow_handle(order_workflow_id(connection, order_id))
        same = uuid4().hex  # what was asked counts once, however often it is sent
        for attempt in range(_ATTEMPTS):
            try:
                view: OrderView = await handle.execute_update(
                    what, argument, id=same, result_type=OrderView, rpc_timeout=_ANSWER_TIME
                )
                return view
            except WorkflowUpdateFailedError as refusal:
                raise Declined(reason_of(refusal)) from None
            except RPCError as problem:
                if problem.status is RPCStatusCode.NOT_FOUND:
                    raise Declined("the order's life is over, or it never came here") from None
                if problem.status is not RPCStatusCode.FAILED_PRECONDITION:
                    raise NoAnswer(problem.status.name) from None
                # Something else happened to the order in the same moment; the server dropped what was asked.
                await asyncio.sleep(0.1 * (attempt + 1))
            except (WorkflowUpdateRPCTimeoutOrCancelledError, RuntimeError) as problem:
                raise NoAnswer(type(problem).__name__) from None
        raise NoAnswer("the order is too busy")


def reason_of(refusal: WorkflowUpdateFailedError) -> str:
    """Return why an order refused what was asked of it, in its own words."""
    cause = refusal.cause
    return cause.message if isinstance(cause, FailureError) else str(cause)
