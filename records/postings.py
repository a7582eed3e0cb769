"""Posting keys: one row for every ERP document to be, and the cross-reference that follows from it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.model import Frozen
from domain.posting import ErpDocument, Reservation
from records.cross_references import SALES_DOCUMENT, reference_row
from records.database import Database
from records.tables import CrossReferenceRow, PostingRow


class PostingState(StrEnum):
    """What our own books say of a key."""

    RESERVED = "reserved"
    SENT = "sent"
    REFUSED = "refused"
    BOUND = "bound"


class PostingKey(Frozen):
    """A key with what it belongs to: the ERP connection, the store and its order."""

    key: str
    erp: str
    store: str
    order_id: str


class Made(Frozen):
    """What an ERP made under a key: what kind of thing, its name there (`order:501`), what people call it."""

    entity: str
    theirs: str
    label: str
    document: dict[str, Any]

    @classmethod
    def of(cls, document: ErpDocument) -> "Made":
        """Return the binding of a sales document."""
        return cls(
            entity=SALES_DOCUMENT,
            theirs=f"{document.kind.value}:{document.entry}",
            label=document.number,
            document=document.model_dump(mode="json", exclude={"lines"}),
        )


class OrderName(NamedTuple):
    """An order by its store and the store's id."""

    store: str
    order_id: str


class Postings:
    """The books that keep a create from going out twice."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reserve(self, wanted: PostingKey, now: datetime) -> Reservation:
        """Reserve a key, or return what is known of it already; the attempts before this one have lost it."""
        row = {
            "key": wanted.key,
            "connection": wanted.erp,
            "store": wanted.store,
            "order_id": wanted.order_id,
            "state": PostingState.RESERVED.value,
            "updated_at": now,
        }

        def reserve(session: Session) -> Reservation:
            self._database.add_if_new(session, PostingRow, row)
            reserved = self._row(session, wanted.key)
            reserved.turn += 1
            return _reservation(reserved)

        return await self._database.write(reserve)

    async def open_sending(
        self, mine: Reservation, now: datetime, lease: timedelta, settle: timedelta
    ) -> bool:
        """Note that a create is about to be sent; until `now + lease` it may be under way.

        Returns whether it may go out: not when the key is bound, was taken over by a later attempt, or has
        an earlier create that may still land. Two workers cannot both be told True.
        """

        def note(session: Session) -> bool:
            row = self._row(session, mine.key)
            known = _reservation(row)
            if known.bound or known.turn != mine.turn or not known.may_send(now, settle):
                return False
            row.state, row.sent_at, row.lease_until, row.updated_at = (
                PostingState.SENT.value,
                now,
                now + lease,
                now,
            )
            return True

        return await self._database.write(note)

    async def note_lost_answer(self, key: str, sent_at: datetime, now: datetime) -> None:
        """Note that the create sent then is no longer under way from our side, but may still land there."""

        def note(session: Session) -> None:
            row = self._row(session, key)
            if row.state == PostingState.SENT.value and row.sent_at == sent_at:
                row.sent_at = row.lease_until = row.updated_at = now

        await self._database.write(note)

    async def note_refusal(self, key: str, sent_at: datetime | None, now: datetime) -> None:
        """Note that the create sent then wrote nothing and is over. A later one is left alone."""

        def note(session: Session) -> None:
            row = self._row(session, key)
            if row.state != PostingState.BOUND.value and row.sent_at == sent_at:
                row.state, row.sent_at, row.lease_until = PostingState.REFUSED.value, None, None
                row.updated_at = now

        await self._database.write(note)

    async def bind(self, wanted: PostingKey, made: Made, now: datetime) -> None:
        """Bind what the ERP made to the key, for ever, and cross-reference it with the order."""

        def bind(session: Session) -> None:
            row = self._row(session, wanted.key)
            row.state, row.document, row.updated_at = (
                PostingState.BOUND.value,
                made.document,
                now,
            )
            reference = reference_row(
                wanted.erp,
                made.entity,
                ours=wanted.key,
                theirs=made.theirs,
                label=made.label,
                now=now,
            )
            self._database.add_if_new(session, CrossReferenceRow, reference)

        await self._database.write(bind)

    async def orders_of(self, erp: str, documents: Sequence[tuple[str, str]]) -> frozenset[OrderName]:
        """Return the orders whose documents are named by our key or by the ERP's `kind:entry`.

        Documents of other orders than ours are left out.
        """
        keys = {key for key, _ in documents if key}
        entries = {entry for _, entry in documents if entry}
        bound = select(col(CrossReferenceRow.ours)).where(
            col(CrossReferenceRow.connection) == erp,
            col(CrossReferenceRow.entity) == SALES_DOCUMENT,
            col(CrossReferenceRow.theirs).in_(entries),
        )
        query = select(col(PostingRow.store), col(PostingRow.order_id)).where(
            col(PostingRow.connection) == erp,
            or_(col(PostingRow.key).in_(keys), col(PostingRow.key).in_(bound)),
        )
        return await self._database.read(
            lambda session: frozenset(OrderName(*row) for row in session.execute(query))
        )

    async def known_keys(self, keys: Sequence[str]) -> frozenset[str]:
        """Return those of the keys that are in our books."""
        query = select(col(PostingRow.key)).where(col(PostingRow.key).in_(keys))
        return await self._database.read(lambda session: frozenset(session.scalars(query)))

    def _row(self, session: Session, key: str) -> PostingRow:
        query = select(PostingRow).where(col(PostingRow.key) == key).with_for_update()
        return session.scalars(query).one()


def _reservation(row: PostingRow) -> Reservation:
    return Reservation(
        key=row.key,
        turn=row.turn,
        bound=row.document,
        sent_at=row.sent_at,
        lease_until=row.lease_until,
    )
