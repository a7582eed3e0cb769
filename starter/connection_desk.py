"""What people ask of connections in trouble."""

from datetime import timedelta

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from activities.connections import TRY_NOW, watch_id
from starter.order_desk import NoAnswer

_ANSWER_TIME = timedelta(seconds=10)


class ConnectionDesk:
    """Commands to connections."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def try_now(self, connection: str) -> bool:
        """Have a connection tried at once; False when no orders wait for it. Raises `NoAnswer`."""
        watch = self._client.get_workflow_handle(watch_id(connection))
        try:
            await watch.signal(TRY_NOW, rpc_timeout=_ANSWER_TIME)
        except RPCError as problem:
            if problem.status is not RPCStatusCode.NOT_FOUND:
                raise NoAnswer(problem.status.name) from None
            return False
        except RuntimeError as problem:
            raise NoAnswer(type(problem).__name__) from None
        return True
