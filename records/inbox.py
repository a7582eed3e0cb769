"""The inbox: a row for every delivery before anybody is told that it was taken."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.model import Frozen
from records.database import Database
from records.tables import InboxRow

_KEPT_BODY = 20_000


class Source(StrEnum):
    """Who told us."""

    WEBHOOK = "webhook"
    RECONCILER = "reconciler"
    PERSON = "person"


class InboxState(StrEnum):
    """What became of a delivery."""

    WAITING = "waiting"
    STARTED = "started"
    REFUSED = "refused"
    DENIED = "denied"
    LATE = "late"
    IGNORED = "ignored"


class Delivery(Frozen):
    """Something that came in: who sent it under which id, and which order, and what of it, it is about."""

    connection: str
    delivery: str
    source: Source
    kind: str = ""
    order_id: str = ""
    subject: str = ""
    body: bytes = b""
    trace: str = ""


class Waiting(Frozen):
    """A row that still has to start or signal its order's workflow."""

    id: int
    connection: str
    delivery: str
    kind: str
    order_id: str
    subject: str
    trace: str


class Inbox:
    """Deliveries, each once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def accept(
        self, delivery: Delivery, now: datetime, state: InboxState = InboxState.WAITING, reason: str = ""
    ) -> bool:
        """Keep a delivery; return False when it was kept before.

        The same id with another body is kept once more, refused, so that it can be looked into. One whose
        order the store denied counts again: the order may exist by now.
        """
        row = _row(delivery, now, state, reason)

        def keep(session: Session) -> bool:
            if self._database.add_if_new(session, InboxRow, row):
                return True
            where = (
                col(InboxRow.connection) == delivery.connection,
                col(InboxRow.delivery) == delivery.delivery,
            )
            first = session.scalars(select(InboxRow).where(*where)).one()
            if first.state == InboxState.DENIED.value:
                first.state, first.reason = state.value, reason[:500]
                return True
            if first.body_hash != row["body_hash"]:
                doubtful = f"{delivery.delivery[:180]}~{row['body_hash'][:12]}"
                told = "the same delivery id came with another body"
                changed = {"delivery": doubtful, "state": InboxState.REFUSED.value, "reason": told}
                self._database.add_if_new(session, InboxRow, row | changed)
            return False

        return await self._database.write(keep)

    async def waiting(self, limit: int = 100) -> tuple[Waiting, ...]:
        """Return the oldest rows whose order was not started or signalled yet."""
        query = (
            select(InboxRow)
            .where(col(InboxRow.state) == InboxState.WAITING.value)
            .order_by(col(InboxRow.id))
            .limit(limit)
        )
        rows = await self._database.read(lambda session: session.scalars(query).all())
        return tuple(
            Waiting(
                id=row.id or 0,
                connection=row.connection,
                delivery=row.delivery,
                kind=row.kind,
                order_id=row.order_id,
                subject=row.subject,
                trace=row.trace,
            )
            for row in rows
        )

    async def settle(self, ids: Sequence[int], state: InboxState, reason: str = "") -> None:
        """Say what became of rows."""
        change = (
            update(InboxRow).where(col(InboxRow.id).in_(ids)).values(state=state.value, reason=reason[:500])
        )
        await self._database.write(lambda session: session.execute(change))

    async def deny_order(self, connection: str, order_id: str, reason: str) -> None:
        """Mark all deliveries about an order as denied by its store."""
        change = (
            update(InboxRow)
            .where(col(InboxRow.connection) == connection, col(InboxRow.order_id) == order_id)
            .values(state=InboxState.DENIED.value, reason=reason[:500])
        )
        await self._database.write(lambda session: session.execute(change))

    async def counts(self) -> dict[str, int]:
        """Return how many rows are in each state."""
        query = select(col(InboxRow.state), func.count()).group_by(col(InboxRow.state))
        return await self._database.read(lambda session: dict(session.execute(query).all()))


def _row(delivery: Delivery, now: datetime, state: InboxState, reason: str) -> dict[str, Any]:
    return {
        "connection": delivery.connection,
        "delivery": delivery.delivery,
        "source": delivery.source.value,
        "kind": delivery.kind,
        "order_id": delivery.order_id,
        "subject": delivery.subject,
        "body_hash": hashlib.sha256(delivery.body).hexdigest() if delivery.body else "",
        "body": delivery.body[:_KEPT_BODY].decode("utf-8", "replace").replace("\x00", "\\0"),
        "state": state.value,
        "reason": reason[:500],
        "trace": delivery.trace,
        "received_at": now,
    }
