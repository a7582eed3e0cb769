"""Telling the store what became of its order: each write its own step, retried for as long as it takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator
from temporalio import activity

from activities.systems import Systems
from adapters.ports import SendsInParts
from domain.errors import InDoubt, Passing
from domain.model import Frozen


def _as_tuple(value: Any) -> Any:
    # One status, as orders that are in flight wrote it.
    return tuple(filter(None, [value])) if isinstance(value, str) else value


class ErpNumberNote(Frozen):
    """The text to show with the order in the store, for example `ERP order 2001`."""

    store: str
    store_order_id: str
    text: str


class StoreStatus(Frozen):
    """The status (the store's own code) to set, if the order still has one of those; empty: in any case."""

    store: str
    store_order_id: str
    status: str
    only_from: Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]


class StoreTracking(Frozen):
    """The tracking numbers of all parcels so far, and the pieces in them, by article, while some are left."""

    store: str
    store_order_id: str
    numbers: tuple[str, ...]
    sent: dict[str, Decimal] | None = None


class StoreWrites:
    """Writes into the store. A lost answer is repeated: the port reads before it writes again."""

    def __init__(self, systems: Systems) -> None:
        self._systems = systems

    @activity.defn
    async def show_erp_number(self, note: ErpNumberNote) -> None:
        """Show the ERP's number with the order. Safe to run twice: the port reads before it writes."""
        with repeatable():
            await self._systems.store(note.store).show_erp_number(note.store_order_id, note.text)

    @activity.defn
    async def set_store_status(self, wanted: StoreStatus) -> None:
        """Set the order's status. Safe to run twice: the port reads before it writes.

        Raises `Refused` with the code `STATUS_WENT_ON` when somebody else changed it meanwhile.
        """
        store = self._systems.store(wanted.store)
        with repeatable():
            await store.set_status(wanted.store_order_id, wanted.status, only_from=wanted.only_from)

    @activity.defn
    async def set_tracking(self, wanted: StoreTracking) -> None:
        """Show the parcels' numbers. Safe to run twice: the port reads before it writes."""
        store = self._systems.store(wanted.store)
        with repeatable():
            if wanted.sent is not None and isinstance(store, SendsInParts):
                await store.set_tracking_of_part(wanted.store_order_id, wanted.numbers, wanted.sent)
            else:
                await store.set_tracking(wanted.store_order_id, wanted.numbers)


@contextmanager
def repeatable() -> Iterator[None]:
    """Let a write whose outcome is unknown be tried again: what it does twice is done once."""
    try:
        yield
    except InDoubt as doubt:
        problem = doubt.problem
        raise Passing(problem.sentence, quote=problem.quote, connection=problem.connection) from doubt
