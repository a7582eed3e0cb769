"""Everything on one machine: Temporal, the sandboxes, the gateway and a worker, as processes of their own."""

from starter.stack.house import Stack, local_stack
from starter.stack.processes import Child, Ended

__all__ = ["Child", "Ended", "Stack", "local_stack"]
