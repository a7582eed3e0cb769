"""Expert expressions and decision tables: where a tree of conditions does not reach."""

from enum import StrEnum

from pydantic import Field

from domain.rules.written import Written


class ExpertKind(StrEnum):
    """How it is written."""

    EXPRESSION = "expression"
    TABLE = "table"


class Returns(StrEnum):
    """What it answers, always as text: a decimal number, any text, `true` or `false`."""

    NUMBER = "number"
    TEXT = "text"
    FLAG = "flag"


class ExpertDefinition(Written):
    """One expression or decision table; rules ask for its answer as the fact `expert.NAME`."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$", description="Its name; rules read `expert.NAME`.")
    kind: ExpertKind = Field(default=ExpertKind.EXPRESSION, description="`expression` or `table`.")
    returns: Returns = Field(description="`number`, `text` or `flag`.")
    body: str = Field(min_length=1, max_length=20_000, description="The expression, or the table as JSON.")
