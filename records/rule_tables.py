"""The tables of what rules decided, and of the cases that drafts are tried on."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column
from sqlmodel import Field, SQLModel

from records.columns import UtcTime


class RuleDecisionRow(SQLModel, table=True):
    """What the rules said to an order at one trigger. Rows are only added."""

    __tablename__ = "rule_decision"

    connection: str = Field(primary_key=True, max_length=40)
    order_id: str = Field(primary_key=True, max_length=100)
    number: int = Field(sa_column=Column(BigInteger(), primary_key=True, autoincrement=False))
    at: datetime = Field(sa_column=Column(UtcTime, nullable=False))
    trigger: str = Field(max_length=40)
    version: int
    decision: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class RecordedCaseRow(SQLModel, table=True):
    """An order's facts as they were when it was checked last, without persons."""

    __tablename__ = "recorded_case"

    connection: str = Field(primary_key=True, max_length=40)
    order_id: str = Field(primary_key=True, max_length=100)
    number: str = Field(max_length=80)
    at: datetime = Field(sa_column=Column(UtcTime, nullable=False, index=True))
    case: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
