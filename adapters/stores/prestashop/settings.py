"""What a merchant can set about one PrestaShop shop."""

from base64 import b64decode
from datetime import timedelta
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, ConfigDict, Field, SecretStr

from domain.durations import Duration
from domain.model import Strict
from domain.order import StoreState

_SHORTEST_SECRET = 16


class WriteMode(StrEnum):
    """How records are changed: PATCH exists from PrestaShop 8 on."""

    AUTO = "auto"
    PATCH = "patch"
    PUT = "put"


def _shop_address(text: str) -> str:
    address = text.strip().rstrip("/")
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(
            "the address of the shop starts with https:// and has its sub-folder, if there is one,"
            " for example https://shop.example/boutique"
        )
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("the address of the shop has no user, no question mark and no #")
    if parts.path.endswith("/api"):
        raise ValueError("leave /api off the address of the shop")
    return address


def _key(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if not text or not text.isascii() or not text.isprintable() or text != text.strip():
        raise ValueError("the webservice key is 32 letters and digits, without blanks around it")
    return secret


def _webhook_secret(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    try:
        size = len(b64decode(text.removeprefix("whsec_"), validate=True))
    except ValueError:
        size = 0
    if not text.startswith("whsec_") or size < _SHORTEST_SECRET:
        raise ValueError("a webhook secret is whsec_ followed by 24 to 64 random bytes in Base64")
    return secret


class PrestaShopSettings(Strict):
    """One shop. States are the shop's own numbers (Shop Parameters > Order Settings > Statuses)."""

    model_config = ConfigDict(hide_input_in_errors=True)

    base_url: Annotated[str, AfterValidator(_shop_address)] = Field(
        description="The shop front with its sub-folder, for example https://shop.example.com/boutique."
    )
    key: Annotated[SecretStr, AfterValidator(_key)] = Field(
        description="Of the webservice; by reference: env:NAME or file:/path."
    )
    webhook_secrets: tuple[Annotated[SecretStr, AfterValidator(_webhook_secret)], ...] = Field(
        default=(), max_length=4, description="Two are valid while a secret is being replaced."
    )
    id_shop: int | None = Field(default=None, ge=1, description="Which shop of a multistore.")
    time_zone: str = Field(default="", description="Instead of the shop's own PS_TIMEZONE.")

    timeout: Duration = Field(
        default=timedelta(seconds=30),
        gt=timedelta(0),
        le=timedelta(minutes=2),
        description="How long one request may take.",
    )
    most_in_flight: int = Field(
        default=2, ge=1, le=50, description="Requests at once; a shop's PHP workers are few."
    )
    requests_per_second: int = Field(default=4, ge=0, le=1000, description="0: no limit.")
    ca_file: str = Field(default="", description="The certificate authority of a shop that signed its own.")
    verbs_by_post: bool = Field(
        default=False, description="For hosts that block PUT and PATCH: send POST with ps_method."
    )

    overlap: Duration = Field(
        default=timedelta(minutes=5),
        ge=timedelta(seconds=10),
        le=timedelta(days=7),
        description="How far back the list is read again each time.",
    )
    page_size: int = Field(default=100, ge=2, le=1000, description="Orders on a page of the list.")
    sweep_days: int = Field(
        default=14, ge=1, le=365, description="Once a day all orders of so many days are compared."
    )
    table_lifetime: Duration = Field(
        default=timedelta(minutes=10), description="How long countries, states, taxes and the like are kept."
    )
    read_transactions: bool = Field(
        default=True, description="False: no payments are read for an order whose status says paid."
    )
    most_lines: int = Field(default=500, ge=1, le=1000, description="Lines read of one order.")

    states: dict[int, StoreState] = Field(
        default_factory=dict, description="What a state means where its flags do not tell the truth."
    )
    paid_states: frozenset[int] = Field(default=frozenset(), description="Paid, whatever the flag says.")
    delivered_states: frozenset[int] = Field(
        default=frozenset(), description="Delivered, besides the one that the shop's constants name."
    )
    cancelled_states: frozenset[int] = Field(
        default=frozenset(), description="Cancelled, whatever the shop's constants say."
    )

    write_mode: WriteMode = Field(
        default=WriteMode.AUTO, description="`patch` from PrestaShop 8 on, `put` before; `auto` looks."
    )
    note_prefix: str = Field(default="", max_length=40, description="Put before the ERP's number.")
    mail_customer: bool = Field(default=False, description="Let the shop mail the buyer on our writes.")
