"""What an order's workflow was told or asked and did not obey yet."""

from pydantic import BaseModel, Field
from temporalio import workflow

from domain.errors import Problem
from domain.life import Deed
from domain.refunds import StoreRefund


class StopAsked(Deed):
    """Somebody, or a rule, wants the order held; `code` is the reason that the hold has."""

    code: str = "held_by_person"

    @classmethod
    def of(cls, deed: Deed, earlier: "StopAsked | None", code: str = "held_by_person") -> "StopAsked":
        """Return what a deed asks for, together with what was asked before: one hold says both."""
        if earlier is None:
            return cls(**dict(deed), code=code)
        return earlier.model_copy(update={"detail": f"{earlier.detail}; {deed.detail}"})

    @classmethod
    def beside(cls, deed: Deed, earlier: "StopAsked | None", code: str) -> "StopAsked":
        """Return what a rule or a hook asks for; older orders called that a person's, too."""
        codes = (code,) if workflow.patched("holds-beside-say-whose-they-are") else ()
        return cls.of(deed, earlier, *codes)


class CameIn(BaseModel):
    """News and requests that wait for the order's next step; a part of its whole state."""

    troubles: dict[str, Problem] = Field(default_factory=dict)
    store_problem: Problem | None = None
    store_changed: bool = False
    refunds_told: bool = Field(default=False, description="The store said that it gave something back.")
    refunds_unread: bool = Field(default=False, description="It did, and could not be asked.")
    waiting_refunds: dict[str, StoreRefund] = Field(
        default_factory=dict, description="Those that nothing was invoiced for yet."
    )
    returns_wanted: tuple[str, ...] = Field(default=(), description="The store's numbers of asked returns.")
    erp_changed: bool = False
    approvers_changed: bool = Field(default=False, description="Somebody went away, or is back.")
    continued: bool = False
    released: bool = False
    nudges: int = 0
    stop_asked: StopAsked | None = None
    cancel_asked: Deed | None = None
    deeds: list[Deed] = Field(default_factory=list, description="Those that no recorded view carried yet.")


SAID_LATE = ("store_changed", "erp_changed", "refunds_told", "returns_wanted", "cancel_asked", "deeds")
"""What may have been said while a life that was over is taken up again."""
