"""Notices: each has a key, is reserved before it is sent, and its row tells what became of it."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from sqlmodel import col

from domain.model import Frozen
from records.database import Database
from records.tables import NoticeRow


class NoticeState(StrEnum):
    """What became of a notice."""

    RESERVED = "reserved"  # being sent now, or by somebody who died over it
    WAITING = "waiting"  # surely not sent so far; it is tried again
    IN_DOUBT = "in_doubt"  # sent, and nobody said whether it was taken
    POSSIBLY_SENT = "possibly_sent"  # in doubt twice: left at that
    SENT = "sent"
    DELIVERED = "delivered"
    REFUSED = "refused"
    BOUNCED = "bounced"
    UNDELIVERED = "undelivered"
    REPLACED = "replaced"  # a message with buttons that shows its outcome by now


_UNFINISHED = frozenset({NoticeState.RESERVED, NoticeState.WAITING, NoticeState.IN_DOUBT})
_UNPROVEN = _UNFINISHED | {NoticeState.POSSIBLY_SENT}
FAILED = frozenset(
    {NoticeState.POSSIBLY_SENT, NoticeState.REFUSED, NoticeState.BOUNCED, NoticeState.UNDELIVERED}
)
_RANK = {
    NoticeState.DELIVERED: 1,
    NoticeState.UNDELIVERED: 2,
    NoticeState.BOUNCED: 2,
}
"""Later news never takes back earlier: a bounce outweighs a delivery, and neither goes back to sent."""


class NoticeTag(Frozen):
    """Which notice: its key, and what it is about, for lists and searches. Nothing personal."""

    key: str
    connection: str
    order_id: str = ""
    event: str = ""
    about: str = ""
    channel: str = "mail"


class Reservation(Frozen):
    """A notice as it was found when it was to be sent: its state before, and since when."""

    state: NoticeState
    since: datetime
    is_new: bool = False

    @property
    def is_settled(self) -> bool:
        """Whether nothing is to be done any more."""
        return self.state not in _UNFINISHED

    @property
    def may_have_gone(self) -> bool:
        """Whether an earlier attempt may have sent it."""
        return not self.is_new and self.state in {NoticeState.RESERVED, NoticeState.IN_DOUBT}

    def age(self, now: datetime) -> timedelta:
        """How long ago an earlier attempt was noted."""
        return now - self.since


class Notice(NoticeTag):
    """A notice with what became of it. `reference` is what the channel calls it."""

    state: NoticeState
    answer: str
    reference: str
    updated_at: datetime


class Notices:
    """What was sent to whom, once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reserve(self, tag: NoticeTag, now: datetime) -> Reservation:
        """Reserve a notice before it is sent, and return how it was found.

        One that is in doubt stays marked so; a settled one is left as it is.
        """
        row = _row(tag, NoticeState.RESERVED, now)

        def reserve(session: Session) -> Reservation:
            if self._database.add_if_new(session, NoticeRow, row):
                return Reservation(state=NoticeState.RESERVED, since=now, is_new=True)
            known = session.get_one(NoticeRow, tag.key)
            found = Reservation(state=NoticeState(known.state), since=known.updated_at)
            if found.state is NoticeState.WAITING:
                known.state, known.updated_at = NoticeState.RESERVED.value, now
            return found

        return await self._database.write(reserve)

    async def note(
        self, key: str, state: NoticeState, now: datetime, *, answer: str = "", reference: str = ""
    ) -> None:
        """Note what became of a notice, with what the other side said and calls it."""

        def note(session: Session) -> None:
            row = session.get_one(NoticeRow, key)
            row.state, row.answer, row.updated_at = state.value, answer[:500], now
            row.reference = reference[:120] or row.reference

        await self._database.write(note)

    async def give_up(self, tag: NoticeTag, state: NoticeState, now: datetime, answer: str) -> None:
        """Note that a notice is not sent any more, reserved or not."""
        row = _row(tag, state, now)

        def note(session: Session) -> None:
            self._database.add_if_new(session, NoticeRow, row)
            known = session.get_one(NoticeRow, tag.key)
            known.state, known.answer, known.updated_at = state.value, answer[:500], now

        await self._database.write(note)

    async def note_later(
        self, key: str, state: NoticeState, now: datetime, *, answer: str = "", reference: str = ""
    ) -> bool:
        """Note what a channel tells by itself; return False for an unknown notice or news that is old.

        News about one in doubt, whatever it says, proves that it was sent.
        """

        def note(session: Session) -> bool:
            row = session.get(NoticeRow, key)
            if row is None:
                return False
            before = NoticeState(row.state)
            if before not in _UNPROVEN and _RANK.get(before, 0) >= _RANK.get(state, 0):
                return False
            row.state, row.answer, row.updated_at = state.value, answer[:500], now
            row.reference = reference[:120] or row.reference
            return True

        return await self._database.write(note)

    async def key_of(self, channel: str, reference: str) -> str:
        """Return the key of the notice that a channel calls so; empty when there is none."""
        query = select(col(NoticeRow.key)).where(
            col(NoticeRow.channel) == channel, col(NoticeRow.reference) == reference
        )
        return await self._database.read(lambda session: session.scalars(query).first()) or ""

    async def of_order(self, connection: str, order_id: str) -> tuple[Notice, ...]:
        """Return all notices of one order, oldest first."""
        query = (
            select(NoticeRow)
            .where(col(NoticeRow.connection) == connection, col(NoticeRow.order_id) == order_id)
            .order_by(col(NoticeRow.updated_at))
        )
        return await self._read(query)

    async def standing(self, channel: str, event: str, state: NoticeState) -> tuple[Notice, ...]:
        """Return the notices of one kind that are in a state, oldest first."""
        query = (
            select(NoticeRow)
            .where(
                col(NoticeRow.channel) == channel,
                col(NoticeRow.event) == event,
                col(NoticeRow.state) == state.value,
            )
            .order_by(col(NoticeRow.updated_at))
        )
        return await self._read(query)

    async def _read(self, query: Select[Any]) -> tuple[Notice, ...]:
        rows = await self._database.read(lambda session: session.scalars(query).all())
        return tuple(Notice.model_validate(row.model_dump()) for row in rows)


def _row(tag: NoticeTag, state: NoticeState, now: datetime) -> dict[str, Any]:
    facts = {"state": state.value, "answer": "", "reference": "", "updated_at": now}
    return {**tag.model_dump(), "about": tag.about[:100], **facts}
