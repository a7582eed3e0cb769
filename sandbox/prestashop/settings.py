"""What can be chosen about a sandbox shop: its keys, zone, rounding, webhooks, merchant."""

from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from sandbox.catalogue import ARTICLES, CUSTOMERS, Article, Customer
from sandbox.prestashop.resources import RESOURCES

DEFAULT_KEY = "WAYBILL0SANDBOX0PRESTASHOP0KEY01"
DEFAULT_SIGNING_KEY = "whsec_" + b64encode(b"waybill sandbox prestashop hooks").decode()

_WRITES: dict[str, tuple[str, ...]] = {
    "orders": ("POST", "PUT", "PATCH"),
    "order_histories": ("POST",),
    "order_carriers": ("POST", "PUT", "PATCH"),
    "order_payments": ("POST",),
    "stock_availables": ("PUT", "PATCH"),
    "products": ("POST", "PUT", "PATCH"),
    "combinations": ("POST", "PUT", "PATCH"),
    "specific_prices": ("POST", "PUT", "PATCH", "DELETE"),
    "customers": ("POST", "PUT", "PATCH"),
    "addresses": ("POST", "PUT", "PATCH"),
    "carts": ("POST",),
    "messages": ("POST",),
}
ADAPTER_RIGHTS: dict[str, frozenset[str]] = {
    name: frozenset({"GET", "HEAD", *_WRITES.get(name, ())}) for name in RESOURCES
}
"""What an integration needs and no more: reads of everything here, and the writes above."""


class ApiKey(BaseModel):
    """A webservice key: 32 characters, verbs per resource, the shops it is tied to."""

    model_config = ConfigDict(frozen=True)

    key: str
    rights: dict[str, frozenset[str]] = Field(default_factory=lambda: dict(ADAPTER_RIGHTS))
    active: bool = True
    shops: frozenset[int] = frozenset({1})


def utc_now() -> datetime:
    """Read the machine's clock."""
    return datetime.now(UTC)


class Settings(BaseModel):
    """How a sandbox shop is set up. All but the merchant and the zone may be changed while it runs."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    version: str = "8.2.1"
    shop_name: str = "Cave Waybill"
    base_path: str = Field(default="", description="Sub-folder of the shop, such as /boutique.")
    seed: str = Field(default="waybill", description="Decides references and secure keys.")
    timezone: str = Field(default="Europe/Paris", description="PS_TIMEZONE: every time is local to it.")
    now: Callable[[], datetime] = Field(default=utc_now, exclude=True, repr=False)

    webservice: bool = Field(default=True, description="PS_WEBSERVICE.")
    keys: tuple[ApiKey, ...] = (ApiKey(key=DEFAULT_KEY),)
    native_numbers: bool = Field(default=False, description="PHP 8.1's JSON: whole numbers, not strings.")
    latency_seconds: float = Field(default=0, ge=0, description="What every webservice call takes.")
    extra_required: dict[str, frozenset[str]] = Field(
        default_factory=dict, description="Fields a module made required, by resource."
    )

    languages: tuple[str, ...] = ("fr", "en")
    round_type: int = Field(default=2, ge=1, le=3, description="1 per item, 2 per line, 3 on the total.")
    round_mode: int = Field(default=2, ge=0, le=5)
    invoicing: bool = Field(default=True, description="PS_INVOICE.")
    allow_backorders: bool = Field(default=False, description="PS_ORDER_OUT_OF_STOCK.")
    untaxed_countries: frozenset[str] = frozenset({"US"})
    wrapping_net: Decimal = Decimal("2.50")

    webhook_url: str = Field(default="", description="Where the hook module posts to; nowhere when empty.")
    webhook_secret: str = DEFAULT_SIGNING_KEY
    webhook_retry_seconds: tuple[float, ...] = (0.2, 1, 5)
    webhook_timeout_seconds: float = 5
    early_hook: bool = Field(
        default=False, description="order.created leaves before the first state is kept."
    )
    early_hook_seconds: float = Field(default=0.2, ge=0, description="How long the state then takes.")

    articles: tuple[Article, ...] = Field(default=ARTICLES, exclude=True, repr=False)
    customers: tuple[Customer, ...] = Field(default=CUSTOMERS, exclude=True, repr=False)
