"""What a Slack connection is set up with."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from domain.durations import Duration
from domain.model import Strict

APP_LEVEL_REMEDY = (
    "Make an app-level token with the right connections:write (api.slack.com/apps, Basic Information)"
    " and set it there."
)


def _app_level(token: SecretStr) -> SecretStr:
    if not token.get_secret_value().startswith("xapp-"):
        raise ValueError(f"this is no app-level token, for it does not begin with xapp-. {APP_LEVEL_REMEDY}")
    return token


class SlackSettings(Strict):
    """A Slack app in one workspace."""

    token: SecretStr = Field(description="The bot's token (`xoxb-…`).")
    signing_secrets: tuple[SecretStr, ...] = Field(
        default=(),
        description="Check the presses of buttons that Slack posts; approvals need them or `app_token`.",
    )
    app_token: Annotated[SecretStr, AfterValidator(_app_level)] | None = Field(
        default=None,
        description="An app-level token (`xapp-…`): presses come over a socket that we open (Socket Mode).",
    )
    team: str = Field(
        default="", pattern="^([TE][A-Z0-9]+)?$", description="The workspace's id; needed for approvals."
    )
    app: str = Field(default="", pattern="^(A[A-Z0-9]+)?$", description="The app's id; empty: not checked.")
    base_url: str = Field(default="https://slack.com/api", description="Another one for a sandbox.")
    settle: Duration = Field(
        default=timedelta(seconds=10), description="How late a message that was taken may show."
    )
    timeout: Duration = Field(default=timedelta(seconds=20), gt=timedelta(0), description="For each request.")
