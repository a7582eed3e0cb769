"""What the suite of all stores needs of a store: its sandbox, a port to it, and its facts."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum

from adapters.ports import OrderHint, StorePort, WebhookEvent


class Trouble(StrEnum):
    """How a store's host fails."""

    GONE = "nobody listens"
    MAINTENANCE = "a maintenance page"
    FIREWALL = "a firewall's page"
    TOO_MANY = "too many requests"
    CUT_BEFORE = "the connection is cut before anything is done"
    CUT_AFTER = "the connection is cut after the work was done"
    FAILS_AFTER = "a server error after the work was done"
    GARBLED = "an answer that is not what the protocol says"


@dataclass(frozen=True)
class Sold:
    """What a buyer bought: the facts that the adapter must read back."""

    order_id: str
    gross: Decimal
    net: Decimal
    currency: str
    email: str
    country: str
    pieces: Mapping[str, int] = field(default_factory=dict)


class StoreStand(ABC):
    """A store's sandbox, a port to it, and what only the sandbox can do."""

    store: StorePort
    """Its pages of changed orders hold three orders at most."""
    zone_with_daylight_saving = "Europe/Paris"
    """The store's clock: in 2026 it goes forward on 29 March and back on 25 October, both at 01:00 UTC."""

    signs_the_time = True
    """Whether a webhook's signature covers when it was sent."""
    writes_a_note = 1
    """How many requests it takes to show a number or parcels with an order."""

    def read(self, body: bytes) -> WebhookEvent:
        """Read a body as the gateway does, with the headers that come with it."""
        return self.store.read_webhook(self.signed(body, datetime.now(UTC)), body)

    @abstractmethod
    async def sell(
        self, *, paid: bool = True, comment: str = "", name: str = "", large: bool = False
    ) -> Sold:
        """Let somebody buy: several lines with different taxes, shipping and a voucher when `large`."""

    @abstractmethod
    def lose_webhooks(self) -> None:
        """Send no webhooks, or only into the void."""

    @abstractmethod
    def change(self, order_id: str) -> None:
        """Change an order's state as an employee does."""

    @abstractmethod
    def cancel(self, order_id: str) -> None:
        """Cancel an order in the store."""

    @abstractmethod
    def refund(self, order_id: str, sku: str, pieces: int, *, shipping: bool = False) -> None:
        """Give pieces of an order back at their price, and its shipping where that is asked for."""

    @abstractmethod
    def set_clock(self, moment: datetime) -> None:
        """Let it be this moment in the store, and stay so."""

    @abstractmethod
    def event(self, order_id: object) -> bytes:
        """Return the body of a webhook about an order (any value may stand as the id)."""

    @abstractmethod
    def other_event(self) -> bytes:
        """Return the body of a webhook about something that is no order."""

    @abstractmethod
    def signed(self, body: bytes, at: datetime, *, wrongly: bool = False) -> dict[str, str]:
        """Return a webhook's headers; `wrongly`: by somebody who does not know the secret."""

    @abstractmethod
    def times_shown(self, order_id: str, text: str) -> int:
        """Count how often a text is shown with an order."""

    @abstractmethod
    def statuses(self, order_id: str) -> list[str]:
        """Return the order's statuses, from the first to the present."""

    @property
    @abstractmethod
    def another_status(self) -> str:
        """A status that an order just sold and paid can be given."""

    @abstractmethod
    def tracking(self, order_id: str) -> str:
        """Return the tracking shown with an order."""

    @property
    @abstractmethod
    def skus(self) -> tuple[str, str]:
        """Two articles that the store has in stock."""

    @abstractmethod
    def stock(self, sku: str) -> Decimal:
        """Return how many pieces of an article are for sale."""

    @abstractmethod
    def writes(self) -> int:
        """Count what was written from outside."""

    @abstractmethod
    def requests(self) -> int:
        """Count the requests the store has seen."""

    @abstractmethod
    async def cause(self, trouble: Trouble, *, on_write: bool = False) -> None:
        """Let the next request (the next write) meet a trouble; GONE stays."""

    @abstractmethod
    def with_wrong_key(self) -> StorePort:
        """Return a port whose key the store does not know; `stand` closes it."""


async def all_changes(store: StorePort, cursor: Mapping[str, str]) -> tuple[list[OrderHint], dict[str, str]]:
    """Read every page from a cursor on; a list that does not end fails."""
    hints: list[OrderHint] = []
    for _ in range(50):
        page = await store.changed_orders(cursor)
        hints += page.hints
        cursor = page.cursor
        if not page.more:
            return hints, page.cursor
    raise AssertionError("the list does not end")
