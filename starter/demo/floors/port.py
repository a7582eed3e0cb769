"""What the demo asks of an ERP: its staff to pick, ship and invoice, and its books to be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from domain.money import Money
from domain.policy import PaperKind


@dataclass(frozen=True)
class Booked:
    """An order in the ERP's books; `key` is the one that Waybill gave it."""

    entry: str
    key: str
    total: Money
    is_cancelled: bool = False

    @property
    def order_id(self) -> str:
        """The store's own id of it."""
        return self.key.split(":")[1] if ":" in self.key else self.key


@dataclass(frozen=True)
class BookedPaper:
    """A document that followed an order; `total` is None where the ERP puts no amount on such a paper."""

    entry: str
    total: Money | None


@dataclass(frozen=True)
class InStock:
    """Pieces of an article that lie there, and how many of them are promised."""

    on_hand: Decimal
    committed: Decimal


class Floor(Protocol):
    """One ERP's staff and books. `differs` says in words what sets it apart in the demo, with the reason."""

    differs: tuple[str, ...]

    async def sell_out(self, sku: str) -> None:
        """Let nothing be left of an article."""

    async def lose_next_answer(self) -> None:
        """Let the next order be written and its caller wait in vain."""

    async def pick(self, entry: str) -> None:
        """Take an order's goods from the shelves."""

    async def send_parcel(self, entry: str, tracking: str, pieces: int | None = None) -> str:
        """Send so many pieces of an order's first line, or all that is open; return the delivery's entry."""

    async def invoice(self, deliveries: Sequence[str]) -> None:
        """Invoice deliveries of one order, together."""

    async def orders(self) -> tuple[Booked, ...]:
        """Return every order that was ever booked."""

    async def papers(self, kind: PaperKind) -> tuple[BookedPaper, ...]:
        """Return every delivery, invoice or credit note."""

    async def stock(self) -> Mapping[str, InStock]:
        """Return what there is of each article."""

    async def close(self) -> None:
        """Close the connection."""
