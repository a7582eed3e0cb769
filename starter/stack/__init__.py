"""Everything on one machine: Temporal, the sandboxes, the gateway and a worker, as processes of their own."""

from starter.stack.house import Stack, local_stack
from starter.stack.kinds import FIRST_PAIR, SIX_PAIRS, PairOfKinds
from starter.stack.processes import Child, Ended

__all__ = ["FIRST_PAIR", "SIX_PAIRS", "Child", "Ended", "PairOfKinds", "Stack", "local_stack"]
