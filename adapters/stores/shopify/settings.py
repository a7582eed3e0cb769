"""What a merchant can set about one Shopify shop."""

import re
from datetime import date, timedelta
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, ConfigDict, Field, SecretStr, model_validator

from domain.durations import Duration
from domain.model import Strict

_VERSION, _OLDEST = "2026-07", "2026-04"
"""The dated version that the operations are written for, and the first one that takes them."""
_SHORTEST_SECRET = 16
_NONE = SecretStr("")


def _shop_domain(text: str) -> str:
    domain = text.strip().lower()
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,60}\.myshopify\.com", domain):
        raise ValueError("name the shop as NAME.myshopify.com, whatever its own domain is")
    return domain


def _address(text: str) -> str:
    address = text.strip().rstrip("/")
    parts = urlsplit(address)
    if address and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query):
        raise ValueError("the address is https:// and a host, without a path")
    return address


def _version(text: str) -> str:
    if not re.fullmatch(r"20[0-9]{2}-(01|04|07|10)", text) or text < _OLDEST:
        raise ValueError(f"a version is dated, as {_VERSION}, and {_OLDEST} or later")
    return text


def _webhook_address(text: str) -> str:
    address = text.strip().rstrip("/")
    parts = urlsplit(address)
    if address and (parts.scheme != "https" or not parts.hostname or "/webhooks/" not in parts.path):
        raise ValueError(
            "the address for webhooks is https:// and ends in /webhooks/ and the connection's name"
        )
    return address


def _printable(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if not text.isascii() or not text.isprintable() or text != text.strip():
        raise ValueError("a token or secret of Shopify is letters, digits and _, without blanks around it")
    return secret


def _webhook_secret(secret: SecretStr) -> SecretStr:
    if len(_printable(secret).get_secret_value()) < _SHORTEST_SECRET:
        raise ValueError(
            "a webhook secret is the app's client secret, or the one on the shop's page of webhooks"
        )
    return secret


Secret = Annotated[SecretStr, AfterValidator(_printable)]


class ShopifySettings(Strict):
    """One shop, by a token that the merchant made or by an app of the merchant's own organisation."""

    model_config = ConfigDict(hide_input_in_errors=True)

    shop: Annotated[str, AfterValidator(_shop_domain)] = Field(
        description="The shop's own name at Shopify, for example winery.myshopify.com."
    )
    base_url: Annotated[str, AfterValidator(_address)] = Field(
        default="", description="Where to call instead of https://SHOP, for a proxy or a sandbox."
    )
    api_version: Annotated[str, AfterValidator(_version)] = Field(
        default=_VERSION,
        description="The version of the Admin API. Waybill is written for this one; later ones may do too.",
    )
    access_token: Secret = Field(
        default=_NONE,
        description="Of a custom app made in the shop's admin; by reference: env:NAME or file:/path.",
    )
    client_id: str = Field(default="", description="Of an app of the Dev Dashboard, instead of a token.")
    client_secret: Secret = Field(default=_NONE, description="That app's secret, by reference.")
    webhook_secrets: tuple[Annotated[SecretStr, AfterValidator(_webhook_secret)], ...] = Field(
        default=(), max_length=4, description="Two are valid while a secret is being replaced."
    )
    webhook_url: Annotated[str, AfterValidator(_webhook_address)] = Field(
        default="",
        description="Where the shop reaches the gateway: https://waybill.example.com/webhooks/NAME. With it,"
        " webhooks that are missing are made in the shop.",
    )

    timeout: Duration = Field(
        default=timedelta(seconds=30),
        gt=timedelta(0),
        le=timedelta(minutes=2),
        description="How long one request may take.",
    )
    most_in_flight: int = Field(default=4, ge=1, le=50, description="Requests at once.")
    longest_pause: Duration = Field(
        default=timedelta(seconds=5),
        le=timedelta(minutes=1),
        description="How long a request waits by itself for the shop's cost limit.",
    )

    overlap: Duration = Field(
        default=timedelta(minutes=5),
        ge=timedelta(seconds=10),
        le=timedelta(days=7),
        description="How far back the list is read again each time.",
    )
    page_size: int = Field(default=50, ge=2, le=250, description="Orders on a page of the list.")
    most_lines: int = Field(default=500, ge=1, le=1000, description="Lines read of one order.")
    orders_from: date | None = Field(
        default=None,
        description="Orders placed before this day are left out whatever becomes of them: the ERP had them"
        " before Waybill.",
    )
    take_test_orders: bool = Field(default=False, description="Take orders that the shop calls tests.")
    amounts: Literal["shop", "buyer"] = Field(
        default="shop",
        description="Whose amounts are posted: `shop`, in the shop's own currency, or `buyer`, in the one the"
        " buyer paid in.",
    )
    authorized_is_confirmed: bool = Field(
        default=True, description="Money that is reserved but not captured counts as paid."
    )
    duties_sku: str = Field(
        default="",
        max_length=50,
        description="The service article that stands for duties and import fees; empty: such an order is"
        " held until somebody names one.",
    )
    vat_id_attributes: tuple[str, ...] = Field(
        default=("vat_id", "VAT ID"),
        description="Names of the order's additional details that hold a consumer's VAT id.",
    )

    metafield_namespace: str = Field(
        default="erp", pattern=r"^[a-zA-Z0-9_-]{3,64}$", description="Where the ERP's number is written."
    )
    metafield_key: str = Field(
        default="order_number", pattern=r"^[a-zA-Z0-9_-]{2,64}$", description="Its key there."
    )
    fulfil: bool = Field(
        default=True,
        description="Fulfil what has left when parcels are told; false: only add their numbers to fulfilments"
        " that the shop has.",
    )
    notify_customer: bool = Field(default=False, description="Let the shop mail the buyer on our writes.")
    carrier: str = Field(default="", max_length=60, description="The carrier's name as Shopify spells it.")
    location: str = Field(
        default="",
        pattern=r"^[0-9]*$",
        description="The number of the location whose stock is set; empty: the only one.",
    )

    @model_validator(mode="after")
    def _has_one_login(self) -> Self:
        token = bool(self.access_token.get_secret_value())
        app = bool(self.client_id), bool(self.client_secret.get_secret_value())
        if any(app) != all(app) or token == any(app):
            raise ValueError("give either access_token, or client_id with client_secret")
        return self

    @property
    def root(self) -> str:
        """Where the shop is called."""
        return self.base_url or f"https://{self.shop}"
