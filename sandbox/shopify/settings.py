"""What can be set about the sandbox shop."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

DOMAIN = "sandbox-winery.myshopify.com"
DEFAULT_TOKEN = "shpat_" + "0123456789abcdef" * 2
DEFAULT_SECRET = "shpss_" + "fedcba9876543210" * 2
CLIENT_ID = "sandbox-client"
VERSION = "2026-07"
ALL_SCOPES = frozenset(
    {
        "write_orders",
        "read_products",
        "read_customers",
        "write_inventory",
        "read_locations",
        "write_merchant_managed_fulfillment_orders",
    }
)


def _now() -> datetime:
    return datetime.now(UTC)


class Settings(BaseModel):
    """One shop. `bucket` and `restore_rate` are points of query cost, as on the plan called Standard."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    token: str = DEFAULT_TOKEN
    client_secret: str = DEFAULT_SECRET
    scopes: frozenset[str] = ALL_SCOPES
    currency: str = "EUR"
    taxes_included: bool = True
    shipping: Decimal = Decimal("5.90")
    locations: tuple[str, ...] = ("Lyon",)
    bucket: int = 2000
    restore_rate: int = 100
    token_seconds: int = 86399
    token_in_json: bool = True
    latency_seconds: float = 0
    webhook_url: str = ""
    webhook_retries: int = Field(default=8, ge=0)
    webhook_retry_seconds: float = 0.5
    now: Callable[[], datetime] = _now
