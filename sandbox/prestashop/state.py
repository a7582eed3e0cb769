"""What a shop is at one moment: its tables, its clock, its ledger and its outgoing hooks."""

import hashlib
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.faults import FaultBoard
from sandbox.ledger import Ledger
from sandbox.prestashop.settings import Settings
from sandbox.prestashop.tables import Row, Tables
from sandbox.prestashop.webhooks import Webhooks

WEBSERVICE_FAULTS = frozenset(
    {
        "latency",
        "slow_after_commit",
        "reset_before",
        "reset_after_commit",
        "error_500_before",
        "error_500_after_commit",
        "mail_fails",
        "html_403",
        "html_503",
        "php_notice",
        "printed_notice",
        "rate_limited_429",
    }
)
WEBHOOK_FAULTS = frozenset(
    {
        "webhook_lose",
        "webhook_double",
        "webhook_double_new_id",
        "webhook_delay",
        "webhook_shuffle",
        "webhook_forge",
    }
)


class ShopState:
    """One shop's whole state; every rule of the sandbox is a function over it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.zone = ZoneInfo(settings.timezone)
        self.tables = Tables(tuple(range(1, len(settings.languages) + 1)))
        self.ledger = Ledger()
        self.faults = FaultBoard(WEBSERVICE_FAULTS | WEBHOOK_FAULTS)
        self.webhooks = Webhooks(settings, self.faults, self.ledger)
        self._coined = 0
        self._numbers: dict[str, int] = {}

    def now(self) -> str:
        """Return the shop's local time to the second: the same text twice when clocks go back."""
        return self.settings.now().astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S")

    def unix_now(self) -> int:
        """Return the server's clock in unix seconds."""
        return int(self.settings.now().astimezone(UTC).timestamp())

    def coin(self) -> str:
        """Return 32 hexadecimal digits that no other call returns, the same in every run."""
        self._coined += 1
        return hashlib.sha256(f"{self.settings.seed}:{self._coined}".encode()).hexdigest()[:32]

    def coin_reference(self) -> str:
        """Return nine upper-case letters: an order reference."""
        return "".join(chr(ord("A") + int(self.coin()[i : i + 3], 16) % 26) for i in range(0, 27, 3))

    def next_number(self, series: str) -> int:
        """Return the next number of a series, such as the invoices'."""
        self._numbers[series] = self._numbers.get(series, 0) + 1
        return self._numbers[series]

    def configuration(self, name: str) -> str:
        """Return a merchant's setting, "" when there is none."""
        row = self.tables["configurations"].first(name=name)
        return str(row["value"]) if row else ""

    def touch(self, resource: str, row: Row, **values: Any) -> None:
        """Save a row as the shop's models do: every save moves `date_upd` where there is one."""
        if "date_upd" in row:
            values["date_upd"] = self.now()
        self.tables[resource].change(row, values)

    def insert(self, resource: str, **values: Any) -> Row:
        """Add a row with both dates set to now."""
        fields = self.tables[resource].resource.fields
        dates = {name: self.now() for name in ("date_add", "date_upd") if name in fields}
        return self.tables[resource].add({**dates, **values})
