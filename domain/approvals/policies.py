"""Who may approve, and how an approval is obtained, as it is configured."""

from datetime import timedelta

from pydantic import Field

from domain.durations import Duration
from domain.model import Frozen
from domain.money import Money


class Approver(Frozen):
    """A person who may decide."""

    id: str = Field(pattern=r"^[a-z0-9_.-]{1,40}$", description="Short name, for decisions and the audit.")
    name: str = Field(description="As mails and pages say it.")
    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+$", description="Where questions go.")
    roles: tuple[str, ...] = Field(description="What the person may decide as.")
    limit: Money | None = Field(default=None, description="The largest order they may decide on; none: any.")
    deputy: str = Field(default="", description="Another approver's id, who may decide in their place.")
    slack: str = Field(
        default="",
        pattern=r"^([UW][A-Z0-9]{1,20})?$",
        description="Their Slack member id (`U…`): asked there as well, where a Slack connection is set.",
    )


class ApprovalPolicy(Frozen):
    """When an order waits for a person, for whom, and what time does to the request."""

    limit: Money | None = Field(
        default=None, description="Orders above it (in the base currency) wait; none: nobody is asked."
    )
    role: str = Field(default="director", description="The role that decides.")
    four_eyes: bool = Field(default=True, description="Who placed or corrected an order does not approve it.")
    remind_after: Duration = Field(default=timedelta(hours=4), description="The mail is sent again.")
    deputy_after: Duration = Field(default=timedelta(hours=8), description="The deputies are asked too.")
    escalate_after: Duration = Field(default=timedelta(hours=24), description="`escalate_to` is asked too.")
    escalate_to: str = Field(default="", description="The role that is asked when nobody decided.")
    expire_after: Duration = Field(
        default=timedelta(hours=72),
        gt=timedelta(0),
        le=timedelta(days=30),
        description="The order goes on hold.",
    )
