"""What a merchant can set about one EasyPost account."""

from datetime import timedelta

from pydantic import ConfigDict, Field, SecretStr

from domain.durations import Duration
from domain.model import Strict


class EasyPostSettings(Strict):
    """An account at EasyPost, for return labels."""

    model_config = ConfigDict(hide_input_in_errors=True)

    key: SecretStr = Field(description="The API key; a test key prints labels that no carrier takes.")
    carriers: tuple[str, ...] = Field(
        default=(),
        description="Only these, by EasyPost's names (`USPS`); empty: any. Some carriers take back only what"
        " they brought.",
    )
    services: tuple[str, ...] = Field(default=(), description="Only these services; empty: any.")
    label_hosts: tuple[str, ...] = Field(
        default=(), description="Where else labels may be fetched from over https; EasyPost's own are known."
    )
    base_url: str = Field(
        default="https://api.easypost.com/v2", pattern=r"^https?://", description="Another one for a sandbox."
    )
    timeout: Duration = Field(
        default=timedelta(seconds=30),
        gt=timedelta(0),
        le=timedelta(minutes=5),
        description="For each request.",
    )
    settle: Duration = Field(
        default=timedelta(minutes=2),
        ge=timedelta(0),
        description="How long after a lost answer a label may still come to be.",
    )
