"""What the demo asks of a store: to buy there, and to see what it shows."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from domain.money import Money
from starter.demo.carts import Cart, Trouble


class Moment(StrEnum):
    """How far the ERP is with an order, for the store to show."""

    PLACED = "placed"
    PICKED = "picked"
    PARTLY_SHIPPED = "partly shipped"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Placed:
    """An order as the store confirms it."""

    order_id: str
    total: Money


@dataclass(frozen=True)
class Shown:
    """What the store shows of an order: its status by the store's own name, parcels, what Waybill noted."""

    status: str
    tracking: tuple[str, ...]
    notes: str


@dataclass(frozen=True)
class Habits:
    """What stores of a kind do each in their own way.

    `statuses` is what the store shows when the ERP is so far. With `cancels_itself` Waybill cancels nothing
    there, and a buyer's change of mind is entered in the store. `differs` says in words what sets the kind
    apart in the demo, with the reason.
    """

    statuses: Mapping[Moment, str]
    cancels_itself: bool = False
    differs: tuple[str, ...] = ()

    @property
    def shows_picking(self) -> bool:
        """Whether the store has a status for an order that is being prepared."""
        return self.statuses[Moment.PICKED] != self.statuses[Moment.PLACED]


class Storefront(Protocol):
    """One store's checkout and back office."""

    habits: Habits

    async def place(self, cart: Cart) -> Placed:
        """Buy."""

    async def shown(self, order_id: str) -> Shown:
        """Look at an order."""

    async def cancel(self, order_id: str) -> None:
        """Cancel an order, as the store's staff does."""

    async def offered(self) -> Mapping[str, Decimal]:
        """Return how many pieces of each article are for sale."""

    async def trouble(self, kind: Trouble) -> None:
        """Let webhooks go wrong from now on, or right again."""

    async def has_told(self) -> bool:
        """Whether no webhook waits to be sent."""

    async def close(self) -> None:
        """Close the connection."""
