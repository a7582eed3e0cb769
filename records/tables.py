"""The tables. Every row carries its connection; amounts are exact text; instants are UTC."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, UniqueConstraint
from sqlmodel import Field, SQLModel

from records.columns import ExactDecimal, UtcTime

_LARGE = BigInteger()
_SERIAL = BigInteger().with_variant(Integer, "sqlite")


def _instant(*, nullable: bool = False, index: bool = False) -> Any:
    return Field(default=None, sa_column=Column(UtcTime, nullable=nullable, index=index))


class InboxRow(SQLModel, table=True):
    """One delivery of a webhook, or one hint of the reconciler: the proof that nothing 2xx-ed is lost."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("connection", "delivery"),
        Index("ix_inbox_state_id", "state", "id"),
        Index("ix_inbox_order", "connection", "order_id"),
    )

    id: int | None = Field(default=None, sa_column=Column(_SERIAL, primary_key=True, autoincrement=True))
    connection: str = Field(max_length=40)
    delivery: str = Field(max_length=200)
    source: str = Field(max_length=20)
    kind: str = Field(default="", max_length=80)
    order_id: str = Field(default="", max_length=100)
    subject: str = Field(default="", max_length=40)
    body_hash: str = Field(default="", max_length=64)
    body: str = ""
    state: str = Field(max_length=20)
    reason: str = Field(default="", max_length=500)
    trace: str = Field(default="", max_length=60)
    received_at: datetime = _instant()


class PostingRow(SQLModel, table=True):
    """One ERP document to be: its key, who may write under it, and what came of it."""

    __tablename__ = "posting"

    key: str = Field(primary_key=True, max_length=50)
    connection: str = Field(max_length=40)
    store: str = Field(max_length=40, index=True)
    order_id: str = Field(max_length=100)
    state: str = Field(max_length=20)
    turn: int = Field(default=0, sa_type=_LARGE)
    sent_at: datetime | None = _instant(nullable=True)
    lease_until: datetime | None = _instant(nullable=True)
    document: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON, nullable=True))
    updated_at: datetime = _instant()


class CrossReferenceRow(SQLModel, table=True):
    """An entity of ours and what it is called in one outside system; unique both ways."""

    __tablename__ = "cross_reference"
    __table_args__ = (
        UniqueConstraint("connection", "entity", "ours"),
        UniqueConstraint("connection", "entity", "theirs"),
    )

    id: int | None = Field(default=None, sa_column=Column(_SERIAL, primary_key=True, autoincrement=True))
    connection: str = Field(max_length=40)
    entity: str = Field(max_length=40)
    ours: str = Field(max_length=160)
    theirs: str = Field(max_length=160)
    label: str = Field(default="", max_length=80)
    bound_at: datetime = _instant()


class OrderRow(SQLModel, table=True):
    """The read model of one order, for lists, searches and the order page."""

    __tablename__ = "order_view"

    connection: str = Field(primary_key=True, max_length=40)
    order_id: str = Field(primary_key=True, max_length=100)
    version: int = Field(sa_column=Column(_LARGE, nullable=False))
    erp: str = Field(default="", max_length=40)
    number: str = Field(default="", max_length=80, index=True)
    customer: str = Field(default="", max_length=120)
    stage: str = Field(max_length=30, index=True)
    since: datetime = _instant()
    needs_person: bool = Field(default=False, index=True)
    hold_code: str = Field(default="", max_length=40)
    waits_for: str = Field(default="", max_length=200, index=True)
    revivable: bool = False
    amount: Decimal = Field(default=Decimal(0), sa_column=Column(ExactDecimal, nullable=False))
    currency: str = Field(default="", max_length=3)
    erp_entry: str = Field(default="", max_length=80)
    erp_number: str = Field(default="", max_length=80, index=True)
    told_store: bool = False
    store_mark: str = Field(default="", max_length=80)
    placed_at: datetime | None = _instant(nullable=True)
    updated_at: datetime = _instant(index=True)
    view: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class EndedLifeRow(SQLModel, table=True):
    """All that was known of an order when its life was over: what comes late goes on from here."""

    __tablename__ = "ended_life"

    connection: str = Field(primary_key=True, max_length=40)
    order_id: str = Field(primary_key=True, max_length=100)
    version: int = Field(sa_column=Column(_LARGE, nullable=False))
    state: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class HoldRow(SQLModel, table=True):
    """One stop of one order, open or ended."""

    __tablename__ = "hold"

    connection: str = Field(primary_key=True, max_length=40)
    order_id: str = Field(primary_key=True, max_length=100)
    number: int = Field(sa_column=Column(_LARGE, primary_key=True, autoincrement=False))
    code: str = Field(max_length=40, index=True)
    cause_group: str = Field(max_length=40)
    sentence: str = Field(max_length=1000)
    since: datetime = _instant()
    ended_at: datetime | None = _instant(nullable=True)


