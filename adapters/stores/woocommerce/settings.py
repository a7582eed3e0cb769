"""What a merchant can set about one WooCommerce shop."""

import re
from datetime import date, timedelta
from enum import StrEnum
from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, ConfigDict, Field, SecretStr, model_validator

from adapters.stores.woocommerce.models import DRAFTS
from domain.durations import Duration
from domain.model import Strict
from domain.order import StoreState

_SHORTEST_SECRET = 16


class Tracking(StrEnum):
    """Where tracking numbers are written: into the Shipment Tracking plug-in, or into a note."""

    AUTO = "auto"
    PLUGIN = "shipment_tracking"
    NOTE = "note"


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _shop_address(text: str) -> str:
    address = text.strip().rstrip("/")
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(
            "the address of the shop starts with https:// and has its sub-folder, if there is one,"
            " for example https://shop.example/boutique"
        )
    if parts.scheme == "http" and not _is_here(parts.hostname):
        raise ValueError("the address of the shop starts with https://: the keys travel with each request")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("the address of the shop has no user, no question mark and no #")
    if "/wp-json" in parts.path:
        raise ValueError("leave /wp-json and what follows off the address of the shop")
    return address


def _webhook_address(text: str) -> str:
    address = text.strip().rstrip("/")
    if not address:
        return ""
    parts = urlsplit(address)
    if not parts.hostname or (parts.scheme != "https" and not _is_here(parts.hostname)):
        raise ValueError("the address for webhooks starts with https://: they carry what people bought")
    if parts.port not in {None, 80, 443, 8080} and not _is_here(parts.hostname):
        raise ValueError("WordPress posts to no other ports than 80, 443 and 8080")
    if parts.query or parts.fragment or "/webhooks/" not in parts.path:
        raise ValueError("the address for webhooks ends in /webhooks/ and the connection's name")
    return address


def _by_slug(states: dict[str, StoreState]) -> dict[str, StoreState]:
    return {status.removeprefix("wc-"): state for status, state in states.items()}


def _key_of(prefix: str) -> AfterValidator:
    def check(secret: SecretStr) -> SecretStr:
        if not re.fullmatch(prefix + "[0-9a-z]{8,64}", secret.get_secret_value()):
            raise ValueError(f"it is {prefix} followed by 40 digits and letters, without blanks around it")
        return secret

    return AfterValidator(check)


def _webhook_secret(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if len(text) < _SHORTEST_SECRET or not text.isascii() or not text.isalnum():
        raise ValueError(
            f"a webhook secret is {_SHORTEST_SECRET} letters and digits or more:"
            " WordPress changes signs such as & and < before it signs"
        )
    return secret


class WooCommerceSettings(Strict):
    """One shop. A status is written as the shop's slug without `wc-`."""

    model_config = ConfigDict(hide_input_in_errors=True)

    base_url: Annotated[str, AfterValidator(_shop_address)] = Field(
        description="The site with its sub-folder or language, for example https://shop.example.com/en; the"
        " final address, since redirects lose the keys."
    )
    consumer_key: Annotated[SecretStr, _key_of("ck_")] = Field(
        description="WooCommerce > Settings > Advanced > REST API, read/write; env:NAME or file:/path."
    )
    consumer_secret: Annotated[SecretStr, _key_of("cs_")] = Field(
        description="Of the same key; env:NAME or file:/path."
    )
    webhook_secrets: tuple[Annotated[SecretStr, AfterValidator(_webhook_secret)], ...] = Field(
        default=(),
        max_length=4,
        description="Letters and digits; two are valid while a secret is being replaced.",
    )
    webhook_url: Annotated[str, AfterValidator(_webhook_address)] = Field(
        default="",
        description="Where the shop reaches the gateway: https://waybill.example.com/webhooks/NAME. With it,"
        " webhooks that are missing are made in the shop, with the first of webhook_secrets.",
    )
    enable_webhooks: bool = Field(
        default=True, description="Switch webhooks to us on again that the shop disabled after failures."
    )
    plain_permalinks: bool = Field(
        default=False, description="The shop's permalinks are plain: ask under /?rest_route=."
    )
    keys_in_query: bool = Field(
        default=False,
        description="For hosts that drop the Authorization header. The keys then stand in the host's logs.",
    )

    timeout: Duration = Field(
        default=timedelta(seconds=30),
        gt=timedelta(0),
        le=timedelta(minutes=2),
        description="How long one request may take.",
    )
    most_in_flight: int = Field(
        default=2, ge=1, le=50, description="Requests at once; a shop's PHP workers are few."
    )
    requests_per_second: int = Field(default=3, ge=0, le=1000, description="0: no limit.")
    ca_file: str = Field(default="", description="The certificate authority of a shop that signed its own.")

    overlap: Duration = Field(
        default=timedelta(minutes=5),
        ge=timedelta(seconds=10),
        le=timedelta(days=7),
        description="How far back the list is read again each time.",
    )
    page_size: int = Field(default=100, ge=2, le=100, description="Orders on a page of the list.")
    sweep_days: int = Field(
        default=14, ge=1, le=365, description="Once a day all orders of so many days are compared."
    )
    most_lines: int = Field(default=500, ge=1, le=1000, description="Lines read of one order.")
    sub_orders: bool = Field(
        default=False,
        description="Take orders that belong to another order, too: a marketplace's for each seller.",
    )

    orders_from: date | None = Field(
        default=None,
        description="Orders placed before this day are left out whatever becomes of them: the ERP had them"
        " before Waybill.",
    )

    states: Annotated[dict[str, StoreState], AfterValidator(_by_slug)] = Field(
        default_factory=dict,
        description='What a status means, those of plug-ins included: {"on-hold" = "confirmed"}.',
    )
    vat_fields: tuple[str, ...] = Field(
        default=(
            "_billing_vat_number",
            "_vat_number",
            "billing_vat",
            "_billing_eu_vat_number",
            "_billing_vat_id",
            "_billing_nip",
        ),
        description="The order's meta keys where a plug-in keeps the VAT id; the first that is filled.",
    )

    rate_field: str = Field(
        default="",
        pattern=r"^[A-Za-z0-9_\-]{0,100}$",
        description="The order's meta key where a currency plug-in keeps how much of the order's currency one"
        " of the shop's was; empty: amounts in other currencies cannot be compared with limits.",
    )

    erp_number_field: str = Field(
        default="_erp_order_number",
        pattern=r"^[A-Za-z0-9_\-]{1,100}$",
        description="The order's meta key for the ERP's number; hidden in the back office with a leading _.",
    )
    note_prefix: str = Field(default="", max_length=40, description="Put before the ERP's number.")
    tracking: Tracking = Field(
        default=Tracking.AUTO,
        description="`auto` uses the plug-in (Advanced) Shipment Tracking where the shop has it, else a"
        " note.",
    )
    tracking_provider: str = Field(
        default="Parcel service", min_length=1, max_length=60, description="The carrier named to the plug-in."
    )
    mail_customer: bool = Field(
        default=False,
        description="The note with tracking numbers is one for the buyer, whom the shop mails it.",
    )

    @property
    def drafts(self) -> frozenset[str]:
        """The statuses of what is no order yet, but for those that the merchant means something else by."""
        return DRAFTS - self.states.keys()

    @model_validator(mode="after")
    def _webhooks_are_signed(self) -> "WooCommerceSettings":
        if self.webhook_url and not self.webhook_secrets:
            raise ValueError("webhook_url asks for a secret in webhook_secrets: webhooks are made with it")
        return self
