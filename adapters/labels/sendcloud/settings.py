"""What a merchant can set about one Sendcloud integration."""

from datetime import timedelta
from enum import StrEnum

from pydantic import ConfigDict, Field, SecretStr

from domain.durations import Duration
from domain.model import Strict


class Paper(StrEnum):
    """The size of the sheet that a label is printed on."""

    A4 = "a4"
    A6 = "a6"


class SendcloudSettings(Strict):
    """An integration at Sendcloud, for return labels."""

    model_config = ConfigDict(hide_input_in_errors=True)

    public_key: str = Field(min_length=1, description="Settings > Integrations > API.")
    secret: SecretStr = Field(description="The secret key that belongs to it.")
    shipping_option: str = Field(
        min_length=1, description="How parcels come back, such as `dpd:return/return` (`/shipping-options`)."
    )
    shipping_options: dict[str, str] = Field(
        default_factory=dict, description='Another one for customers of a country: `{ DE = "…" }`.'
    )
    contract: int | None = Field(
        default=None, ge=1, description="Which contract, where there are several with the carrier."
    )
    paper: Paper = Field(default=Paper.A4, description="`a4` or `a6`.")
    look_back: Duration = Field(
        default=timedelta(days=30),
        gt=timedelta(0),
        description="How far back a return is looked for that Sendcloud says it has already.",
    )
    base_url: str = Field(
        default="https://panel.sendcloud.sc/api/v3",
        pattern=r"^https?://",
        description="Another one for a sandbox.",
    )
    timeout: Duration = Field(
        default=timedelta(seconds=60),
        gt=timedelta(0),
        le=timedelta(minutes=5),
        description="For each request; carriers are waited for.",
    )
    settle: Duration = Field(
        default=timedelta(minutes=2),
        ge=timedelta(0),
        description="How long after a lost answer a return may not be in the list yet.",
    )
