"""The one configuration all of the domain's models share."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """An immutable value. Unknown fields are dropped, so that older code can read newer histories."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Strict(BaseModel):
    """An immutable value written by a person: an unknown field is a mistake and is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")