class ApprovalRow(SQLModel, table=True):
    """One question to the approvers, and its answer."""

    __tablename__ = "approval"

    connection: str = Field(primary_key=True, max_length=40)
    order_id: str = Field(primary_key=True, max_length=100)
    number: int = Field(sa_column=Column(_LARGE, primary_key=True, autoincrement=False))
    role: str = Field(max_length=40)
    because: str = Field(max_length=500)
    standing: str = Field(max_length=20, index=True)
    decided_by: str = Field(default="", max_length=40)
    reason: str = Field(default="", max_length=1000)
    asked_at: datetime = _instant()


class AbsenceRow(SQLModel, table=True):
    """When an approver is away, and who decides meanwhile. One that ended early keeps its row."""

    __tablename__ = "absence"

    id: int | None = Field(default=None, sa_column=Column(_SERIAL, primary_key=True, autoincrement=True))
    approver: str = Field(max_length=40, index=True)
    first: date
    last: date = Field(index=True)
    deputy: str = Field(default="", max_length=40)
    noted_by: str = Field(max_length=80)
    noted_at: datetime = _instant()
    ended_at: datetime | None = _instant(nullable=True)


class AuditRow(SQLModel, table=True):
    """Something a person or a rule did. Rows are only added."""

    __tablename__ = "audit"

    connection: str = Field(primary_key=True, max_length=40)
    order_id: str = Field(primary_key=True, max_length=100)
    number: int = Field(sa_column=Column(_LARGE, primary_key=True, autoincrement=False))
    at: datetime = _instant()
    by: str = Field(max_length=80)
    what: str = Field(max_length=80)
    detail: str = Field(default="", max_length=2000)


