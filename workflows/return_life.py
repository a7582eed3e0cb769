"""What a return's workflow begins with and remembers; all of it can be carried into a new run."""

from datetime import datetime

from pydantic import BaseModel
from temporalio import workflow

from domain.fulfilment import Paper
from domain.mapping.lines import LinePart
from domain.model import Frozen
from domain.order import Order
from domain.policy import Pair
from domain.posting import Choices, ErpDocument
from domain.returning import GivenUp, ReturnAsked, ReturnStage, ReturnView
from workflows.policies import LONG_HISTORY

EDITION = 1
"""Returns of edition 1 go on in new runs, and follow the papers of what is sent instead."""


class GrownLong(Exception):
    """The history is long: the return goes on in a new run."""


class ReturnLife(BaseModel):
    """How far a return is."""

    view: ReturnView
    arrived: bool = False
    look: bool = False
    continued: bool = False
    given_up: GivenUp | None = None
    begun: bool = False
    request: Paper | None = None
    waits_until: datetime | None = None
    gave_back: bool = False
    sent: str = ""
    """The number of the order in the ERP that is sent instead, as soon as there is one."""
    told_store: bool = False
    notes: tuple[str, ...] = ()


class ReturnStart(Frozen):
    """The order with its rules and its ERP document as they are now, and what is asked for.

    `asked_as` is the id of what asked for it, `over` are the references of the order's returns that ended.
    What an exchange orders is written as the order was: by the same version of the mapping, with what rules
    chose. `carried` is what an earlier run knew.
    """

    order: Order
    pair: Pair
    document: ErpDocument
    asked: ReturnAsked
    asked_as: str = ""
    over: tuple[str, ...] = ()
    mapping_version: int = 0
    choices: Choices = Choices()
    parts: tuple[LinePart, ...] = ()
    edition: int = 0
    carried: ReturnLife | None = None

    def life(self, now: datetime) -> ReturnLife:
        """Return a new life, or the one that an earlier run carried over."""
        if self.carried is not None:
            # What the ERP told in the last moment of the earlier run may not have been looked at.
            return self.carried.model_copy(update={"look": True})
        asked = self.asked
        view = ReturnView(
            reference=asked.reference,
            asked_as=self.asked_as,
            stage=ReturnStage.REGISTERED,
            since=now,
            because=asked.reason,
            pieces=sum((line.quantity for line in asked.lines), asked.amount * 0),
        )
        return ReturnLife(view=view)

    @property
    def is_long(self) -> bool:
        """Whether the history is; returns of old editions have no other run to go on in."""
        return self.edition > 0 and workflow.info().get_current_history_length() > LONG_HISTORY


def return_id(connection: str, store_order_id: str, reference: str) -> str:
    """Return the id of a return's workflow."""
    return f"return:{connection}:{store_order_id}:{reference}"
