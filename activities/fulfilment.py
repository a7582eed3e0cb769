"""What the ERP did with a posted order."""

from temporalio import activity

from activities.systems import Systems
from domain.fulfilment import Progress
from domain.model import Frozen
from domain.policy import DocumentKind


class ProgressRequest(Frozen):
    """A sales document of an ERP."""

    erp: str
    kind: DocumentKind
    entry: str


class Fulfilment:
    """Reads the whole picture of one order."""

    def __init__(self, systems: Systems) -> None:
        self._systems = systems

    @activity.defn
    async def read_progress(self, request: ProgressRequest) -> Progress:
        """Read what was picked, shipped, invoiced, taken back and credited. It only reads."""
        return await self._systems.erp(request.erp).progress(request.kind, request.entry)
