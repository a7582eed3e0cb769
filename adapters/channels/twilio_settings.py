"""How a Twilio account is set: apart from the adapter, whose SDK takes a quarter of a second to load."""

from datetime import timedelta

from pydantic import Field, SecretStr

from domain.durations import Duration
from domain.model import Strict


class TwilioSettings(Strict):
    """A Twilio account."""

    account: str = Field(pattern=r"^AC[0-9a-fA-F]{32}$", description="The Account SID.")
    auth_tokens: tuple[SecretStr, ...] = Field(
        min_length=1, description="The first logs in; all of them may sign what Twilio tells us."
    )
    api_key: str = Field(default="", description="An API key (`SK…`) that logs in instead; with `secret`.")
    secret: SecretStr = Field(default=SecretStr(""), description="The API key's secret.")
    sender: str = Field(description="A number (`+33…`), a name, or a messaging service (`MG…`).")
    base_url: str = Field(default="https://api.twilio.com", description="Another one for a sandbox.")
    settle: Duration = Field(
        default=timedelta(seconds=45), description="How late a message that was taken may show in the list."
    )
    timeout: Duration = Field(default=timedelta(seconds=30), gt=timedelta(0), description="For each request.")
