"""What can be chosen about a sandbox shop: its keys, prices, rounding, plug-ins, webhooks."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

DEFAULT_KEY = "ck_" + "7a31c0ffee" * 4
DEFAULT_SECRET = "cs_" + "5ec2e7babe" * 4
DEFAULT_SIGNING_KEY = "WaybillSandboxWooCommerceHooks"
STATUSES = (
    "pending",
    "processing",
    "on-hold",
    "completed",
    "cancelled",
    "refunded",
    "failed",
    "checkout-draft",
)


class ApiKey(BaseModel):
    """A key of the REST API. `may_manage` False: its user was demoted from shop manager since."""

    model_config = ConfigDict(frozen=True)

    key: str = DEFAULT_KEY
    secret: str = DEFAULT_SECRET
    permissions: str = Field(default="read_write", pattern="^(read|write|read_write)$")
    may_manage: bool = True


def utc_now() -> datetime:
    """Read the machine's clock."""
    return datetime.now(UTC)


class Settings(BaseModel):
    """How a sandbox shop is set up; all may be changed while it runs."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    version: str = "10.6.2"
    base_path: str = Field(default="", description="Sub-folder of the site, such as /boutique.")
    timezone: str = Field(
        default="Europe/Paris", description="The site's time; fields without _gmt are in it."
    )
    now: Callable[[], datetime] = Field(default=utc_now, exclude=True, repr=False)
    plain_permalinks: bool = Field(default=False, description="No /wp-json: the API is under /?rest_route=.")
    drops_authorization: bool = Field(default=False, description="The host drops the Authorization header.")
    keys: tuple[ApiKey, ...] = Field(default=(ApiKey(),), exclude=True, repr=False)
    latency_seconds: float = Field(default=0, ge=0, description="What every call takes.")

    prices_include_tax: bool = True
    round_at_subtotal: bool = Field(
        default=False, description="Lines keep more decimals; the tax is rounded once."
    )
    decimals: int = Field(default=2, ge=0, le=4, description="The shop's decimals of amounts.")
    shipping_net: Decimal = Decimal("4.96")
    custom_statuses: tuple[str, ...] = Field(default=(), description="Of a plug-in, without wc-.")
    shipment_tracking: bool = Field(default=False, description="The plug-in Shipment Tracking is there.")
    advanced_shipment_tracking: bool = Field(
        default=False, description="The plug-in Advanced Shipment Tracking is there, with routes of both."
    )
    closes_index: bool = Field(default=False, description="A security plug-in hides the index from visitors.")
    sends_webhooks: bool = Field(default=True, description="WP-Cron runs.")
    webhook_timeout_seconds: float = 5
