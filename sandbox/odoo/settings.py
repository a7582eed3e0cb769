"""How one sandbox database is set up."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Settings:
    """The server's version, who may log in, and how the company calculates."""

    version: int = 14
    database: str = "demo"
    users: dict[str, str] = field(default_factory=lambda: {"admin": "admin", "web": "web-key"})
    currency: str = "EUR"
    rounds_globally: bool = False
    price_digits: int = 6
    latency_seconds: float = 0
    strict_journals: bool = False
    """Posted entries stay posted, as where they are chained by a hash."""
    empty: bool = False
    """Without the catalogue's articles and customers."""