class NoticeRow(SQLModel, table=True):
    """A notice that is sent once: reserved before, marked after."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_order", "connection", "order_id"),
        Index("ix_notice_reference", "channel", "reference"),
        Index("ix_notice_standing", "channel", "event", "state"),
    )

    key: str = Field(primary_key=True, max_length=200)
    connection: str = Field(max_length=40)
    order_id: str = Field(default="", max_length=100)
    event: str = Field(default="", max_length=40)
    about: str = Field(default="", max_length=100)
    channel: str = Field(default="mail", max_length=20)
    state: str = Field(max_length=20)
    answer: str = Field(default="", max_length=500)
    reference: str = Field(default="", max_length=120)
    updated_at: datetime = _instant()


class WebhookDeliveryRow(SQLModel, table=True):
    """One outgoing webhook: its body as signed at every attempt, and how the attempts ended."""

    __tablename__ = "webhook_delivery"

    id: str = Field(primary_key=True, max_length=80)
    endpoint: str = Field(max_length=40, index=True)
    connection: str = Field(max_length=40)
    order_id: str = Field(max_length=100)
    event: str = Field(max_length=40)
    body: str
    attempts: int = Field(default=0, sa_type=_LARGE)
    last_status: int = Field(default=0, sa_type=_LARGE)
    last_error: str = Field(default="", max_length=300)
    delivered: bool = False
    at: datetime = _instant(index=True)


class WebhookEndpointRow(SQLModel, table=True):
    """A receiver of outgoing webhooks that fails, or was switched off because it did."""

    __tablename__ = "webhook_endpoint"

    endpoint: str = Field(primary_key=True, max_length=40)
    failing_since: datetime | None = _instant(nullable=True)
    disabled_at: datetime | None = _instant(nullable=True)
    reason: str = Field(default="", max_length=300)


class SyncMarkRow(SQLModel, table=True):
    """How far a list of an outside system was read."""

    __tablename__ = "sync_mark"

    connection: str = Field(primary_key=True, max_length=40)
    flow: str = Field(primary_key=True, max_length=40)
    cursor: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    updated_at: datetime = _instant()


class IncidentRow(SQLModel, table=True):
    """Trouble of a whole connection: one open row each, however many orders wait."""

    __tablename__ = "incident"

    id: int | None = Field(default=None, sa_column=Column(_SERIAL, primary_key=True, autoincrement=True))
    connection: str = Field(max_length=40, index=True)
    open_for: str | None = Field(default=None, max_length=40, unique=True)
    code: str = Field(max_length=40)
    sentence: str = Field(max_length=500)
    since: datetime = _instant()
    ended_at: datetime | None = _instant(nullable=True)


class DocumentRow(SQLModel, table=True):
    """One version of a document of an order that people read; the file itself is in the document store.

    A document that bills several orders has a row for each.
    """

    __tablename__ = "document"
    __table_args__ = (Index("ix_document_order", "connection", "order_id"),)

    origin: str = Field(primary_key=True, max_length=40)
    kind: str = Field(primary_key=True, max_length=20)
    entry: str = Field(primary_key=True, max_length=80)
    connection: str = Field(primary_key=True, max_length=40)
    order_id: str = Field(primary_key=True, max_length=100)
    version: int = Field(sa_column=Column(_LARGE, primary_key=True, autoincrement=False))
    sha256: str = Field(max_length=64)
    name: str = Field(max_length=120)
    size: int = Field(sa_column=Column(_LARGE, nullable=False))
    kept_at: datetime = _instant()


class StrayRow(SQLModel, table=True):
    """Something an outside system says that belongs to no order we can act on: parked with its reason."""

    __tablename__ = "stray"

    connection: str = Field(primary_key=True, max_length=40)
    what: str = Field(primary_key=True, max_length=120)
    reason: str = Field(max_length=500)
    times: int = Field(sa_column=Column(_LARGE, nullable=False))
    first_at: datetime = _instant()
    last_at: datetime = _instant(index=True)


class DraftRow(SQLModel, table=True):
    """What is being written of a kind of published set: one row each, gone once it is published."""

    __tablename__ = "draft"

    kind: str = Field(primary_key=True, max_length=40)
    body: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    author: str = Field(max_length=80)
    saved_at: datetime = _instant()


class PublishedSetRow(SQLModel, table=True):
    """One published version of rules or mappings. Rows are only added."""

    __tablename__ = "published_set"

    kind: str = Field(primary_key=True, max_length=40)
    number: int = Field(sa_column=Column(_LARGE, primary_key=True, autoincrement=False))
    body: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    author: str = Field(max_length=80)
    note: str = Field(default="", max_length=500)
    at: datetime = _instant()
    rolled_back_to: int | None = Field(default=None, sa_column=Column(_LARGE, nullable=True))


class ApiTokenRow(SQLModel, table=True):
    """One token of the API, by the hash of its secret. `live_name` is empty once it is revoked."""

    __tablename__ = "api_token"

    id: int | None = Field(default=None, sa_column=Column(_SERIAL, primary_key=True, autoincrement=True))
    name: str = Field(max_length=40)
    live_name: str | None = Field(default=None, max_length=40, unique=True)
    secret_hash: str = Field(max_length=64, unique=True)
    role: str = Field(max_length=20)
    person: str = Field(default="", max_length=40)
    created_by: str = Field(max_length=80)
    created_at: datetime = _instant()
    expires_at: datetime | None = _instant(nullable=True)
    last_used_on: date | None = None
    revoked_at: datetime | None = _instant(nullable=True)


class CommandKeyRow(SQLModel, table=True):
    """A key under which a command of the API counts once, and the command, both as hashes."""

    __tablename__ = "command_key"

    key: str = Field(primary_key=True, max_length=64)
    command: str = Field(max_length=64)
    first_at: datetime = _instant()


class UnmappedValueRow(SQLModel, table=True):
    """A value that a mapping's value table lacked when an order had it."""

    __tablename__ = "unmapped_value"

    pair: str = Field(primary_key=True, max_length=40)
    value_table: str = Field(primary_key=True, max_length=80)
    value: str = Field(primary_key=True, max_length=100)
    count: int = Field(sa_column=Column(_LARGE, nullable=False))
    first_seen: datetime = _instant()
    last_seen: datetime = _instant()
    example: str = Field(max_length=160)
    latest: str = Field(max_length=160)
