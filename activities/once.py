"""Writing into an ERP once: the key's turn is taken, a create goes out only when no other can still land.

Who uses it looks the key up in the ERP between the two, because the books may have been lost.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from domain.errors import InDoubt, Passing, WaybillError
from domain.posting import Reservation
from records.postings import PostingKey, Postings

_LEASE_MARGIN = timedelta(seconds=5)
Made = TypeVar("Made")


class Once:
    """The protocol of one write under a key."""

    def __init__(self, postings: Postings) -> None:
        self._postings = postings

    async def take_turn(self, key: PostingKey) -> Reservation:
        """Reserve the key and take the turn from earlier attempts; return what is known of it."""
        asked = datetime.now(UTC)
        known = await self._postings.reserve(key, asked)
        _in_time(asked, key.erp)
        return known

    async def send(
        self,
        key: PostingKey,
        mine: Reservation,
        create: Callable[[], Awaitable[Made]],
        *,
        write_timeout: timedelta,
        settle: timedelta,
    ) -> Made:
        """Send a create, if it may go out, and note what became of it.

        Raises `InDoubt` when another may still land, or when this one's answer was lost.
        """
        sent_at = datetime.now(UTC)
        lease = write_timeout + _LEASE_MARGIN
        if not await self._postings.open_sending(mine, sent_at, lease, settle):
            raise InDoubt("another attempt to write may still land", connection=key.erp)
        try:
            _in_time(sent_at, key.erp)
            return await create()
        except InDoubt:
            await self._postings.note_lost_answer(key.key, sent_at, datetime.now(UTC))
            raise
        except WaybillError:
            await self._postings.note_refusal(key.key, sent_at, datetime.now(UTC))
            raise

    @asynccontextmanager
    async def alone(
        self, key: PostingKey, *, write_timeout: timedelta, settle: timedelta
    ) -> AsyncIterator[None]:
        """Keep others out who write under keys of their own, when what may be written depends on theirs.

        The key's row is only the lock. Raises `InDoubt` while another is inside, or what it sent may land.
        """
        mine, since = await self.take_turn(key), datetime.now(UTC)
        if not await self._postings.open_sending(mine, since, write_timeout + _LEASE_MARGIN, settle):
            raise InDoubt("another write for the order is under way", connection=key.erp)
        try:
            yield
        except InDoubt:
            await self._postings.note_lost_answer(key.key, since, datetime.now(UTC))
            raise
        except WaybillError:
            await self._postings.note_refusal(key.key, since, datetime.now(UTC))
            raise
        await self._postings.note_refusal(key.key, since, datetime.now(UTC))

    @staticmethod
    def check_settled(known: Reservation, erp: str, settle: timedelta) -> None:
        """Raise `InDoubt` while a create that was sent before may still land unseen."""
        if not known.may_send(datetime.now(UTC), settle):
            raise InDoubt("an earlier attempt to write may still land", connection=erp)


def _in_time(asked: datetime, erp: str) -> None:
    """Give up what our own books took too long to answer: this machine stood still.

    Meanwhile another worker may have been given the work, and a lease may be running out.
    """
    if datetime.now(UTC) - asked > _LEASE_MARGIN:
        raise Passing("our own books took too long to answer", connection=erp)
