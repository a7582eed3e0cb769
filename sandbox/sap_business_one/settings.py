"""How one sandbox company is set up."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal


def local_now() -> datetime:
    """Return the machine's local time without a zone, as the service's clock shows it."""
    return datetime.now().astimezone().replace(tzinfo=None)


@dataclass(frozen=True)
class Settings:
    """The company, who may log in, how fast the node is, and which company rules are on."""

    company_db: str = "SBODEMOFR"
    passwords: dict[str, str] = field(default_factory=lambda: {"manager": "1234", "web": "web-secret"})
    version: str = "1000280"
    clock: Callable[[], datetime] = local_now
    """Server-local time without a zone; also measures how long a session was idle."""

    session_timeout_minutes: int = 30
    max_sessions: int | None = None
    latency_seconds: float = 0
    login_latency_seconds: float = 0

    page_size: int = 20
    next_link_keeps_options: bool = False
    case_sensitive: bool = True
    restart_needed: bool = False
    """Whether new user fields and tables wait for a restart of the Service Layer."""

    local_currency: str = "EUR"
    decimals: dict[str, int] = field(default_factory=dict)
    """Decimals of a currency's amounts where they are not 2."""
    price_decimals: int = 6
    tax_on_total: bool = False
    """Round tax once a VAT group on the document instead of once a line."""
    standing_rates: bool = True
    """Whether the catalogue's exchange rates count for every day; otherwise each day needs its own."""

    allow_negative_stock: bool = False
    block_over_credit_limit: bool = False
    closed_before: date | None = None
    """Posting dates before this day lie in a closed period."""
    approval_above: Decimal | None = None
    """Sales orders above this total in local currency need approval: the service keeps a draft instead."""
    draft_survives_change_set: bool = False
    """Whether the draft of an approval stays when its change set is taken back."""

    def decimals_of(self, currency: str) -> int:
        """Return how many decimals amounts of a currency have."""
        return self.decimals.get(currency, 2)
