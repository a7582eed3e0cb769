"""Returns live on their own: one whose order was set back to an earlier moment is found again."""

from temporalio import activity
from temporalio.client import WorkflowQueryFailedError
from temporalio.service import RPCError, RPCStatusCode

from domain.errors import Passing
from domain.returning import ReturnView

RETURN_VIEW = "view"


@activity.defn
async def look_at_return(workflow_id: str) -> ReturnView | None:
    """Ask a return how it stands; None when there is none of this id any more. It changes nothing."""
    handle = activity.client().get_workflow_handle(workflow_id)
    try:
        return ReturnView.model_validate(await handle.query(RETURN_VIEW))
    except RPCError as problem:
        if problem.status is RPCStatusCode.NOT_FOUND:
            return None
        raise Passing("the return does not tell how it stands") from None
    except WorkflowQueryFailedError:
        raise Passing("the return does not tell how it stands") from None
